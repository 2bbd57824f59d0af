"""The measurements: which runs and studies each needs, and the one number a seed it ends in.

The first run is always the one that the claim speaks well of. A statistic is positive where it
speaks for the claim.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args

from lgm_core.alignment.settings import AlignSettings
from lgm_core.evidence.paper import EvidenceError
from lgm_core.runs.kinds import RunSettings
from lgm_core.training.settings import TrainSettings

KindName = Literal[
    "detection", "tightness", "mixture", "accuracy", "alignment", "verification", "adaptive"
]


class Measured(NamedTuple):
    """What is known of one trained run."""

    settings: RunSettings
    figures: Mapping[str, Any]  #: of the ended run
    studies: Sequence[Mapping[str, Any]]  #: summaries, in the order of the variant's studies


class Kind(NamedTuple):
    """A way to measure."""

    trains: type[TrainSettings] | type[AlignSettings]  #: digits or faces
    runs: int  #: trained for each seed
    studies: int  #: asked of each run
    statistic: Callable[[Sequence[Measured]], float]


def _detection(runs: Sequence[Measured]) -> float:
    """Area under the ROC curve by the first run's likelihood less that by the other's score."""
    tested, against = (_score(run, "auroc") for run in runs)
    return tested - against


def _tightness(runs: Sequence[Measured]) -> float:
    """Per cent by which the spread within a class, in distances between classes, is smaller."""
    tested, against = (_number(r, "spread") / _number(r, "separation") for r in runs)
    return 100 * (1 - tested / against)


def _mixture(runs: Sequence[Measured]) -> float:
    """Gain in the mean log-likelihood of the test digits under their own class."""
    tested, against = (_number(run, "test_log_likelihood") for run in runs)
    return tested - against


def _accuracy(runs: Sequence[Measured]) -> float:
    """Gain in test accuracy, in percentage points."""
    tested, against = (_number(run, "test_accuracy") for run in runs)
    return 100 * (tested - against)


def _alignment(runs: Sequence[Measured]) -> float:
    """Per cent of the misalignment that the transformer takes away, beyond the other run."""
    tested, against = (
        _number(r, "misalignment_after") / _number(r, "misalignment_before") for r in runs
    )
    return 100 * (1 - tested / against)


def _verification(runs: Sequence[Measured]) -> float:
    """Gain in the area under the ROC curve of pairs of people never seen."""
    tested, against = (_number(run, "verification_auroc") for run in runs)
    return tested - against


def _adaptive(runs: Sequence[Measured]) -> float:
    """Percentage points of digits that get past the likelihood: plain less adaptive."""
    plain, adaptive = (_undetected(runs[0], study) for study in range(2))
    return 100 * (plain - adaptive)


KINDS: dict[KindName, Kind] = {
    "detection": Kind(TrainSettings, 2, 1, _detection),
    "tightness": Kind(TrainSettings, 2, 0, _tightness),
    "mixture": Kind(TrainSettings, 2, 0, _mixture),
    "accuracy": Kind(TrainSettings, 2, 0, _accuracy),
    "alignment": Kind(AlignSettings, 2, 0, _alignment),
    "verification": Kind(AlignSettings, 2, 0, _verification),
    "adaptive": Kind(TrainSettings, 1, 2, _adaptive),
}
assert set(KINDS) == set(get_args(KindName))


def own_score(settings: RunSettings) -> str:
    """The score that a loss itself offers: its likelihood, or softmax's probability."""
    dense = isinstance(settings, TrainSettings) and settings.has_density
    return "log_likelihood" if dense else "max_probability"


def _score(run: Measured, field: str) -> float:
    name = own_score(run.settings)
    return _finite(run.studies[0]["scores"][name][field]["value"], f"{field} of {name}")


def _undetected(run: Measured, study: int) -> float:
    name = own_score(run.settings)
    return _finite(run.studies[study]["scores"][name]["undetected"], "share of undetected digits")


def _number(run: Measured, name: str) -> float:
    return _finite(run.figures.get(name), name.replace("_", " "))


def _finite(value: object, name: str) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise EvidenceError(f"The {name} of a run is {value}; allowed: finite numbers.")
    return float(value)
