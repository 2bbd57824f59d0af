"""Short trainings on the small set of digits."""

from __future__ import annotations

import numpy as np
import torch

from lgm_core.data import Dataset
from lgm_core.training.frame import Frame
from lgm_core.training.loop import Trainer
from lgm_core.training.pace import StepPace
from lgm_core.training.settings import TrainSettings

BATCH = 64
STEPS = 600 // BATCH


def settings(**values: object) -> TrainSettings:
    return TrainSettings.model_validate({"epochs": 1, "batch_size": BATCH} | values)


def run(digits: Dataset, every: int = 2, **values: object) -> tuple[Trainer, list[Frame]]:
    trainer = Trainer(settings(**values), digits)
    return trainer, list(trainer.run(pace=StepPace(every, 3 * every)))


def features_of(trainer: Trainer, images: np.ndarray) -> np.ndarray:
    """Longhand: pixels in units of white, standardised, through the network, in one batch."""
    scaled = (torch.from_numpy(images).float()[:, None] / 255 - 0.1307) / 0.3081
    with torch.inference_mode():
        return trainer.network(scaled).numpy()
