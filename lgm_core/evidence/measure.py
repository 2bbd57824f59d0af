"""Testing a claim: runs are trained and asked, seed by seed, and a row says what came of it.

A row is of one variant alone: values measured under different settings never meet in a mean.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from lgm_core.detection.settings import DetectSettings
from lgm_core.evidence.claim import Claim, Variant
from lgm_core.evidence.interval import CONFIDENCE, Interval, Verdict, mean_interval, reason, verdict
from lgm_core.evidence.paper import EvidenceError
from lgm_core.evidence.statistics import KINDS, Measured
from lgm_core.runs.kinds import RunSettings

MAX_SEEDS = 20
_MAX_SEED = 2**31 - 1

#: Told which share of a step is done, 0 to 1; may be called from another thread.
Tell = Callable[[float], None]


class Cancelled(EvidenceError):  # noqa: N818 - it is a wish, not an error
    """A measurement that somebody has ended; there is no row."""


class Runner(Protocol):
    """Trains runs and questions them; both block. What goes wrong is an EvidenceError."""

    def train(self, wanted: Sequence[RunSettings], tell: Tell) -> list[str]:
        """Ids of finished runs of exactly these settings, in their order.

        Runs that are there already are taken; the others are trained, at once where there is
        room. Raises Cancelled as soon as :meth:`cancelled` holds.
        """

    def study(self, run_id: str, settings: DetectSettings, tell: Tell) -> Mapping[str, Any]:
        """The summary of a study, as :meth:`lgm_core.detection.study.Study.summary` gives it."""

    def figures(self, run_id: str) -> Mapping[str, Any]:
        """What is known of a finished run, see :func:`lgm_core.evidence.finished.figures_of`."""

    def cancelled(self) -> bool:
        """Whether nobody wants the row any more."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Progress(_Frozen):
    """How far a measurement is."""

    claim_id: str
    variant: str
    done: float  #: steps done; a training or a study is one, and may be done in part
    total: int  #: all steps
    doing: str  #: what goes on now, in words
    run_ids: tuple[str, ...] = ()  #: runs finished so far, in the order of trainings


class Row(_Frozen):
    """What measuring one variant has shown; ready for JSON by ``model_dump(mode="json")``."""

    claim_id: str
    variant: str
    settings: dict[str, Any]  #: all of them but the seeds, see :meth:`Variant.settings`
    statistic: str
    unit: str
    seeds: tuple[int, ...]
    values: tuple[float, ...]  #: one a seed
    mean: float
    interval: Interval | None  #: of the mean; None for a single seed
    confidence: float = CONFIDENCE
    verdict: Verdict
    reason: str  #: why, in one sentence
    run_ids: dict[str, tuple[str, ...]]  #: by the run's label, one a seed
    seconds: float  #: that measuring took; little where runs were there already


def measure(
    claim: Claim,
    variant: Variant,
    seeds: Sequence[int],
    runner: Runner,
    *,
    tell: Callable[[Progress], None] = lambda progress: None,
) -> Iterator[Progress | Row]:
    """Measures one variant: progress as each step begins, at the end the row.

    Args:
        claim: whose it is.
        variant: what is measured.
        seeds: 1 to 20 different ones; each is a pair, or one, of trainings.
        runner: trains and asks.
        tell: hears of the progress within a step, perhaps from another thread.

    Raises:
        EvidenceError: for seeds that are not allowed, and for what a run has not to say.
        Cancelled: if the runner is.
    """
    seeds = _checked(seeds)
    began = time.monotonic()
    total = len(seeds) * (1 + len(variant.runs) * len(variant.studies))
    begins = Progress(claim_id=claim.id, variant=variant.name, done=0.0, total=total, doing="")
    steps = _Steps(begins, runner, tell)
    values: list[float] = []
    runs: dict[str, list[str]] = {label: [] for label in variant.runs}
    names = " and ".join(variant.runs)
    trainings = len(seeds) * len(variant.runs)
    for number, seed in enumerate(seeds, 1):
        wanted, questions = variant.seeded(seed)
        first, last = (number - 1) * len(wanted) + 1, number * len(wanted)
        which = " and ".join(map(str, range(first, last + 1)))
        noun = "run" if first == last else "runs"
        yield steps.begin(f"Trains {names}, seed {seed}: {noun} {which} of {trainings}")
        ids = runner.train(wanted, steps.within)
        steps.ended(ids)
        studies: list[list[Mapping[str, Any]]] = []
        for at, (label, run_id) in enumerate(zip(variant.runs, ids, strict=True), first):
            runs[label].append(run_id)
            studies.append([])
            for name, question in zip(variant.studies, questions, strict=True):
                yield steps.begin(f"Asks {label}, seed {seed}: {name}, run {at} of {trainings}")
                studies[-1].append(runner.study(run_id, question, steps.within))
                steps.ended()
        measured = [
            Measured(settings, runner.figures(run_id), found)
            for settings, run_id, found in zip(wanted, ids, studies, strict=True)
        ]
        values.append(KINDS[claim.kind].statistic(measured))
    steps.stop_if_cancelled()
    interval = mean_interval(values)
    yield Row(
        claim_id=claim.id,
        variant=variant.name,
        settings=variant.settings(),
        statistic=variant.statistic,
        unit=variant.unit,
        seeds=tuple(seeds),
        values=tuple(values),
        mean=math.fsum(values) / len(values),
        interval=interval,
        verdict=verdict(interval, variant.rule),
        reason=reason(interval, variant.rule, variant.unit),
        run_ids={label: tuple(ids) for label, ids in runs.items()},
        seconds=round(time.monotonic() - began, 3),
    )


def _checked(seeds: Sequence[int]) -> Sequence[int]:
    if not 1 <= len(seeds) <= MAX_SEEDS:
        raise EvidenceError(f"The number of seeds is {len(seeds)}; allowed: 1 to {MAX_SEEDS}.")
    if len(set(seeds)) < len(seeds):
        raise EvidenceError("A seed is given twice; allowed: different seeds.")
    for seed in seeds:
        if not 0 <= seed <= _MAX_SEED:
            raise EvidenceError(f"A seed is {seed}; allowed: 0 to {_MAX_SEED:,}.")
    return seeds


class _Steps:
    """Counts the steps of a measurement and tells of them."""

    def __init__(self, begins: Progress, runner: Runner, tell: Callable[[Progress], None]) -> None:
        self._now = begins
        self._runner = runner
        self._tell = tell
        self._done = 0

    def begin(self, doing: str) -> Progress:
        """A step begins."""
        self.stop_if_cancelled()
        self._now = self._now.model_copy(update={"done": float(self._done), "doing": doing})
        return self._now

    def within(self, share: float) -> None:
        """So much of the step is done."""
        done = self._done + min(max(share, 0.0), 1.0)
        self._tell(self._now.model_copy(update={"done": done}))

    def ended(self, run_ids: Sequence[str] = ()) -> None:
        """The step is done."""
        self._done += 1
        known = (*self._now.run_ids, *run_ids)
        self._now = self._now.model_copy(update={"run_ids": known})

    def stop_if_cancelled(self) -> None:
        """Raises Cancelled if nobody wants the row."""
        if self._runner.cancelled():
            raise Cancelled("The measurement was cancelled.")
