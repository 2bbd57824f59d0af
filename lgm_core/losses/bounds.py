"""A bound on a learned parameter that the parameter can come back from."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


def bounded(parameter: Tensor, low: float, high: float) -> Tensor:
    """``parameter`` clamped to ``low`` .. ``high``, of any shape.

    A plain clamp has no gradient outside the range: a parameter that one large step took there
    would stay for ever. Here a gradient whose descent leads back towards the range passes, one
    whose descent leads further out is 0, and inside nothing changes.
    """
    value: Tensor = _Bounded.apply(parameter, low, high)  # type: ignore[no-untyped-call]
    return value


class _Bounded(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, parameter: Tensor, low: float, high: float) -> Tensor:
        value = parameter.clamp(low, high)
        ctx.save_for_backward(parameter - value)
        return value

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        (excess,) = ctx.saved_tensors
        # Descent goes against the gradient: outward where gradient and excess differ in sign.
        return grad.masked_fill(excess * grad < 0, 0.0), None, None
