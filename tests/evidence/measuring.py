"""Claims small enough to be measured in a test: a training is one short epoch."""

from __future__ import annotations

from typing import Any

from lgm_core.alignment.settings import AlignSettings
from lgm_core.detection.settings import DetectSettings
from lgm_core.evidence.claim import Claim, claim
from lgm_core.training.settings import TrainSettings

SEEDS = (1, 0)
COUNT = 60  #: attacked digits


def digits(**values: Any) -> TrainSettings:
    return TrainSettings.model_validate({"epochs": 1, "batch_size": 512, **values})


def faces(**values: Any) -> AlignSettings:
    return AlignSettings.model_validate({"steps": 2, "batch_size": 8, **values})


def asked(**values: Any) -> DetectSettings:
    return DetectSettings.model_validate({"count": COUNT, "steps": 2, **values})


PAIR = {"L-GM": digits(), "softmax": digits(loss="softmax")}


def small(claim_id: str, runs: dict[str, Any], studies: dict[str, Any] | None = None) -> Claim:
    """The claim with one variant, of these runs and studies."""
    known = claim(claim_id)
    values = known.variants[0].model_dump() | {
        "name": "small",
        "runs": {label: run.model_dump() for label, run in runs.items()},
        "studies": {label: study.model_dump() for label, study in (studies or {}).items()},
    }
    return Claim.model_validate(known.model_dump() | {"variants": [values]})


def detection() -> Claim:
    return small("likelihood-detects", PAIR, {"FGSM": asked(epsilon=0.3)})
