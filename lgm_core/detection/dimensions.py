"""The models whose figures stand side by side by feature dimension: all the same but for that.

Those of 64 features come with the lab; the others are trained where they are asked for.
"""

from __future__ import annotations

from typing import NamedTuple

from lgm_core import pretrained
from lgm_core.training.settings import LossName, TrainSettings

DIMENSIONS = (2, 8, 32, 64)
LOSSES: tuple[LossName, ...] = ("softmax", "lgm")

#: Ids of the runs that come with the lab, by loss and dimension.
_SHIPPED = {("softmax", 64): pretrained.SOFTMAX, ("lgm", 64): pretrained.LGM}


class Model(NamedTuple):
    """One of the models."""

    loss: LossName
    dim: int  #: features, D

    @property
    def shipped(self) -> str | None:
        """Id of the run that comes with the lab, or None: this one has to be trained."""
        return _SHIPPED.get((self.loss, self.dim))


def models() -> list[Model]:
    """All of them, by dimension."""
    return [Model(loss, dim) for dim in DIMENSIONS for loss in LOSSES]


def settings_for(loss: LossName, dim: int) -> TrainSettings:
    """What such a model is trained with: the likelihood weight is the one that buys detection.

    Raises:
        ValueError: if there is no model of this dimension.
    """
    if dim not in DIMENSIONS:
        words = ", ".join(map(str, DIMENSIONS))
        raise ValueError(f"the feature dimension is {dim}; allowed: {words}")
    return TrainSettings(
        loss=loss, alpha=0.3, lambda_=1.0, feature_dim=dim, epochs=40, learning_rate=0.005
    )
