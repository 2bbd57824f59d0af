"""The pictures that an attack may reach: within epsilon of the clean one, and within 0 to 1.

Both hold exactly in the numbers that come out, not only up to rounding: whoever checks
``(adversarial - clean).abs().max() <= epsilon`` finds it true, in float32 and in float64.
"""

from __future__ import annotations

from typing import Literal, Protocol, get_args

import torch
from torch import Tensor

Norm = Literal["linf", "l2"]

#: A picture outside the L2 ball is brought this much closer than epsilon, so that a change that
#: is taken in float32 and rounded there is no longer than epsilon either.
_CLOSER = 1 - 2**-22


class Ball(Protocol):
    """The pictures [N, 1, H, W] within epsilon of clean ones."""

    def step(self, images: Tensor, gradient: Tensor, size: float) -> Tensor:
        """One step of length ``size`` in the norm's steepest direction, not yet projected."""

    def project(self, images: Tensor) -> Tensor:
        """Pictures that are allowed; those that were are left as they are."""

    def random(self, generator: torch.Generator) -> Tensor:
        """Pictures drawn evenly from the ball, then brought into 0 to 1."""


class LinfBall:
    """No pixel changes by more than epsilon.

    Args:
        clean: pictures [N, 1, H, W] in 0 to 1.
        epsilon: in units of white = 1.
    """

    def __init__(self, clean: Tensor, epsilon: float) -> None:
        self._clean = clean
        self._epsilon = epsilon
        # The pixels' own largest number up to epsilon: 0.1 in float32 is more than 0.1.
        radius = _not_beyond(torch.tensor(epsilon, dtype=torch.float64), clean.new_zeros(()))
        # x - epsilon is rounded, and may lie outside by one step of the last digit.
        low = _not_beyond(clean.to(torch.float64) - radius, clean)
        high = _not_beyond(clean.to(torch.float64) + radius, clean)
        self._low, self._high = low.clamp(0, 1), high.clamp(0, 1)

    def step(self, images: Tensor, gradient: Tensor, size: float) -> Tensor:
        """See :meth:`Ball.step`: the sign of the gradient."""
        return images + size * gradient.sign()

    def project(self, images: Tensor) -> Tensor:
        """See :meth:`Ball.project`: the nearest picture that is allowed."""
        return torch.minimum(torch.maximum(images, self._low), self._high)

    def random(self, generator: torch.Generator) -> Tensor:
        """See :meth:`Ball.random`."""
        shift = torch.rand(self._clean.shape, generator=generator) * 2 - 1
        return self.project(self._clean + self._epsilon * shift)


class L2Ball:
    """The change has a Euclidean length of at most epsilon.

    Args:
        clean: pictures [N, 1, H, W] in 0 to 1.
        epsilon: in units of white = 1.
    """

    def __init__(self, clean: Tensor, epsilon: float) -> None:
        self._clean = clean
        self._epsilon = epsilon

    def step(self, images: Tensor, gradient: Tensor, size: float | Tensor) -> Tensor:
        """See :meth:`Ball.step`: along the gradient, however small it is."""
        length = _length(gradient)
        direction = gradient / torch.where(length > 0, length, 1.0)
        return images + (size * direction).to(images.dtype)

    def project(self, images: Tensor) -> Tensor:
        """See :meth:`Ball.project`: into 0 to 1, then straight towards the clean picture.

        Not always the nearest picture of both, but in both; adversarial-robustness-toolbox
        does the same.
        """
        images = images.clamp(0, 1)
        clean = self._clean.to(torch.float64)
        change = images.to(torch.float64) - clean
        # The change as it is, and as somebody takes it who stays in float32.
        length = torch.maximum(_length(change), _length(images - self._clean))
        outside = length > self._epsilon
        scale = _CLOSER * self._epsilon / torch.where(outside, length, 1.0)
        return torch.where(outside, _not_beyond(clean + scale * change, self._clean), images)

    def random(self, generator: torch.Generator) -> Tensor:
        """See :meth:`Ball.random`."""
        direction = torch.randn(self._clean.shape, generator=generator)
        numbers = direction[0].numel() if len(direction) else 1
        radius = torch.rand((len(direction), 1, 1, 1), generator=generator) ** (1 / numbers)
        return self.project(self.step(self._clean, direction, self._epsilon * radius))


def make_ball(norm: Norm, clean: Tensor, epsilon: float) -> Ball:
    """The ball of a norm.

    Raises:
        ValueError: for another norm.
    """
    if norm not in get_args(Norm):
        raise ValueError(f"norm is {norm!r}; allowed: {', '.join(get_args(Norm))}")
    return LinfBall(clean, epsilon) if norm == "linf" else L2Ball(clean, epsilon)


def _length(change: Tensor) -> Tensor:
    """Euclidean length [N, 1, 1, 1] of each picture, summed in float64."""
    length: Tensor = torch.linalg.vector_norm(change.flatten(1), dim=1, dtype=torch.float64)
    return length[:, None, None, None]


def _not_beyond(values: Tensor, clean: Tensor) -> Tensor:
    """float64 values as numbers of ``clean``'s dtype, rounded towards ``clean``."""
    rounded = values.to(clean.dtype)
    away = (rounded.to(torch.float64) - clean).abs() > (values - clean).abs()
    return torch.where(away, torch.nextafter(rounded, clean), rounded)
