"""One run of the local engine: its process, its pipe, its frames, who listens."""

from __future__ import annotations

import contextlib
import json
import secrets
import signal
import struct
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from lgm_core.runs import worker
from lgm_core.runs.engine import RunState, RunStatus
from lgm_core.runs.store import RunReader, RunWriter
from lgm_core.training.controls import Command
from lgm_core.training.settings import TrainSettings

#: Starts a worker for a run: settings as JSON, threads, paused -> process and our pipe's end.
Spawn = Callable[[str, int, bool], tuple[BaseProcess, Connection]]


class LocalRun:
    """See :class:`lgm_core.runs.engine.Run`. The engine decides when it may use a core.

    Args:
        writer: where the frames go.
        settings: what to train.
        threads: torch's threads in the worker.
        changed: called after each change of state, without any lock held.
    """

    def __init__(
        self,
        writer: RunWriter,
        settings: TrainSettings,
        threads: int,
        changed: Callable[[LocalRun], None],
    ) -> None:
        self.settings = settings
        self.token = secrets.token_urlsafe(16)
        self.reader = RunReader(writer.run_id, writer.folder)
        self.threads = threads
        self.status = RunStatus(RunState.PREPARED)
        #: Since when no owner looks on (monotonic seconds), or None while one does.
        self.unwatched_since: float | None = time.monotonic()
        self.ever_watched = False
        self._owners = 0
        self._writer = writer
        self._changed = changed
        self._lock = threading.RLock()
        self._listeners: set[Callable[[], None]] = set()
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._pending: list[Command] = []

    @property
    def id(self) -> str:
        """The run's id."""
        return self.reader.run_id

    @property
    def alive(self) -> bool:
        """Whether the run has a process."""
        return self._process is not None

    def spawn(self, spawn: Spawn, *, paused: bool) -> None:
        """Gives the run its process."""
        with self._lock:
            if self._process is not None or self.status.state.over:
                return
            text = self.settings.model_dump_json(by_alias=True)
            process, connection = spawn(text, self.threads, paused)
            self._process, self._connection = process, connection
            pending, self._pending = self._pending, []
        for command in pending:
            self.tell(command)
        threading.Thread(
            target=self._listen, args=(process, connection), name=f"run-{self.id}", daemon=True
        ).start()

    def tell(self, command: Command) -> None:
        """Sends a command to the process, or keeps its knobs until there is one."""
        with self._lock:
            if self._connection is not None:
                # A worker that has just died is noticed by the thread that listens to it.
                with contextlib.suppress(OSError):
                    self._connection.send_bytes(command.model_dump_json().encode())
            elif command.knobs:
                self._pending.append(Command(knobs=command.knobs))

    def put_away(self) -> None:
        """Ends the process of a prepared run; the same settings can start it again."""
        with self._lock:
            process, self._process, connection = self._process, None, self._connection
            self._connection = None
        if process is not None and connection is not None:
            process.kill()
            process.join(2)
            connection.close()

    def conclude(self, state: RunState, message: str | None = None) -> None:
        """Ends the run from this side, its process too."""
        self.put_away()
        self._over(state, message, {}, None)

    def set_status(self, status: RunStatus) -> None:
        """Sets the status and tells the listeners, if it is another."""
        with self._lock:
            if self.status == status or self.status.state.over:
                return
            self.status = status
        self._notify()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See :meth:`lgm_core.runs.engine.Run.subscribe`."""
        with self._lock:
            self._listeners.add(callback)
        return lambda: self._listeners.discard(callback)

    def owner_came(self) -> None:
        """An owner looks on."""
        with self._lock:
            self._owners += 1
            self.ever_watched = True
            self.unwatched_since = None

    def owner_left(self) -> None:
        """An owner has gone."""
        with self._lock:
            self._owners -= 1
            if self._owners <= 0:
                self.unwatched_since = time.monotonic()

    def send(self, command: Command) -> None:
        """Set by the engine, which alone knows when a core is free."""
        raise RuntimeError("the engine has not taken up this run")

    def _listen(self, process: BaseProcess, connection: Connection) -> None:
        """Takes in what the worker says until it ends."""
        with contextlib.suppress(EOFError, OSError):
            # The first frame of a process that was put away and started again is known already.
            known = self.reader.count() > 0
            while True:
                message = connection.recv_bytes()
                kind, content = message[:1], message[1:]
                if kind == worker.FRAME:
                    if not known:
                        self._writer.append(content)
                        self._notify()
                    known = False
                elif kind in (worker.IDLE, worker.RUNS):
                    self._moved(idle=kind == worker.IDLE)
                elif kind == worker.DONE:
                    self._done(content)
                elif kind == worker.FAILED:
                    text = content.decode(errors="replace")
                    self._over(RunState.FAILED, text, {}, None)
        process.join(5)
        with self._lock:
            ours = self._process is process
            if ours:
                self._process, self._connection = None, None
        if ours:
            connection.close()
            self._over(RunState.FAILED, _cause(process.exitcode), {}, None)

    def _moved(self, *, idle: bool) -> None:
        if idle:
            state = RunState.PAUSED if self.reader.count() > 1 else RunState.PREPARED
            if self.status.state != RunState.QUEUED:
                self.set_status(RunStatus(state))
        else:
            self.set_status(RunStatus(RunState.RUNNING))
        self._changed(self)

    def _done(self, content: bytes) -> None:
        (length,) = struct.unpack_from("<I", content)
        result = json.loads(content[4 : 4 + length])
        state = RunState.STOPPED if result["stopped"] else RunState.FINISHED
        self._over(state, self._stop_reason, result, content[4 + length :])

    #: Why the engine stopped the run, where it was not a person.
    _stop_reason: str | None = None

    def give_reason(self, reason: str) -> None:
        """Sets what a stop that is on its way will be explained with."""
        self._stop_reason = reason

    def _over(
        self, state: RunState, message: str | None, result: dict[str, Any], weights: bytes | None
    ) -> None:
        with self._lock:
            if self.status.state.over:
                return
            end = {"state": state.value, "message": message}
            try:
                self._writer.finish_bytes(result | end, weights)
            except OSError as error:
                message = message or f"The result could not be written: {error.strerror}."
            self.status = RunStatus(state, message)
        self._notify()
        self._changed(self)

    def _notify(self) -> None:
        for listener in tuple(self._listeners):
            listener()


def _cause(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        with contextlib.suppress(ValueError):
            name = signal.Signals(-exit_code).name
            return (
                f"The training process was killed (signal {-exit_code}, {name}); "
                "the frames so far are kept."
            )
    return "The training process ended unexpectedly; the frames so far are kept."
