"""The local engine: one process a run, as many at work as there are cores, a queue for the rest.

Processes come from a fork server that has torch and the digits loaded. A run that is prepared
or paused takes no core and gives its place to the next in line.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections import OrderedDict, deque
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from lgm_core.runs import worker
from lgm_core.runs.engine import Run, RunState, RunStatus
from lgm_core.runs.local_run import LocalRun
from lgm_core.runs.store import Store, StoreError
from lgm_core.runs.stored import StoredRun
from lgm_core.training.controls import Command
from lgm_core.training.settings import TrainSettings

_REMEMBERED = 64
_NEVER_WATCHED_SECONDS = 120.0


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
        nice: int = 5,
    ) -> None:
        self.store = store or Store()
        self._cores = _cores()
        # Two at least: a comparison is two runs, also on a machine of one core.
        self._max_running = max_running or max(2, self._cores)
        self._max_workers = max_workers or max(8, 4 * self._cores)
        self._grace = grace_seconds
        self._nice = nice
        self._lock = threading.RLock()
        self._runs: OrderedDict[str, LocalRun] = OrderedDict()
        self._queue: deque[LocalRun] = deque()
        self._at_work: set[LocalRun] = set()
        self._closed = threading.Event()
        self._context = _context()
        if grace_seconds is not None:
            threading.Thread(target=self._watch, name="grace", daemon=True).start()

    def start(self, settings: TrainSettings, *, paused: bool = False, company: int = 1) -> Run:
        """See :meth:`lgm_core.runs.engine.Engine.start`."""
        with self._lock:
            if self._closed.is_set():
                raise RuntimeError("the engine is closed")
            live = frozenset(i for i, run in self._runs.items() if not run.status.state.over)
            writer = self.store.create(settings, keep=live)
            threads = max(1, self._cores // company)
            run = LocalRun(writer, settings, threads, self._changed)
            run.send = lambda command: self._send(run, command)  # type: ignore[method-assign]
            self._runs[run.id] = run
            self._forget()
        if paused:
            self._spawn(run, paused=True)
        else:
            self._send(run, Command(action="play"))
        return run

    def get(self, run_id: str) -> Run | None:
        """See :meth:`lgm_core.runs.engine.Engine.get`."""
        with self._lock:
            if run_id in self._runs:
                return self._runs[run_id]
        try:
            return StoredRun(self.store.open(run_id))
        except StoreError:
            return None

    def close(self) -> None:
        """See :meth:`lgm_core.runs.engine.Engine.close`."""
        self._closed.set()
        with self._lock:
            runs = list(self._runs.values())
            self._queue.clear()
        for run in runs:
            if not run.status.state.over:
                run.conclude(RunState.STOPPED, "The server was stopped.")

    def warm_up(self) -> None:
        """Starts the fork server, so that the first run does not wait for it."""
        process = self._context.Process(target=_nothing)
        process.start()
        process.join()

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
            if run in self._queue or run in self._at_work:
                return
            self._queue.append(run)
        self._schedule()

    def _pause(self, run: LocalRun) -> None:
        with self._lock:
            queued = run in self._queue
            if queued:
                self._queue.remove(run)
        if queued:
            begun = run.reader.count() > 1
            run.set_status(RunStatus(RunState.PAUSED if begun else RunState.PREPARED))
            self._schedule()
        else:
            run.tell(Command(action="pause"))

    def _step(self, run: LocalRun) -> None:
        if run in self._queue:
            return
        self._spawn(run, paused=True)
        run.tell(Command(action="step"))

    def _stop(self, run: LocalRun, reason: str | None = None) -> None:
        with self._lock:
            if run in self._queue:
                self._queue.remove(run)
        if reason:
            run.give_reason(reason)
        if run.alive and run.reader.count() > 1:
            run.tell(Command(action="stop"))
        else:
            run.conclude(RunState.STOPPED, reason)

    def _schedule(self) -> None:
        """Gives free cores to the first in line and tells the others their place."""
        with self._lock:
            ready: list[LocalRun] = []
            while self._queue and len(self._at_work) < self._max_running:
                run = self._queue.popleft()
                self._at_work.add(run)
                ready.append(run)
            waiting = list(enumerate(self._queue, 1))
        for run in ready:
            run.set_status(RunStatus(RunState.RUNNING))
            if run.alive:
                run.tell(Command(action="play"))
            else:
                self._spawn(run, paused=False)
        for position, run in waiting:
            run.set_status(RunStatus(RunState.QUEUED, position=position))

    def _changed(self, run: LocalRun) -> None:
        """A run has paused, gone on, or ended."""
        with self._lock:
            if run.status.state == RunState.RUNNING:
                self._at_work.add(run)
            elif run.status.state != RunState.QUEUED:
                self._at_work.discard(run)
        if not self._closed.is_set():
            self._schedule()

    def _spawn(self, run: LocalRun, *, paused: bool) -> None:
        with self._lock:
            if run.alive:
                return
            workers = [other for other in self._runs.values() if other.alive]
            resting = [o for o in workers if o.status.state == RunState.PREPARED]
            spare = len(workers) - self._max_workers + 1
        for other in resting[: max(0, spare)]:
            other.put_away()
        run.spawn(self._new_process, paused=paused)

    def _new_process(
        self, settings: str, threads: int, paused: bool
    ) -> tuple[BaseProcess, Connection]:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=worker.work, args=(theirs, settings, threads, paused, self._nice), daemon=True
        )
        process.start()
        theirs.close()
        return process, ours

    def _forget(self) -> None:
        """Lets go of the oldest ended runs; the store still has them."""
        over = [i for i, run in self._runs.items() if run.status.state.over]
        for run_id in over[: max(0, len(over) - _REMEMBERED)]:
            del self._runs[run_id]

    def _watch(self) -> None:
        """Stops runs that nobody looks at any more."""
        assert self._grace is not None
        while not self._closed.wait(min(1.0, self._grace / 2)):
            now = time.monotonic()
            with self._lock:
                runs = [run for run in self._runs.values() if not run.status.state.over]
            for run in runs:
                limit = self._grace if run.ever_watched else _NEVER_WATCHED_SECONDS
                if run.unwatched_since is not None and now - run.unwatched_since > limit:
                    self._stop(run, "Stopped: its tab was closed.")


def _context() -> multiprocessing.context.ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["lgm_core.runs.preload"])
    # The fork server imports by its own path, which begins at the current folder.
    root = str(Path(__file__).resolve().parents[2])
    paths = [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p]
    if root not in paths:
        os.environ["PYTHONPATH"] = os.pathsep.join([root, *paths])
    return context


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _nothing() -> None:
    """The first process of a fork server, which makes it start."""
