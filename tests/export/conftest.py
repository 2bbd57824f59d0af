"""Short runs of real training, on few digits."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from lgm_core.data import Dataset
from lgm_core.export.recording import Recording
from lgm_core.runs.store import Store
from lgm_core.training.frame import encode
from lgm_core.training.loop import Trainer
from lgm_core.training.pace import StepPace
from lgm_core.training.settings import TrainSettings
from tests.export.few import first_digits

Record = Callable[..., Recording]


@pytest.fixture(scope="session")
def few_digits() -> Dataset:
    """The first digits of the bundled set."""
    return first_digits(240, 60)


@pytest.fixture(scope="session")
def frames(few_digits: Dataset) -> Callable[[TrainSettings], list[bytes]]:
    """Trains with these settings, once for all tests: every step's frame."""

    @cache
    def train(settings: TrainSettings) -> list[bytes]:
        trainer = Trainer(settings, few_digits, device="cpu")
        pace = StepPace(frame_every=1, keyframe_every=5)
        return [encode(frame) for frame in trainer.run(pace=pace)]

    return train


@pytest.fixture
def record(
    tmp_path: Path, few_digits: Dataset, frames: Callable[[TrainSettings], list[bytes]]
) -> Record:
    """A run of the test's own with the settings given by name; it keeps every step's frame."""

    def make(**settings: object) -> Recording:
        chosen = TrainSettings.model_validate({"epochs": 3, "batch_size": 40, **settings})
        with Store(tmp_path).create(chosen) as writer:
            for frame in frames(chosen):
                writer.append(frame)
        reader = Store(tmp_path).open(writer.run_id)
        return Recording("L-GM", reader, chosen, few_digits)

    return make
