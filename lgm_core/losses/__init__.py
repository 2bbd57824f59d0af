"""Losses on features: L-GM, softmax, and the variants that the L-GM paper compares with."""

from __future__ import annotations

from typing import Any, cast

from lgm_core.losses.base import FeatureLoss, LossTerms, NoDensityError
from lgm_core.losses.lgm import Covariance, LGMLoss
from lgm_core.losses.schedule import margin_at
from lgm_core.losses.softmax import SoftmaxLoss

__all__ = [
    "FeatureLoss",
    "LGMLoss",
    "LossTerms",
    "NoDensityError",
    "SoftmaxLoss",
    "make_loss",
    "margin_at",
]

VARIANTS = ("center", "l-softmax", "sphereface", "cosface", "arcface")


def make_loss(
    name: str,
    num_classes: int,
    feature_dim: int,
    *,
    alpha: float,
    lambda_: float,
    covariance: str = "identity",
) -> FeatureLoss:
    """The loss of a name: ``softmax``, ``lgm`` or one of :data:`VARIANTS`.

    Raises:
        ValueError: for any other name.
    """
    knobs: dict[str, Any] = {"alpha": alpha, "lambda_": lambda_}
    if name == "lgm":
        shape = cast("Covariance", covariance)
        return LGMLoss(num_classes, feature_dim, covariance=shape, **knobs)
    if name == "softmax":
        return SoftmaxLoss(num_classes, feature_dim, **knobs)
    if name in VARIANTS:
        # Imported late: pytorch-metric-learning takes a second that few runs need.
        from lgm_core.losses.margins import make_variant

        return make_variant(name, num_classes, feature_dim, **knobs)
    raise ValueError(f"loss is {name!r}; allowed: softmax, lgm, {', '.join(VARIANTS)}")
