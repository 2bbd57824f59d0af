"""What every loss of this lab offers, so that one loop can train and one panel can draw it."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn


class LossTerms(NamedTuple):
    """The named terms of a loss, each a scalar, mean over the batch."""

    total: Tensor
    classification: Tensor
    likelihood: Tensor


class NoDensityError(RuntimeError):
    """The loss does not model the density of the features, so no log-likelihood exists."""


class FeatureLoss(nn.Module):
    """A loss on features ``x`` [N, D] and labels ``z`` [N] with values ``0 .. K - 1``.

    ``alpha`` (margin) and ``lambda_`` (weight of the likelihood or center term) are plain
    floats, 0 or more, that may be changed between two steps. A loss that has no use for one
    ignores it. Features that are not finite give terms that are not finite; nothing is hidden.

    Raises:
        ValueError: for fewer than 2 classes, no feature, or a knob that is negative or not finite.
    """

    has_density: bool = False

    def __init__(
        self, num_classes: int, feature_dim: int, *, alpha: float = 0.0, lambda_: float = 0.0
    ) -> None:
        super().__init__()
        if num_classes < 2:
            raise ValueError(f"num_classes is {num_classes}; allowed: 2 or more")
        if feature_dim < 1:
            raise ValueError(f"feature_dim is {feature_dim}; allowed: 1 or more")
        for name, value in (("alpha", alpha), ("lambda_", lambda_)):
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{name} is {value}; allowed: 0 or more")
        self.num_classes = num_classes
        self.feature_dim = feature_dim
        self.alpha = alpha
        self.lambda_ = lambda_

    def forward(self, features: Tensor, labels: Tensor) -> LossTerms:
        """Loss terms of a batch; ``features`` [N, D], ``labels`` [N].

        Raises:
            ValueError: for another shape, or labels that are no whole numbers.
            IndexError: for a label outside ``0 .. K - 1``.
        """
        return self.loss_and_logits(features, labels)[0]

    def loss_and_logits(self, features: Tensor, labels: Tensor) -> tuple[LossTerms, Tensor]:
        """Loss terms and the logits without margin [N, K] (detached), in one pass."""
        raise TypeError(f"{type(self).__name__} does not define loss_and_logits")

    def logits(self, features: Tensor) -> Tensor:
        """Logits [N, K] without margin, as used at test time; ``features`` [N, D].

        Raises:
            ValueError: for features of another shape.
        """
        raise TypeError(f"{type(self).__name__} does not define logits")

    def log_likelihood(self, features: Tensor) -> Tensor:
        """``log p(x | k)`` [N, K] of ``features`` [N, D], every constant included.

        Raises:
            NoDensityError: if the loss does not model a density.
        """
        raise NoDensityError(
            f"{type(self).__name__} does not model the density of the features; "
            "only L-GM has a log-likelihood"
        )

    @torch.no_grad()
    def quadratic_logits(self) -> tuple[Tensor, Tensor, Tensor]:
        """The logits as quadratics of the features, up to a positive factor common to all classes.

        Returns ``(q, w, b)`` with ``logit_k(x) = -1/2 sum_d q[k, d] x_d^2 + w[k] . x + b[k]``;
        shapes [K, D], [K, D], [K]. The arg max over k is exact; for cosine losses the common
        factor ``s / |x|`` is left out. This is what decision regions are drawn from.
        """
        raise TypeError(f"{type(self).__name__} does not define quadratic_logits")

    def _check_features(self, features: Tensor) -> None:
        """Of another shape they might broadcast and give numbers that mean nothing."""
        if features.ndim != 2 or features.shape[1] != self.feature_dim:
            raise ValueError(
                f"features are {list(features.shape)}; allowed: [N, {self.feature_dim}]"
            )

    def _check_batch(self, features: Tensor, labels: Tensor) -> None:
        """What :meth:`forward` promises to raise; a few microseconds, no wait for a GPU."""
        self._check_features(features)
        if labels.shape != features.shape[:1] or not len(labels):
            raise ValueError(
                f"labels are {list(labels.shape)} beside features {list(features.shape)}; "
                "allowed: [N] beside [N, D], N >= 1"
            )
        if labels.dtype != torch.int64:
            raise ValueError(f"labels are {labels.dtype}; allowed: torch.int64")
        # On a GPU the loss's own indexing raises; looking here would wait for the device.
        if labels.device.type == "cpu":
            low, high = (int(end) for end in labels.aminmax())
            if low < 0 or high >= self.num_classes:
                bad = low if low < 0 else high
                raise IndexError(f"a label is {bad}; allowed: 0 to {self.num_classes - 1}")
