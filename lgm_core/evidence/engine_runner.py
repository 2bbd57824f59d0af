"""Measures on the server's engine: runs that can be watched, and that wait their turn in its queue.

Its methods block: it is called from a thread of its own, and cancelled from any other.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lgm_core.alignment.settings import AlignSettings
from lgm_core.detection.settings import DetectSettings
from lgm_core.evidence.finished import figures_of, finished_run, untouched
from lgm_core.evidence.measure import Cancelled, Tell
from lgm_core.evidence.paper import EvidenceError
from lgm_core.runs.bench import BenchError
from lgm_core.runs.engine import AnyRun, RunState
from lgm_core.runs.kinds import RunSettings
from lgm_core.runs.local import LocalEngine
from lgm_core.runs.reader import RunReader, StoreError
from lgm_core.training.controls import Command

#: Seconds between two looks at a run or job that takes its time.
_BEAT = 0.2
_CANCELLED = "The measurement was cancelled."


class EngineRunner:
    """See :class:`lgm_core.evidence.measure.Runner`.

    Args:
        engine: the server's.
        began: told of each run as it is started, so that people can be sent to it.
    """

    def __init__(
        self, engine: LocalEngine, *, began: Callable[[AnyRun], None] = lambda run: None
    ) -> None:
        self._engine = engine
        self._began = began
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Nobody wants the row any more: what runs is stopped, what waits is not begun."""
        self._cancelled.set()

    def cancelled(self) -> bool:
        """Whether :meth:`cancel` was called."""
        return self._cancelled.is_set()

    def train(self, wanted: Sequence[RunSettings], tell: Tell) -> list[str]:
        """See :meth:`lgm_core.evidence.measure.Runner.train`; the missing runs train at once."""
        found = {settings: finished_run(self._engine.store, settings) for settings in wanted}
        missing = [settings for settings, run_id in found.items() if run_id is None]
        runs: list[AnyRun] = []
        try:
            for settings in missing:
                run: AnyRun = self._engine.start(settings, company=len(missing))
                # Without an owner the engine would end it after a while.
                run.owner_came()
                runs.append(run)
                self._began(run)
            self._wait(runs, tell)
        except (StoreError, RuntimeError) as error:
            raise EvidenceError(str(error)) from None
        finally:
            for run in runs:
                run.send(Command(action="stop"))  # of no effect on one that is over
                run.owner_left()
        for run in runs:
            _check(run)
            found[run.settings] = run.id
        return [str(found[settings]) for settings in wanted]

    def study(self, run_id: str, settings: DetectSettings, tell: Tell) -> Mapping[str, Any]:
        """See :meth:`lgm_core.evidence.measure.Runner.study`; in the lane that nobody waits for."""
        question = {
            "run": run_id,
            "folder": str(self._reader(run_id).folder),
            "settings": settings.model_dump(),
            "summary": True,
        }
        over = threading.Event()
        try:
            job = self._engine.bench.submit(
                question, "long", progress=lambda done, total: tell(done / max(total, 1))
            )
            job.when_over(over.set)
            while not over.wait(_BEAT):
                if self.cancelled():
                    job.cancel()
                    raise Cancelled(_CANCELLED)
            summary: dict[str, Any] = json.loads(job.result())
        except BenchError as error:
            raise EvidenceError(str(error)) from None
        return summary

    def figures(self, run_id: str) -> Mapping[str, Any]:
        """See :meth:`lgm_core.evidence.measure.Runner.figures`."""
        try:
            return figures_of(self._reader(run_id))
        except StoreError as error:
            raise EvidenceError(str(error)) from None

    def _reader(self, run_id: str) -> RunReader:
        run = self._engine.get(run_id)
        if run is None:
            raise EvidenceError(f"The run {run_id} is gone; it was removed to make room.")
        return run.reader

    def _wait(self, runs: Sequence[AnyRun], tell: Tell) -> None:
        """Returns when all runs are over, or one without having finished."""
        while not all(run.status.state.over for run in runs):
            for run in runs:
                if run.status.state.over:
                    _check(run)
            if self._cancelled.wait(_BEAT):
                raise Cancelled(_CANCELLED)
            tell(sum(map(_share, runs)) / len(runs))


def _share(run: AnyRun) -> float:
    """How much of its training a run has done, 0 to 1."""
    count = run.reader.count()
    if not count or run.status.state.over:
        return float(run.status.state.over)
    if isinstance(run.settings, AlignSettings):
        return run.reader.stamp(count - 1).step / run.settings.steps
    return run.reader.header(count - 1).epoch / run.settings.epochs


def _check(run: AnyRun) -> None:
    """Raises EvidenceError unless the run has reached its end as its settings say."""
    state, message, _ = run.status
    if state != RunState.FINISHED:
        raise EvidenceError(message or "A run was stopped before its end; measure again.")
    if not untouched(run.reader):
        raise EvidenceError(
            f"The knobs of run {run.id} were turned while it trained, "
            "so it is no run of its settings; measure again."
        )
