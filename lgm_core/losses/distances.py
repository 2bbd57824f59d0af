"""Half the squared Mahalanobis distance from every feature to every Gaussian.

``d_k(x) = 1/2 sum_d exp(-v[k, d]) (x_d - mu[k, d])^2`` with log variances ``v``. All is computed
in float64 where the device has it, because cross-entropy lives on small differences of large
distances: with features 1e3 away from the means, ``d`` is about 1e6 and float32 rounds it to
0.06, which is a 6 % error in a probability.

Beyond a size the square is multiplied out, so that matrix products do the work and N x K x D
numbers never exist::

    2 d = |x|^2 - 2 x . mu + |mu|^2                        one variance a class, 1
    2 d = x^2 P^T - 2 x (P mu)^T + sum_d P mu^2            diagonal, P = exp(-v)

Features and means are centred first: the terms cancel when both lie far from the origin. The
classes are taken a block at a time, which backward forms again: a block in float64 stays in the
processor's cache, and all of the means in float64 never exist.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

#: Up to this many numbers N x K x D the difference itself is as fast as matrix products.
DIRECT_LIMIT = 1 << 17

#: The same where the parameters are float64: no rounding on the way out hides the error of the
#: products, about 1e-16 times the squared distance to the centre, so exactness is worth time.
DIRECT_LIMIT_FLOAT64 = 1 << 22

#: Numbers of a block of classes: small enough for a cache, large enough that few threads wait.
_BLOCK = 1 << 20


def working_dtype(device: torch.device) -> torch.dtype:
    """float64, or float32 on Apple's GPUs, which have no float64."""
    return torch.float32 if device.type == "mps" else torch.float64


def half_distances(features: Tensor, means: Tensor, log_variances: Tensor) -> Tensor:
    """``d_k`` [N, K] of ``features`` [N, D] to all of ``means`` [K, D], in the working dtype.

    ``log_variances`` is [K, D], or [K, 1] for one variance a class.
    """
    dtype = working_dtype(features.device)
    limit = DIRECT_LIMIT_FLOAT64 if means.dtype == torch.float64 else DIRECT_LIMIT
    distances: Tensor
    if len(features) * means.numel() <= limit:
        difference = features.to(dtype).unsqueeze(1) - means
        return 0.5 * (difference.square() * torch.exp(-log_variances.to(dtype))).sum(2)
    if log_variances.shape[1] == 1:
        distances = _Euclidean.apply(features, means)  # type: ignore[no-untyped-call]
        return distances * torch.exp(-log_variances.to(dtype)).t()
    distances = _Diagonal.apply(features, means, log_variances)  # type: ignore[no-untyped-call]
    return distances


def row_sums(values: Tensor) -> Tensor:
    """Sum of each row of ``values`` [K, D] in the working dtype, [K], block by block."""
    dtype = working_dtype(values.device)
    return torch.cat([values[rows].sum(1, dtype=dtype) for rows in _blocks(values)])


class _Euclidean(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, features: Tensor, means: Tensor) -> Tensor:
        centre = _centre(means)
        ctx.save_for_backward(features, means, centre)
        x = features - centre
        half_squares = 0.5 * x.square().sum(1, keepdim=True)
        distances = x.new_empty(len(x), len(means))
        for rows in _blocks(means):
            mu = means[rows] - centre
            squares = half_squares + 0.5 * torch.linalg.vector_norm(mu, dim=1).square()
            distances[:, rows] = squares.addmm_(x, mu.t(), alpha=-1.0)
        return distances

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor]:
        features, means, centre = ctx.saved_tensors
        x = features - centre
        grad_x = grad.sum(1, keepdim=True) * x
        grad_means = torch.empty_like(means)
        mass = grad.sum(0).unsqueeze(1)
        for rows in _blocks(means):
            mu, g = means[rows] - centre, grad[:, rows]
            grad_x.addmm_(g, mu, alpha=-1.0)
            grad_means[rows] = mu.mul_(mass[rows]).addmm_(g.t(), x, alpha=-1.0)
        return grad_x.to(features.dtype), grad_means


class _Diagonal(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, features: Tensor, means: Tensor, log_variances: Tensor) -> Tensor:
        centre = _centre(means)
        ctx.save_for_backward(features, means, log_variances, centre)
        x = features - centre
        squares = x.square()
        distances = x.new_empty(len(x), len(means))
        for rows in _blocks(means):
            mu, precision = means[rows] - centre, _precision(log_variances[rows])
            weighted = precision * mu
            constant = mu.mul_(weighted).sum(1)
            block = torch.addmm(constant, squares, precision.t())
            distances[:, rows] = block.addmm_(x, weighted.t(), alpha=-2.0).mul_(0.5)
        return distances

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        features, means, log_variances, centre = ctx.saved_tensors
        x = features - centre
        squares = x.square()
        grad_x, grad_x_squares = torch.zeros_like(x), torch.zeros_like(x)
        grad_means, grad_log_variances = torch.empty_like(means), torch.empty_like(log_variances)
        mass = grad.sum(0).unsqueeze(1)
        for rows in _blocks(means):
            mu, precision = means[rows] - centre, _precision(log_variances[rows])
            g, gx = grad[:, rows], grad[:, rows].t() @ x
            grad_x_squares.addmm_(g, precision)
            grad_x.addmm_(g, precision * mu, alpha=-1.0)
            pull = mass[rows] * mu - gx
            grad_means[rows] = precision * pull
            # sum_n g (x - mu)^2 = sum_n g x^2 + mu (mass mu - 2 gx)
            moments = pull.sub_(gx).mul_(mu).addmm_(g.t(), squares)
            grad_log_variances[rows] = moments.mul_(precision).mul_(-0.5)
        grad_x += grad_x_squares * x
        return grad_x.to(features.dtype), grad_means, grad_log_variances


def _centre(means: Tensor) -> Tensor:
    """Mean of the means [D] in the working dtype; any point near it would do."""
    return means.mean(0).to(working_dtype(means.device))


def _precision(log_variances: Tensor) -> Tensor:
    # The first step copies, whatever the dtype: the parameter itself must not change.
    return torch.neg(log_variances).to(working_dtype(log_variances.device)).exp_()


def _block_size(values: Tensor) -> int:
    """How many rows of ``values`` [K, D] make a block."""
    return max(1, _BLOCK // values.shape[1])


def _blocks(values: Tensor) -> list[slice]:
    """The rows of ``values`` [K, D], a block at a time."""
    size = _block_size(values)
    return [slice(start, start + size) for start in range(0, len(values), size)]
