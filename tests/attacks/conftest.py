"""Two small models that learned the bundled digits for two epochs, and digits to attack."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from lgm_core.data import load
from lgm_core.networks.classifier import Classifier, to_pixels
from lgm_core.training.loop import Trainer
from lgm_core.training.settings import TrainSettings

#: Losses that the attacks are tested on: one with a density, one without.
LOSSES = ("lgm", "softmax")


@pytest.fixture(scope="session")
def models() -> dict[str, Classifier]:
    """By the name of the loss."""
    return {loss: _trained(loss) for loss in LOSSES}


def _trained(loss: str) -> Classifier:
    settings = TrainSettings(loss=loss, feature_dim=8, epochs=2)
    trainer = Trainer(settings, device="cpu")
    while trainer.learner.steps < trainer.total_steps:
        trainer.learner.step()
    for part in (trainer.network, trainer.loss):
        part.zero_grad()
    return Classifier(trainer.network, trainer.loss)


@pytest.fixture(params=LOSSES)
def model(request: pytest.FixtureRequest, models: dict[str, Classifier]) -> Classifier:
    return models[request.param]


@pytest.fixture
def lgm(models: dict[str, Classifier]) -> Classifier:
    return models["lgm"]


@pytest.fixture(scope="session")
def digits() -> tuple[Tensor, Tensor]:
    """200 test digits [200, 1, 28, 28] and their classes."""
    data = load("bundled")
    images = to_pixels(torch.from_numpy(data.test_images[:200]))
    return images, torch.from_numpy(data.test_labels[:200])
