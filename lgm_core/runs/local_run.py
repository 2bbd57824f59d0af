"""One run of the local engine: its process, its pipe, its frames, who listens."""

from __future__ import annotations

import json
import secrets
import struct
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from lgm_core.runs import worker
from lgm_core.runs.engine import RunState, RunStatus
from lgm_core.runs.kinds import RunSettings
from lgm_core.runs.processes import cause_of_death, exit_code, hang_up
from lgm_core.runs.reader import RunReader, StoreError
from lgm_core.runs.store import RunWriter
from lgm_core.runs.voice import Voice
from lgm_core.training.controls import Command
from lgm_core.training.frame import read_header

#: Starts a worker for a run: settings as JSON, threads, paused -> process and our pipe's end.
Spawn = Callable[[str, int, bool], tuple[BaseProcess, Connection]]

#: A run whose frames fill this much goes on with keyframes only ...
MAX_RUN_BYTES = 1 << 30
#: ... and one that fills so many times as much is ended.
MAX_RUN_FACTOR = 2
_EXIT_SECONDS = 5.0
#: Far less than what makes other processes take a run for dead, see the store.
_SAY_ALIVE_SECONDS = 60.0


class LocalRun:
    """See :class:`lgm_core.runs.engine.Run`. The engine decides when it may use a core.

    Args:
        writer: where the frames go.
        settings: what to train.
        threads: torch's threads in the worker.
        steer: carries out what :meth:`send` is given.
        rested: called when the worker waits in a pause, without any lock held.
        ended: called when the run is over, without any lock held.
    """

    def __init__(
        self,
        writer: RunWriter,
        settings: RunSettings,
        threads: int,
        steer: Callable[[LocalRun, Command], None],
        rested: Callable[[LocalRun], None],
        ended: Callable[[LocalRun], None],
    ) -> None:
        self.settings = settings
        self.token = secrets.token_urlsafe(16)
        self.reader = RunReader(writer.run_id, writer.folder)
        self.threads = threads
        self.status = RunStatus(RunState.PREPARED)
        #: Whether a step was ever asked for: if not, the same settings give the run again.
        self.begun = False
        #: Whether a pause is under way.
        self.pausing = False
        #: Since when a stop is under way (monotonic seconds), or None.
        self.stopping_since: float | None = None
        #: Since when no owner looks on (monotonic seconds), or None while one does.
        self.unwatched_since: float | None = time.monotonic()
        self.ever_watched = False
        #: Whether its last owner's tab was closed.
        self.abandoned = False
        #: The run that is looked at together with this one: neither runs far ahead.
        self.beside: LocalRun | None = None
        self._owners = 0
        self._writer = writer
        self._said_alive = time.monotonic()
        self._steer = steer
        self._rested = rested
        self._ended = ended
        self._stop_reason: str | None = None
        self._knobs: dict[str, float] = {}
        self._listeners: set[Callable[[], None]] = set()
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._lock = threading.RLock()
        self._voice: Voice | None = None

    @property
    def id(self) -> str:
        """The run's id."""
        return self.reader.run_id

    def send(self, command: Command) -> None:
        """See :meth:`lgm_core.runs.engine.Run.send`."""
        self._steer(self, command)

    def show(self, spawn: Spawn) -> None:
        """Gives the run a process that shows the first frame and waits, if it has none."""
        self._begin(spawn, paused=True)

    def go(self, spawn: Spawn) -> None:
        """Lets the run train, in the process it has or a new one."""
        if not self._begin(spawn, paused=False):
            self.tell(Command(action="play"))

    def tell(self, command: Command) -> None:
        """Tells the process, if there is one; knobs are kept for the next one too."""
        with self._lock:
            self._knobs |= command.knobs
            if self._voice:
                self._voice.order(command)

    def hear_of_pace(self, step: int | None) -> None:
        """Tells the process how far the run beside it has come; None: it need not wait."""
        if voice := self._voice:
            voice.pace(step)

    def detach(self) -> Callable[[], None]:
        """Kills the process; returns what waits for its end. Nothing more is heard of it."""
        with self._lock:
            process, self._process = self._process, None
            connection, self._connection = self._connection, None
            voice, self._voice = self._voice, None
        if voice:
            voice.close()
        if process is None or connection is None:
            return lambda: None
        process.kill()
        hang_up(connection)

        def wait() -> None:
            exit_code(process, _EXIT_SECONDS)
            connection.close()

        return wait

    def conclude(self, state: RunState, message: str | None = None) -> None:
        """Ends the run from this side, its process too."""
        wait = self.detach()
        self._over(state, message, {}, None)
        wait()

    def keep_alive(self, now: float) -> None:
        """Says now and then that the run is not over, even if nothing of it is written."""
        if now - self._said_alive > _SAY_ALIVE_SECONDS:
            self._said_alive = now
            self._writer.keep_alive()

    def stop(self, reason: str | None) -> None:
        """Lets the worker end the run in order; ``reason`` is what a person will read."""
        if self.stopping_since is None:
            self._stop_reason = reason
            self.stopping_since = time.monotonic()
            self.tell(Command(action="stop"))

    def set_status(self, status: RunStatus) -> None:
        """Sets the status and tells the listeners, if it is another."""
        with self._lock:
            if self.status == status or self.status.state.over:
                return
            self.status = status
        if self.beside and status.state != RunState.RUNNING:
            self.beside.hear_of_pace(None)
        self._notify()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See :meth:`lgm_core.runs.engine.Run.subscribe`."""
        with self._lock:
            self._listeners.add(callback)

        def unsubscribe() -> None:
            with self._lock:
                self._listeners.discard(callback)

        return unsubscribe

    def owner_came(self) -> None:
        """An owner looks on."""
        with self._lock:
            self._owners += 1
            self.ever_watched = True
            self.unwatched_since = None
            self.abandoned = False

    def owner_left(self, *, for_good: bool = False) -> None:
        """An owner has gone."""
        with self._lock:
            self._owners -= 1
            if self._owners <= 0:
                self.unwatched_since = time.monotonic()
                self.abandoned = for_good

    def _begin(self, spawn: Spawn, *, paused: bool) -> bool:
        with self._lock:
            if self._process is not None or self.status.state.over:
                return False
            text = self.settings.model_dump_json(by_alias=True)
            failure: str | None = None
            try:
                process, connection = spawn(text, self.threads, paused)
            except (OSError, EOFError) as error:
                failure = f"No process could be started for this run: {error}."
            else:
                self._process, self._connection = process, connection
                self._voice = Voice(connection, f"voice-{self.id}")
        if failure:
            self._over(RunState.FAILED, failure, {}, None)
            return True
        threading.Thread(
            target=self._listen, args=(process, connection), name=f"run-{self.id}", daemon=True
        ).start()
        if self._knobs:
            self.tell(Command(knobs=self._knobs))
        return True

    def _listen(self, process: BaseProcess, connection: Connection) -> None:
        """Takes in what the worker says until it ends."""
        # The first frame of a process that was put away and started again is known already.
        known = self.reader.count() > 0
        try:
            while True:
                message = connection.recv_bytes()
                kind, content = message[:1], message[1:]
                if kind == worker.FRAME:
                    if not known and not self._keep(process, content):
                        return
                    known = False
                elif kind == worker.IDLE:
                    self._rested(self)
                elif kind == worker.DONE:
                    self._done(content)
                elif kind == worker.FAILED:
                    self._over(RunState.FAILED, content.decode(errors="replace"), {}, None)
        except (EOFError, OSError):
            pass  # the worker has ended, or was put away
        except StoreError as error:
            self.conclude(RunState.FAILED, str(error))
        code = exit_code(process, _EXIT_SECONDS)
        with self._lock:
            ours = self._process is process
        if ours:
            # Waits for nothing, unless the worker closed its pipe and lives on.
            self.detach()()
            self._over(RunState.FAILED, cause_of_death(code), {}, None)

    def _keep(self, process: BaseProcess, frame: bytes) -> bool:
        """Stores a frame; False if this process is not the run's any more."""
        header = read_header(frame)
        if self.beside and self.status.state == RunState.RUNNING:
            self.beside.hear_of_pace(int(header.get("step", 0)))
        size = self._writer.size
        if size > MAX_RUN_FACTOR * MAX_RUN_BYTES:
            raise StoreError(f"Stopped: the frames of this run fill {size >> 20:,} MB.")
        if size > MAX_RUN_BYTES and not header.get("keyframe"):
            return True
        with self._lock:
            if self._process is not process or self.status.state.over:
                return False
            self._writer.append(frame)
        self._notify()
        return True

    def _done(self, content: bytes) -> None:
        (length,) = struct.unpack_from("<I", content)
        result = json.loads(content[4 : 4 + length])
        state = RunState.STOPPED if result["stopped"] else RunState.FINISHED
        self._over(state, self._stop_reason, result, content[4 + length :])

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
        if self.beside:
            self.beside.hear_of_pace(None)
        self._notify()
        self._ended(self)

    def _notify(self) -> None:
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener()
