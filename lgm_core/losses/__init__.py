"""Losses on features: L-GM, softmax, and the variants that the L-GM paper compares with."""

from __future__ import annotations

from typing import Any, cast

from lgm_core.losses.base import FeatureLoss, LossTerms, NoDensityError
from lgm_core.losses.center import CenterLoss
from lgm_core.losses.lgm import Covariance, LGMLoss
from lgm_core.losses.schedule import margin_at
from lgm_core.losses.softmax import SoftmaxLoss

__all__ = [
    "ANGULAR",
    "CenterLoss",
    "FeatureLoss",
    "LGMLoss",
    "LossTerms",
    "NoDensityError",
    "SoftmaxLoss",
    "make_loss",
    "margin_at",
]

#: The losses with a margin in the angle.
ANGULAR = ("l-softmax", "sphereface", "cosface", "arcface")


def make_loss(
    name: str,
    num_classes: int,
    feature_dim: int,
    *,
    alpha: float,
    lambda_: float,
    covariance: str = "identity",
) -> FeatureLoss:
    """The loss of a name: ``softmax``, ``lgm``, ``center`` or one of :data:`ANGULAR`.

    Args:
        name: of the loss.
        num_classes: number of classes K, 2 or more.
        feature_dim: feature dimension D.
        alpha: margin, 0 or more.
        lambda_: weight of the likelihood or center term, 0 or more.
        covariance: of ``lgm``, see :class:`LGMLoss`; the others have none.

    Raises:
        ValueError: for any other name, or a value that the loss does not allow.
    """
    knobs: dict[str, Any] = {"alpha": alpha, "lambda_": lambda_}
    if name == "lgm":
        shape = cast("Covariance", covariance)
        return LGMLoss(num_classes, feature_dim, covariance=shape, **knobs)
    if name == "softmax":
        return SoftmaxLoss(num_classes, feature_dim, **knobs)
    if name == "center":
        return CenterLoss(num_classes, feature_dim, **knobs)
    if name in ANGULAR:
        # Imported late: pytorch-metric-learning takes a second that few runs need.
        from lgm_core.losses.margins import make_angular

        return make_angular(name, num_classes, feature_dim, **knobs)
    allowed = ", ".join(("softmax", "lgm", "center", *ANGULAR))
    raise ValueError(f"loss is {name!r}; allowed: {allowed}")
