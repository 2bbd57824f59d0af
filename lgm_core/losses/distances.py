"""Half the squared Mahalanobis distance from every feature to every Gaussian.

``d_k(x) = 1/2 sum_d exp(-v[k, d]) (x_d - mu[k, d])^2`` with log variances ``v``. Both ways below
compute in float64 where the device has it, because cross-entropy lives on small differences of
large distances: with features 1e3 away from the means, ``d`` is about 1e6 and float32 rounds it
to 0.06, which is a 6 % error in a probability.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

#: Up to this many numbers N x K x D the difference itself is as fast as matrix products.
DIRECT_LIMIT = 1 << 17

#: The same where the parameters are float64: no rounding on the way out hides the error of the
#: products, about 1e-16 times the squared distance to the centre, so exactness is worth time.
DIRECT_LIMIT_FLOAT64 = 1 << 22

#: Numbers of one block of means; in float64 a block stays in the processor's cache.
_BLOCK = 1 << 19


def working_dtype(device: torch.device) -> torch.dtype:
    """float64, or float32 on Apple's GPUs, which have no float64."""
    return torch.float32 if device.type == "mps" else torch.float64


def half_distances(features: Tensor, means: Tensor, log_variances: Tensor) -> Tensor:
    """``d_k`` [N, K] of ``features`` [N, D] to all of ``means`` [K, D], in the working dtype.

    ``log_variances`` is [K, D], or [K, 1] for one variance a class.
    """
    limit = DIRECT_LIMIT_FLOAT64 if means.dtype == torch.float64 else DIRECT_LIMIT
    if len(features) * means.numel() <= limit:
        return paired_half_distances(features.unsqueeze(1), means, log_variances)
    distances: Tensor = _BlockwiseDistances.apply(features, means, log_variances)  # type: ignore[no-untyped-call]
    return distances


def paired_half_distances(features: Tensor, means: Tensor, log_variances: Tensor) -> Tensor:
    """``d`` [...] of ``features`` [..., D] to the ``means`` [..., D] beside them.

    Taken from the difference itself, so that nothing cancels.
    """
    dtype = working_dtype(features.device)
    difference = features.to(dtype) - means
    return 0.5 * (difference.square() * torch.exp(-log_variances.to(dtype))).sum(-1)


class _BlockwiseDistances(torch.autograd.Function):
    """The square multiplied out, so that matrix products do the work, never N x K x D numbers::

        2 d = x^2 P^T - 2 x (P mu)^T + sum_d P mu^2        with P = exp(-v)

    Features and means are centred first: the terms cancel when both lie far from the origin.
    The classes are taken a block at a time and backward forms each block again, so that no
    [K, D] array in float64 ever exists.
    """

    @staticmethod
    def forward(ctx: Any, features: Tensor, means: Tensor, log_variances: Tensor) -> Tensor:
        ctx.save_for_backward(features, means, log_variances)
        centre, x, squares = _centred(features, means, log_variances)
        distances = x.new_empty(len(x), len(means))
        for rows, mu, precision in _blocks(means, log_variances, centre):
            weighted = precision * mu
            constant = (weighted * mu).sum(1)
            block = torch.addmm(constant, squares, precision.t())
            distances[:, rows] = block.addmm_(x, weighted.t(), alpha=-2.0).mul_(0.5)
        return distances

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        features, means, log_variances = ctx.saved_tensors
        centre, x, squares = _centred(features, means, log_variances)
        grad_x = torch.zeros_like(x)
        grad_means = torch.empty_like(means)
        grad_log_variances = torch.empty_like(log_variances) if ctx.needs_input_grad[2] else None
        for rows, mu, precision in _blocks(means, log_variances, centre):
            g = grad[:, rows]
            mass = g.sum(0).unsqueeze(1)
            gx = g.t() @ x
            grad_x += (g @ precision) * x
            grad_x.addmm_(g, precision * mu, alpha=-1.0)
            grad_means[rows] = precision * (mass * mu - gx)
            if grad_log_variances is not None:
                moments = (mu * (mass * mu - 2.0 * gx)).sum_to_size(precision.shape)
                grad_log_variances[rows] = -0.5 * precision * (g.t() @ squares + moments)
        return grad_x.to(features.dtype), grad_means, grad_log_variances


def _centred(
    features: Tensor, means: Tensor, log_variances: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Centre of the means [D], centred features [N, D], their squares [N, D] or [N, 1]."""
    centre = means.mean(0, dtype=working_dtype(means.device))
    x = features - centre
    return centre, x, x.square().sum_to_size(len(x), log_variances.shape[1])


def _blocks(
    means: Tensor, log_variances: Tensor, centre: Tensor
) -> Iterator[tuple[slice, Tensor, Tensor]]:
    """Rows, centred means and precisions of one block of classes after the other."""
    size = max(1, _BLOCK // means.shape[1])
    for start in range(0, len(means), size):
        rows = slice(start, start + size)
        yield rows, means[rows] - centre, torch.exp(-log_variances[rows].to(centre.dtype))
