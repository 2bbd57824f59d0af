"""The examination of an alignment run: always on people whom it has never seen.

Every picture of the unseen people is disturbed a few times over, always in the same way for one
seed, so that runs with and without a transformer are asked the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from lgm_core.alignment.disturb import disturbed, draw_poses, pose_matrices
from lgm_core.alignment.frame import Closing, Grey, Opening
from lgm_core.alignment.learner import AlignLearner
from lgm_core.alignment.measures import face_points, misalignment, places_after, sharpness
from lgm_core.alignment.settings import FACE_SIZE, AlignSettings
from lgm_core.alignment.transformer import SpatialTransformer
from lgm_core.alignment.verification import (
    Ints,
    Pairs,
    all_pairs,
    balanced_folds,
    cosine_scores,
    verify,
)
from lgm_core.data import people as people_data

#: Probe faces: so many people, so many pictures of each.
PROBE_PEOPLE, PROBE_PICTURES = 6, 4
#: How often each picture is disturbed anew.
ROUNDS = 3
#: At most so many pictures are compared: their pairs grow with the square.
_MOST_PICTURES = 400
_BATCH = 200


class Examination:
    """Unseen people, disturbed.

    Args:
        settings: of the run.
        faces: their faces [N, 1, H, W], grey values from 0 to 1.
        people: who they are [N].
        official: the pairs that a set prescribes, with their folds, by index; else all pairs of
            at most 400 pictures are examined.
    """

    def __init__(
        self,
        settings: AlignSettings,
        faces: Tensor,
        people: Ints,
        official: people_data.Pairs | None = None,
    ) -> None:
        random = torch.Generator().manual_seed(settings.seed + 1)
        if official is None:
            kept = whole_people(people, _MOST_PICTURES)
            faces, people = faces[torch.from_numpy(kept)], people[kept]
        self.people = people
        self._official = official
        self._faces = faces
        self._matrices: list[Tensor] = []
        self._pictures: list[Tensor] = []
        for _ in range(ROUNDS if official is None else 1):
            poses = draw_poses(settings, len(faces), random)
            matrices = pose_matrices(poses)
            self._matrices.append(matrices)
            self._pictures.append(
                disturbed(faces, matrices, size=FACE_SIZE, border=settings.border)
            )
        self._probes = probe_indices(people)

    @property
    def probe_pictures(self) -> Tensor:
        """The disturbed probe faces [P, 1, 48, 48], person by person."""
        return self._pictures[0][self._probes]

    def opening(self) -> Opening:
        """The probe faces, for a run's first frame."""
        return Opening(
            _grey(self.probe_pictures),
            _numbered(self.people[self._probes.numpy()]).astype(np.uint8),
            _grey(self._faces[self._probes]),
        )

    def probe_thetas(self, transformer: SpatialTransformer | None) -> Tensor:
        """theta of the probe faces, [stages, P, size]; [0, P, 0] without a transformer."""
        if transformer is None:
            return torch.zeros(0, len(self._probes), 0)
        return transformer.thetas(self.probe_pictures)

    def probe_misalignment(self, transformer: SpatialTransformer | None, thetas: Tensor) -> float:
        """Spread of the probe faces' points in pixels, with these thetas."""
        return _spread(self._matrices[0][self._probes], transformer, list(thetas))

    @torch.inference_mode()
    def result(self, learner: AlignLearner) -> tuple[dict[str, Any], Closing]:
        """All figures, and the pairs that they are made from."""
        before, after, sharp, scores = [], [], [], []
        shown = self.people[:_MOST_PICTURES]
        pairs = all_pairs(shown)
        for matrices, pictures in zip(self._matrices, self._pictures, strict=True):
            aligned = [learner.align(batch) for batch in torch.split(pictures, _BATCH)]
            stages = [torch.cat(parts) for parts in zip(*(a.thetas for a in aligned), strict=True)]
            before.append(_spread(matrices, None, []))
            after.append(_spread(matrices, learner.transformer, stages))
            images = torch.cat([a.images for a in aligned])
            sharp.append((sharpness(pictures), sharpness(images)))
            features = torch.cat(
                [learner.features(batch) for batch in torch.split(pictures, _BATCH)]
            )
            scores.append(cosine_scores(features, pairs))
        if self._official is not None:
            left, right, same, fold = self._official
            found = verify(cosine_scores(features, Pairs(left, right, same)), same, fold)
        else:
            # A round's pairs are compared within the round; the figures are over all of them.
            folds = balanced_folds(shown, pairs)
            found = verify(
                np.concatenate(scores), np.tile(pairs.same, ROUNDS), np.tile(folds, ROUNDS)
            )
        figures = {
            "misalignment_before": float(np.mean(before)),
            "misalignment_after": float(np.mean(after)),
            "sharpness_before": float(np.mean([s[0] for s in sharp])),
            "sharpness_after": float(np.mean([s[1] for s in sharp])),
            "verification_auroc": found.auroc,
            "verification_accuracy": found.accuracy,
            "verification_accuracy_error": found.accuracy_std,
            "eer": found.eer,
            "threshold": found.threshold,
        }
        closing = Closing(
            _grey(self._pictures[0][:_MOST_PICTURES]),
            _numbered(shown).astype(np.uint16),
            np.stack(scores).astype(np.float32),
        )
        return figures, closing


def _grey(images: Tensor) -> Grey:
    """Grey levels [N, H, W] of pictures [N, 1, H, W] in 0 to 1."""
    grey: Grey = (images[:, 0] * 255).round().clamp(0, 255).to(torch.uint8).numpy()
    return grey


def _numbered(people: Ints) -> Ints:
    """The same people, numbered from 0."""
    numbers: Ints = np.unique(people, return_inverse=True)[1]
    return numbers


def whole_people(people: Ints, most: int) -> Ints:
    """Which pictures are compared: people one after another, some pictures of each, ``most`` in
    all; of everybody at least two where there are."""
    if len(people) <= most:
        return np.arange(len(people))
    persons = list(dict.fromkeys(people.tolist()))
    share = max(2, most // len(persons))
    chosen = [np.flatnonzero(people == person)[:share] for person in persons]
    kept: Ints = np.sort(np.concatenate(chosen[: most // share]))
    return kept


def probe_indices(people: Ints) -> Tensor:
    """Which pictures are probes: the first ones of the first people who have enough."""
    chosen: list[int] = []
    for person in dict.fromkeys(people.tolist()):
        own = np.flatnonzero(people == person)[:PROBE_PICTURES]
        if len(own) == PROBE_PICTURES:
            chosen.extend(own.tolist())
        if len(chosen) == PROBE_PEOPLE * PROBE_PICTURES:
            break
    if not chosen:
        chosen = list(range(min(len(people), PROBE_PEOPLE * PROBE_PICTURES)))
    return torch.tensor(chosen)


@torch.inference_mode()
def _spread(
    matrices: Tensor, transformer: SpatialTransformer | None, thetas: list[Tensor]
) -> float:
    points = face_points(matrices)
    stages = [] if transformer is None else transformer.with_family(thetas)
    return misalignment(places_after(matrices, stages, points), points, size=FACE_SIZE)
