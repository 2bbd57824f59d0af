"""One model, clean digits and strange inputs: what each score makes of them."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from lgm_core.attacks import AttackResult, adaptive_pgd, bim, carlini_wagner, deepfool, fgsm, pgd
from lgm_core.attacks.gradient import Progress
from lgm_core.data import Dataset
from lgm_core.data.strange import strange
from lgm_core.detection.curves import Detection, detection, threshold
from lgm_core.detection.fitted import KernelDensityScore, Mahalanobis
from lgm_core.detection.scores import LogLikelihood, Mixture, Score, energy, max_probability
from lgm_core.detection.settings import CHANGED_DIGITS, DetectSettings
from lgm_core.networks.classifier import Classifier, to_pixels

Floats = npt.NDArray[np.float64]

#: Training digits that Mahalanobis and kernel densities are fitted to, at most.
FIT_COUNT = 10_000


class Clean(NamedTuple):
    """Clean test digits and what the model and the scores make of them."""

    images: Tensor  #: [N, 1, 28, 28] in 0 to 1
    labels: Tensor  #: [N]
    features: Tensor  #: [N, D]
    logits: Tensor  #: [N, K]
    scores: dict[str, Floats]  #: by the score's name, [N]


class Subject:
    """A trained classifier with the digits it knows and the scores that judge its inputs.

    Args:
        classifier: trained on ``dataset``.
        dataset: training digits to fit densities to, test digits to study.
    """

    def __init__(self, classifier: Classifier, dataset: Dataset) -> None:
        self.classifier = classifier
        self.dataset = dataset
        self._clean: Clean | None = None

    @cached_property
    def fitted_features(self) -> tuple[Tensor, Tensor]:
        """Features [M, D] and labels [M] of the training digits that densities are fitted to."""
        images = torch.from_numpy(self.dataset.train_images[:FIT_COUNT])
        features, _ = self.classifier.look(to_pixels(images))
        return features, torch.from_numpy(self.dataset.train_labels[:FIT_COUNT])

    @cached_property
    def scores(self) -> Mapping[str, Score]:
        """The scores by name; the two likelihoods only for a loss that has a density."""
        own: dict[str, Score] = {}
        if self.classifier.loss.has_density:
            own = {
                "log_likelihood": LogLikelihood(self.classifier.loss),
                "mixture": Mixture(self.classifier.loss),
            }
        own |= {
            "max_probability": max_probability,
            "energy": energy,
            "mahalanobis": Mahalanobis(*self.fitted_features),
        }
        # A set of one's own may have too few pictures of a class to fit a kernel density.
        with contextlib.suppress(ValueError):
            own["kde"] = KernelDensityScore(*self.fitted_features)
        return own

    @cached_property
    def train_scores(self) -> dict[str, Floats]:
        """Every score of the training digits that densities are fitted to, by name: [M]."""
        features, _ = self.fitted_features
        return self.judge(features, self.classifier.loss.logits(features))

    def clean(self, count: int) -> Clean:
        """The first ``count`` test digits; they are the same for every question."""
        if self._clean is None or len(self._clean.labels) != count:
            images = to_pixels(torch.from_numpy(self.dataset.test_images[:count]))
            features, logits = self.classifier.look(images)
            self._clean = Clean(
                images,
                torch.from_numpy(self.dataset.test_labels[:count]),
                features,
                logits,
                self.judge(features, logits),
            )
        return self._clean

    def judge(self, features: Tensor, logits: Tensor) -> dict[str, Floats]:
        """Every score of features [N, D] and logits [N, K], by name: [N]."""
        return {
            name: cast("Floats", score(features, logits).detach().numpy())
            for name, score in self.scores.items()
        }

    @property
    def own_score(self) -> Score:
        """What the model itself offers as a detector: its likelihood, or its probability."""
        if self.classifier.loss.has_density:
            return LogLikelihood(self.classifier.loss)
        return max_probability


@dataclass(frozen=True)
class Study:
    """Inputs and what the model and the scores make of them.

    Attributes:
        settings: what was asked.
        labels: true classes [N] of the clean digits.
        clean, abnormal: pictures [N, 1, 28, 28] and [M, 1, 28, 28] in 0 to 1.
        clean_logits, abnormal_logits: [N, K] and [M, K].
        clean_scores, abnormal_scores: by the score's name, [N] and [M].
        path: features [P, M, D] on the way to the strange inputs: of an attack all steps, of
            a changed digit the clean one and the changed one, of any other the input alone.
        attacked: the attack's own result, None for inputs that were not attacked.
    """

    settings: DetectSettings
    labels: Tensor
    clean: Tensor
    abnormal: Tensor
    clean_logits: Tensor
    abnormal_logits: Tensor
    clean_scores: Mapping[str, Floats]
    abnormal_scores: Mapping[str, Floats]
    path: Tensor
    attacked: AttackResult | None

    def detections(self) -> dict[str, Detection]:
        """The figures of each score."""
        return {
            name: detection(normal, self.abnormal_scores[name], seed=self.settings.seed)
            for name, normal in self.clean_scores.items()
        }

    def undetected(self, name: str, *, false_alarms: float = 0.05) -> float:
        """Share of the digits that were read wrongly and let through by a score.

        Its threshold is where a share ``false_alarms`` of the clean digits is called strange.

        Raises:
            ValueError: if nothing was attacked.
        """
        if self.attacked is None:
            raise ValueError("nothing was attacked, so nothing could succeed undetected")
        limit = threshold(self.clean_scores[name], false_alarms=false_alarms)
        passed = self.abnormal_scores[name] >= limit
        return float((passed & self.attacked.success.numpy()).mean())

    def summary(self) -> dict[str, Any]:
        """The figures as plain numbers, ready for JSON."""
        wrong = self.clean_logits.argmax(1) != self.labels
        figures: dict[str, Any] = {
            "count": len(self.labels),
            "abnormal_count": len(self.abnormal),
            "accuracy_clean": 1 - float(wrong.double().mean()),
            "accuracy_attacked": None,
            "scores": {},
        }
        if self.attacked is not None:
            right = self.attacked.predicted == self.labels
            figures["accuracy_attacked"] = float(right.double().mean())
        for name, found in self.detections().items():
            row: dict[str, Any] = {
                field: interval._asdict() for field, interval in found._asdict().items()
            }
            if self.attacked is not None:
                row["undetected"] = self.undetected(name)
            figures["scores"][name] = row
        return figures


def study(subject: Subject, settings: DetectSettings, *, progress: Progress | None = None) -> Study:
    """Makes the strange inputs and scores them beside the clean test digits.

    Args:
        subject: the model and its digits.
        settings: what to make.
        progress: called with the steps done and all steps of an attack; may raise.
    """
    clean = subject.clean(settings.count)
    attacked: AttackResult | None = None
    if settings.inputs == "adversarial" and settings.attack != "none":
        attacked = attack(subject, clean.images, clean.labels, settings, progress)
        abnormal, features, logits = attacked.images, attacked.features, attacked.logits
    elif settings.inputs == "adversarial":
        abnormal, features, logits = clean.images, clean.features, clean.logits
    else:
        digits = subject.dataset.test_images[: settings.count]
        made = strange(settings.inputs, digits, count=settings.count, seed=settings.seed)
        abnormal = to_pixels(torch.from_numpy(made))
        features, logits = subject.classifier.look(abnormal)
    return Study(
        settings=settings,
        labels=clean.labels,
        clean=clean.images,
        abnormal=abnormal,
        clean_logits=clean.logits,
        abnormal_logits=logits,
        clean_scores=clean.scores,
        abnormal_scores=subject.judge(features, logits),
        path=_path(clean, features, settings, attacked),
        attacked=attacked,
    )


def _path(
    clean: Clean, features: Tensor, settings: DetectSettings, attacked: AttackResult | None
) -> Tensor:
    """See :class:`Study`."""
    if attacked is None:
        if settings.inputs in CHANGED_DIGITS:
            return torch.stack([clean.features, features])
        return features[None]
    if settings.attack == "pgd":  # which starts at a random picture beside the clean one
        return torch.cat([clean.features[None], attacked.path])
    return attacked.path


def attack(
    subject: Subject,
    images: Tensor,
    labels: Tensor,
    settings: DetectSettings,
    progress: Progress | None = None,
) -> AttackResult:
    """Attacks pictures [N, 1, 28, 28] of classes [N] as the settings say.

    Raises:
        ValueError: if they name no attack.
    """
    model, epsilon = subject.classifier, settings.epsilon
    # A root mean square of epsilon over all pixels, as a Euclidean length.
    length = epsilon * images[0].numel() ** 0.5
    size = epsilon if settings.norm == "linf" else length
    match settings.attack:
        case "fgsm":
            return fgsm(model, images, labels, epsilon=epsilon)
        case "bim":
            return bim(
                model, images, labels, epsilon=epsilon, steps=settings.steps, progress=progress
            )
        case "pgd":
            return pgd(
                model,
                images,
                labels,
                epsilon=size,
                norm=settings.norm,
                steps=settings.steps,
                seed=settings.seed,
                progress=progress,
            )
        case "adaptive":
            return adaptive_pgd(
                model,
                images,
                labels,
                epsilon=size,
                norm=settings.norm,
                score=subject.own_score,
                weight=settings.weight,
                steps=settings.steps,
                progress=progress,
            )
        case "deepfool":
            return deepfool(model, images, labels, epsilon=length, progress=progress)
        case "cw":
            return carlini_wagner(model, images, labels, epsilon=length, progress=progress)
    raise ValueError(f"attack is {settings.attack!r}; there is nothing to do")
