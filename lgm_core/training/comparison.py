"""Two runs side by side: the same digits, starting weights and batches, another loss."""

from __future__ import annotations

from pydantic import Field

from lgm_core.training.settings import LossName, SharedSettings, TrainSettings


class Comparison(SharedSettings):
    """Settings of a left and a right run that differ in nothing but the loss."""

    left: LossName = Field("softmax", title="left loss", description="Loss of the left run.")
    right: LossName = Field("lgm", title="right loss", description="Loss of the right run.")

    def sides(self) -> tuple[TrainSettings, TrainSettings]:
        """The settings of the two runs."""
        shared = {name: getattr(self, name) for name in SharedSettings.model_fields}
        return TrainSettings(loss=self.left, **shared), TrainSettings(loss=self.right, **shared)
