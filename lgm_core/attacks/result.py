"""What every attack gives back."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class AttackResult:
    """Attacked pictures, and how they came about.

    Attributes:
        clean: the pictures [N, 1, H, W] that were attacked, in 0 to 1.
        images: the attacked pictures [N, 1, H, W], in 0 to 1.
        labels: the true classes [N].
        targets: the classes [N] the attack aimed at, or None if any wrong one would do.
        features: features [N, D] of the attacked pictures.
        logits: logits [N, K] of the attacked pictures.
        path: features [S + 1, N, D] from the start (clean, or random in the ball) to the attacked
            picture.
            An attack that keeps its best picture stays there from then on.
    """

    clean: Tensor
    images: Tensor
    labels: Tensor
    targets: Tensor | None
    features: Tensor
    logits: Tensor
    path: Tensor

    @property
    def predicted(self) -> Tensor:
        """Predicted class [N] of the attacked pictures."""
        return self.logits.argmax(1)

    @property
    def success(self) -> Tensor:
        """Whether the attack got what it wanted, bool [N]: the target, or any wrong class."""
        if self.targets is not None:
            return self.predicted == self.targets
        return self.predicted != self.labels

    @property
    def linf(self) -> Tensor:
        """Largest change of a pixel [N], float64, in units of white = 1."""
        return self._change().abs().amax(1)

    @property
    def l2(self) -> Tensor:
        """Euclidean length [N] of the change, float64, in units of white = 1."""
        lengths: Tensor = torch.linalg.vector_norm(self._change(), dim=1)
        return lengths

    def _change(self) -> Tensor:
        # A length summed in float32 could come out beyond the epsilon that it keeps.
        return (self.images.to(torch.float64) - self.clean).flatten(1)
