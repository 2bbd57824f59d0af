"""The local engine: one process a run, as many at work as there are cores, a queue for the rest.

A run that is prepared or paused takes no core and gives its turn to the next in line, but its
process keeps a place. Where those run out, a prepared run's process is put away until play.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import cast

from lgm_core import pretrained
from lgm_core.runs.bench import Bench
from lgm_core.runs.engine import Run, RunState, RunStatus, T
from lgm_core.runs.helper import Helper
from lgm_core.runs.kinds import RunSettings
from lgm_core.runs.local_run import LocalRun
from lgm_core.runs.processes import Workers, cores
from lgm_core.runs.reading import Reading
from lgm_core.runs.store import Store
from lgm_core.runs.stored import StoredRuns
from lgm_core.runs.watch import look_after
from lgm_core.training.controls import Command
from lgm_core.training.threads import useful_threads

#: Ended runs that stay in memory; any other is found again in the store.
_REMEMBERED = 16
Wait = Callable[[], None]
_NO_PLACE = "all places are taken by other runs"


class LocalEngine:
    """See :class:`lgm_core.runs.engine.Engine`.

    Args:
        store: where runs are kept.
        max_running: runs that train at once; by default the number of cores, 2 at least.
        max_workers: processes at once, waiting ones included; by default 8 or 4 a core.
        grace_seconds: a run whose owner has gone for so long is stopped; None: never.
        nice: how far workers stand back behind the server and the browser.
    """

    def __init__(
        self,
        store: Store | None = None,
        *,
        max_running: int | None = None,
        max_workers: int | None = None,
        grace_seconds: float | None = None,
        nice: int = 1,
    ) -> None:
        self.store = store or Store()
        self._cores = cores()
        # Two at least: a comparison is two runs, also on a machine of one core.
        self._max_running = max_running or max(2, self._cores)
        self._max_workers = max_workers or max(8, 4 * self._cores)
        self._grace = grace_seconds
        self._workers = Workers(nice)
        workers = self._workers
        self.helper, self.bench, self.reading = Helper(workers), Bench(workers), Reading(workers)
        self._lock = threading.RLock()
        self._runs: OrderedDict[str, LocalRun] = OrderedDict()
        shipped = Store(pretrained.FOLDER)
        self._stored = StoredRuns(self.store, shipped, remembered=_REMEMBERED)
        self._queue: list[LocalRun] = []  # want to train
        self._lobby: list[LocalRun] = []  # want to show their first frame
        self._at_work: set[LocalRun] = set()
        self._placed: set[LocalRun] = set()  # have a process, or are about to
        self._closed = threading.Event()
        self._warming = threading.Event()
        threading.Thread(target=self._watch, name="watch", daemon=True).start()

    def start(
        self,
        settings: T,
        *,
        paused: bool = False,
        company: int = 1,
        beside: str | None = None,
    ) -> Run[T]:
        """See :meth:`lgm_core.runs.engine.Engine.start`."""
        with self._lock:
            if self._closed.is_set():
                raise RuntimeError("the engine is closed")
            live = frozenset(i for i, run in self._runs.items() if not run.status.state.over)
            writer = self.store.create(settings, keep=live)
            threads = useful_threads(settings, self._cores // company)
            run = LocalRun(writer, settings, threads, self._send, self._rested, self._ended)
            self._runs[run.id] = run
            if beside is not None and (other := self._runs.get(beside)):
                run.beside, other.beside = other, run
            self._forget()
            (self._lobby if paused else self._queue).append(run)
        if self._warming.is_set():
            # The fork server takes seconds to load torch; the page need not wait for it.
            threading.Thread(target=self._schedule, name="first", daemon=True).start()
        else:
            self._schedule()
        return cast("Run[T]", run)

    def get(self, run_id: str) -> Run[RunSettings] | None:
        """See :meth:`lgm_core.runs.engine.Engine.get`."""
        with self._lock:
            if known := self._runs.get(run_id):
                return known
            return self._stored.get(run_id)

    @property
    def busy(self) -> bool:
        """See :attr:`lgm_core.runs.engine.Engine.busy`."""
        with self._lock:
            return bool(self._at_work or self._queue)

    def close(self) -> None:
        """See :meth:`lgm_core.runs.engine.Engine.close`."""
        self._closed.set()
        with self._lock:
            runs = [run for run in self._runs.values() if not run.status.state.over]
            self._queue.clear()
            self._lobby.clear()
        for run in runs:
            run.conclude(RunState.STOPPED, "The server was stopped.")
        for beside in (self.helper, self.bench, self.reading):
            beside.close()

    def warm_up(self) -> None:
        """Starts the fork server, so that the first run does not wait for it."""
        self._warming.set()
        try:
            self._workers.warm_up()
        finally:
            self._warming.clear()

    def _send(self, run: LocalRun, command: Command) -> None:
        if run.status.state.over:
            return
        if command.knobs:
            run.tell(Command(knobs=command.knobs))
        match command.action:
            case "play":
                self._play(run)
            case "pause":
                self._pause(run)
            case "step":
                self._step(run)
            case "stop":
                self._stop(run)

    def _play(self, run: LocalRun) -> None:
        with self._lock:
            if run in self._queue or run.status.state.over:
                return
            again = run in self._at_work and run.pausing
            if again:
                run.pausing = False
            elif run not in self._at_work:
                self._leave(run)
                self._queue.append(run)
        if again:
            run.tell(Command(action="play"))
        else:
            self._schedule()

    def _pause(self, run: LocalRun) -> None:
        with self._lock:
            queued = run in self._queue
            if queued:
                self._queue.remove(run)
                if run not in self._placed and not run.reader.count():
                    self._lobby.append(run)
            working = run in self._at_work
            run.pausing = run.pausing or working
        if queued:
            state = RunState.PAUSED if run.begun else RunState.PREPARED
            run.set_status(RunStatus(state))
            self._schedule()
        elif working:
            run.tell(Command(action="pause"))

    def _step(self, run: LocalRun) -> None:
        with self._lock:
            if run in self._queue or run.status.state.over:
                return
            if (evicted := self._place(run)) is None:
                return
            self._leave(run)
            run.begun = True
            if run in self._at_work:
                run.pausing = True
        for wait in evicted:
            wait()
        run.show(self._workers.start)
        run.tell(Command(action="step"))

    def _stop(self, run: LocalRun, reason: str | None = None) -> None:
        with self._lock:
            self._leave(run)
            gently = run in self._placed and run.begun and run.reader.count() > 0
        if gently:
            run.stop(reason)
        else:
            run.conclude(RunState.STOPPED, reason)

    def _leave(self, run: LocalRun) -> None:
        """Takes a run out of both lines."""
        for line in (self._queue, self._lobby):
            if run in line:
                line.remove(run)

    def _place(self, run: LocalRun) -> list[Wait] | None:
        """Takes a place for a run's process: what to wait for first, or None if all are taken."""
        if run in self._placed:
            return []
        waits: list[Wait] = []
        if len(self._placed) >= self._max_workers:
            resting = [
                other
                for other in self._runs.values()
                if other in self._placed and not other.begun and other.reader.count()
            ]
            if not resting:
                return None
            self._placed.discard(resting[0])
            waits.append(resting[0].detach())
        self._placed.add(run)
        return waits

    def _schedule(self) -> None:
        """Gives turns and places to the first in line and tells the others where they stand."""
        with self._lock:
            if self._closed.is_set():
                return
            going, showing = list[LocalRun](), list[LocalRun]()
            waits: list[Wait] = []
            for run in tuple(self._queue):
                if len(self._at_work) >= self._max_running:
                    break
                # One that has its place already may pass one that finds none.
                if (evicted := self._place(run)) is not None:
                    waits += evicted
                    self._queue.remove(run)
                    self._at_work.add(run)
                    run.begun, run.pausing = True, False
                    going.append(run)
            for run in tuple(self._lobby):
                if (evicted := self._place(run)) is not None:
                    waits += evicted
                    self._lobby.remove(run)
                    showing.append(run)
            for run in going:
                run.set_status(RunStatus(RunState.RUNNING))
            for run in showing:
                run.set_status(RunStatus(RunState.PREPARED))
            for line, message in ((self._queue, None), (self._lobby, _NO_PLACE)):
                for position, run in enumerate(line, 1):
                    run.set_status(RunStatus(RunState.QUEUED, message, position))
        waits += [partial(run.go, self._workers.start) for run in going]
        for act in waits + [partial(run.show, self._workers.start) for run in showing]:
            act()

    def _rested(self, run: LocalRun) -> None:
        """A run's worker waits in a pause."""
        with self._lock:
            if run in self._queue or (run in self._at_work and not run.pausing):
                return  # it has been told to go on since, or will be
            run.pausing = False
            self._at_work.discard(run)
            run.set_status(RunStatus(RunState.PAUSED if run.begun else RunState.PREPARED))
        self._schedule()

    def _ended(self, run: LocalRun) -> None:
        """A run is over."""
        with self._lock:
            self._at_work.discard(run)
            self._placed.discard(run)
            self._leave(run)
        self._schedule()

    def _forget(self) -> None:
        """Lets go of the oldest ended runs; the store still has them."""
        over = [i for i, run in self._runs.items() if run.status.state.over]
        for run_id in over[: max(0, len(over) - _REMEMBERED)]:
            del self._runs[run_id]

    def _watch(self) -> None:
        """Stops runs that nobody looks at any more, and those that do not end when told to."""
        interval = 1.0 if self._grace is None else min(1.0, self._grace / 2)
        while not self._closed.wait(interval):
            now = time.monotonic()
            with self._lock:
                runs = [run for run in self._runs.values() if not run.status.state.over]
                line = len(self._queue)
            for run in runs:
                blocks = line > 0 and run in self._at_work
                look_after(run, now, self._grace, blocks=blocks, stop=self._stop, pause=self._pause)
