"""How far is the L-GM loss from its formulas written out in float64?

Largest relative error of loss terms, logits, log-likelihood and gradients, by dtype, covariance,
way of computing the distances and place of the features; see :func:`relative_error`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import get_args
from unittest.mock import patch

import torch
from torch import Tensor

from benchmarks._longhand import library, longhand
from benchmarks._report import report
from lgm_core.losses import LGMLoss, distances
from lgm_core.losses.lgm import Covariance

SHAPES = {"small": (64, 10, 2), "large": (64, 40, 256)}  #: N, K, D
WAYS = ("chosen", "products")
PLACES = ("origin", "together", "features", "spread")
BARS = {"float32": 1e-5, "float64": 1e-10}
OFFSET = 1e3


def make_batch(
    shape: tuple[int, int, int], covariance: Covariance, place: str, dtype: torch.dtype
) -> tuple[LGMLoss, Tensor, Tensor]:
    """A loss with overlapping classes, so that no posterior is just 0 or 1, and a batch.

    Args:
        shape: N, K, D.
        covariance: of the loss.
        place: ``origin``; ``together``: features and means 1e3 away in every coordinate;
            ``features``: the features alone; ``spread``: half the classes at 1e3, half at -1e3.
        dtype: of parameters and features.

    Returns:
        The loss, features [N, D], labels [N].
    """
    count, classes, dim = shape
    generator = torch.Generator().manual_seed(0)
    means = torch.randn(classes, dim, generator=generator, dtype=torch.float64)
    means *= 3.0 / math.sqrt(2 * dim)
    if place == "together":
        means += OFFSET
    if place == "spread":
        means[::2] += OFFSET
        means[1::2] -= OFFSET
    labels = torch.randint(classes, (count,), generator=generator)
    features = means[labels] + torch.randn(count, dim, generator=generator, dtype=torch.float64)
    if place == "features":
        features += OFFSET
    loss = LGMLoss(classes, dim, covariance=covariance).to(dtype)
    with torch.no_grad():
        loss.means.copy_(means)
        if covariance != "identity":
            log_variances = torch.randn(loss.log_variances.shape, generator=generator)
            loss.log_variances.copy_(0.5 * log_variances / math.sqrt(dim))
    return loss, features.to(dtype), labels


def worst_errors(dtype_name: str, covariance: Covariance, place: str) -> dict[str, float]:
    """Largest error each way, over both shapes and two settings of the knobs."""
    worst = dict.fromkeys(WAYS, 0.0)
    for shape, (alpha, lambda_) in product(SHAPES.values(), ((1.0, 0.1), (0.0, 0.0))):
        loss, features, labels = make_batch(shape, covariance, place, getattr(torch, dtype_name))
        loss.alpha, loss.lambda_ = alpha, lambda_
        expected = longhand(loss, features, labels)
        for way in WAYS:
            with computing(way):
                errors = library(loss, features, labels).errors_to(expected)
            worst[way] = max(worst[way], *errors.values())
    return worst


@contextmanager
def computing(way: str) -> Iterator[None]:
    """Distances as the library chooses (``chosen``) or by matrix ``products`` at any size."""
    if way == "chosen":
        yield
    else:
        with patch.multiple(distances, DIRECT_LIMIT=0, DIRECT_LIMIT_FLOAT64=0):
            yield


def gradients_pass(covariance: Covariance, way: str) -> bool:
    """Whether finite differences agree with the gradients of the total loss."""
    loss, features, labels = make_batch((6, 4, 3), covariance, "origin", torch.float64)
    learned = [p for p in loss.parameters() if p.requires_grad]

    def total(x: Tensor, *_: Tensor) -> Tensor:
        return loss.loss_and_logits(x, labels)[0].total

    with computing(way):
        return bool(
            torch.autograd.gradcheck(
                total, (features.requires_grad_(), *learned), raise_exception=False
            )
        )


def main() -> None:
    """Measure and print."""
    errors = {
        (dtype, covariance, place, way): error
        for dtype, covariance, place in product(BARS, get_args(Covariance), PLACES)
        for way, error in worst_errors(dtype, covariance, place).items()
    }
    figures: dict[str, object] = {}
    bars: dict[str, str] = {}
    for dtype, bar in BARS.items():
        figures[f"{dtype}_max"] = max(e for k, e in errors.items() if k[0::3] == (dtype, "chosen"))
        bars[f"{dtype}_max"] = f"<= {bar:.0e}"
    figures |= {"_".join(key): error for key, error in errors.items()}
    for covariance, way in product(get_args(Covariance), WAYS):
        name = f"gradcheck_{covariance}_{way}"
        figures[name] = gradients_pass(covariance, way)
        bars[name] = "True"
    report("loss_exactness", figures, bars)


if __name__ == "__main__":
    main()
