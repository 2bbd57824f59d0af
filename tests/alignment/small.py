"""Short alignment runs on a few drawn people."""

from __future__ import annotations

from lgm_core.alignment.frame import AlignFrame
from lgm_core.alignment.loop import AlignTrainer
from lgm_core.alignment.settings import AlignSettings
from lgm_core.data.people import People
from lgm_core.data.synthetic_faces import synthetic_people

STEPS = 3


def few_people() -> People:
    """Eight people with four pictures each; two of them are left out for testing."""
    return synthetic_people(8, 4)


def settings(**values: object) -> AlignSettings:
    defaults = {"steps": STEPS, "batch_size": 8, "people": "synthetic"}
    return AlignSettings.model_validate(defaults | values)


def make(**values: object) -> AlignTrainer:
    return AlignTrainer(settings(**values), few_people())


def run(**values: object) -> tuple[AlignTrainer, list[AlignFrame]]:
    trainer = make(**values)
    return trainer, list(trainer.run())
