"""What an alignment step changes: transformer, feature network, loss; and the faces it sees.

Only identity labels drive all of it. Beside the feature network stands a *plain reader*, a
linear classifier of the straightened picture. A deep network recognises a person wherever the
face stands, and then nothing tells the transformer to move it; a linear one can only tell people
apart if their faces stand alike. Its gradient reaches the transformer alone, not the features.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, cross_entropy, normalize

from lgm_core.alignment.disturb import disturbed, draw_poses, pose_matrices
from lgm_core.alignment.settings import FACE_SIZE, AlignSettings
from lgm_core.alignment.transformer import Aligned, contrast, make_transformer
from lgm_core.losses import LossTerms, make_loss
from lgm_core.networks.faces import FaceNetwork
from lgm_core.training.adam import Adam
from lgm_core.training.settings import Knobs

#: Steps in which the rates rise from zero.
_WARM_UP = 50
#: Cosines times this are the logits of the plain reader, and of softmax on features of length 1.
_SCALE = 16.0
_SMOOTHING = 0.1


class PlainReader(nn.Module):
    """People from the picture at half its size, by a linear map of the grey values alone."""

    def __init__(self, num_people: int) -> None:
        super().__init__()
        self.read = nn.Sequential(
            nn.Flatten(), nn.Dropout(0.5), nn.Linear((FACE_SIZE // 2) ** 2, 64)
        )
        self.people = nn.Parameter(torch.randn(num_people, 64) / 8)

    def forward(self, images: Tensor) -> Tensor:
        """Logits [N, K] of faces [N, 1, 48, 48] with mean 0 and deviation 1."""
        found = normalize(self.read(avg_pool2d(images, 2)))
        return _SCALE * found @ normalize(self.people).T


class Step(NamedTuple):
    """What a training step has computed."""

    terms: LossTerms  #: of the loss on the features
    accuracy: float


class AlignLearner:
    """Learns to straighten and to recognise faces.

    Two learners with one seed see the same faces disturbed in the same way, and start from the
    same feature network, whatever stands before it.

    Args:
        settings: everything needed to repeat the run.
        faces: training faces [N, 1, H, W], grey values from 0 to 1.
        labels: who they are, [N], 0 .. K - 1.
        num_people: K.
    """

    def __init__(
        self, settings: AlignSettings, faces: Tensor, labels: Tensor, num_people: int
    ) -> None:
        self.settings = settings
        self.knobs: Knobs = settings.knobs
        self.steps = 0
        self._faces, self._labels = faces, labels
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(settings.seed)
            network = FaceNetwork(settings.feature_dim)
            # Channels last: a tenth to a third quicker through small convolutions.
            self.network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
            torch.manual_seed(settings.seed + 1)
            self.loss = make_loss(
                settings.loss,
                num_people,
                settings.feature_dim,
                alpha=settings.alpha,
                lambda_=settings.lambda_,
            )
            torch.manual_seed(settings.seed + 2)
            self.transformer = make_transformer(
                settings.transform, settings.stages, settings.border
            )
            self.reader = PlainReader(num_people)
        self._random = torch.Generator().manual_seed(settings.seed)
        groups = [{"params": [*self.network.parameters(), *self.loss.parameters()]}]
        if self.transformer is not None:
            groups.append({"params": list(self.transformer.parameters())})
            groups.append({"params": list(self.reader.parameters())})
        self._optimizer = Adam(groups, lr=settings.learning_rate, fused=True)

    def step(self) -> Step:
        """Trains on the next batch."""
        self._apply_knobs()
        pictures, labels = self._next_batch()
        # Dropout draws from the process's own generator: it is lent a seed of this step's own.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed((self.settings.seed << 16) + self.steps)
            return self._learn(pictures, labels)

    def _learn(self, pictures: Tensor, labels: Tensor) -> Step:
        aligned = self.align(pictures)
        seen = contrast(aligned.images)
        features = self.network(seen)
        terms, logits = self.loss.loss_and_logits(features, labels)
        total = terms.total
        if self.transformer is not None:
            read = self.reader(seen)
            total = total + cross_entropy(read, labels, label_smoothing=_SMOOTHING)
        self._optimizer.zero_grad()
        total.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
        self.steps += 1
        accuracy = float((logits.argmax(1) == labels).float().mean())
        return Step(LossTerms(*(term.detach() for term in terms)), accuracy)

    def align(self, pictures: Tensor) -> Aligned:
        """Faces [N, 1, 48, 48] as the transformer straightens them."""
        if self.transformer is None:
            return Aligned(pictures, [])
        aligned: Aligned = self.transformer(pictures)
        return aligned

    @torch.inference_mode()
    def features(self, pictures: Tensor) -> Tensor:
        """Features [N, D] of faces [N, 1, 48, 48], straightened first."""
        self.network.eval()
        features: Tensor = self.network(contrast(self.align(pictures).images))
        self.network.train()
        return features

    def state_dict(self) -> dict[str, Tensor]:
        """Weights of all parts, by name."""
        parts = {"network": self.network, "loss": self.loss}
        if self.transformer is not None:
            parts |= {"transformer": self.transformer}
        return {
            f"{part}.{name}": tensor.detach().contiguous()
            for part, module in parts.items()
            for name, tensor in module.state_dict().items()
        }

    def blame(self) -> str:
        """After a divergence, what to do."""
        return (
            f"Training diverged at step {self.steps}: the numbers are no longer finite. "
            f"Lower the learning rate (now {self.knobs.learning_rate:g}) and start again."
        )

    def _next_batch(self) -> tuple[Tensor, Tensor]:
        count = self.settings.batch_size
        chosen = torch.randint(len(self._faces), (count,), generator=self._random)
        poses = draw_poses(self.settings, count, self._random)
        pictures = disturbed(
            self._faces[chosen],
            pose_matrices(poses),
            size=FACE_SIZE,
            border=self.settings.border,
        )
        return pictures, self._labels[chosen]

    def _apply_knobs(self) -> None:
        self.loss.alpha, self.loss.lambda_ = self.knobs.alpha, self.knobs.lambda_
        share = min(1.0, (self.steps + 1) / _WARM_UP)
        if self.settings.decay == "cosine":
            share *= 0.5 * (1 + math.cos(math.pi * self.steps / self.settings.steps))
        rate = self.knobs.learning_rate
        # The localiser's rate keeps its proportion when the knob is turned.
        localiser = self.settings.localiser_rate * rate / self.settings.learning_rate
        for group, own in zip(self._optimizer.param_groups, (rate, localiser, rate), strict=False):
            group["lr"] = share * own
