"""Short runs of real training, on few digits."""

from __future__ import annotations

from collections.abc import Callable
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


@pytest.fixture
def record(tmp_path: Path, few_digits: Dataset) -> Record:
    """Trains with the settings given by name and keeps every step's frame."""

    def make(**settings: object) -> Recording:
        chosen = TrainSettings.model_validate({"epochs": 3, "batch_size": 40, **settings})
        trainer = Trainer(chosen, few_digits, device="cpu")
        with Store(tmp_path).create(chosen) as writer:
            for frame in trainer.run(pace=StepPace(frame_every=1, keyframe_every=5)):
                writer.append(encode(frame))
        reader = Store(tmp_path).open(writer.run_id)
        return Recording("L-GM", reader, chosen, few_digits)

    return make
