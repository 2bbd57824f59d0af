"""The process of one run: commands come down a pipe as JSON, frames go up as bytes.

A message down is a command, or ``@`` and the step that the run beside this one has reached; a
bare ``@`` says that there is none to wait for. A message up is one byte that says what it is,
and its content: ``F`` an encoded frame, ``I`` waiting in a pause, ``D`` done (JSON result,
weights), ``X`` an error's sentence.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import struct
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from lgm_core.alignment.settings import AlignSettings
from lgm_core.data import DataError, Dataset, load
from lgm_core.runs.kinds import RunSettings, parse_settings
from lgm_core.training.controls import Command, ControlsClosed
from lgm_core.training.frame import encode
from lgm_core.training.pace import ClockPace

if TYPE_CHECKING:
    from lgm_core.alignment.loop import AlignTrainer
    from lgm_core.training.loop import Trainer

FRAME, IDLE, DONE, FAILED = b"F", b"I", b"D", b"X"
BESIDE = b"@"
#: Steps that a run may be ahead of the one beside it.
LEAD = 4


class PipeControls:
    """Commands from the other end of a pipe."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._pending: list[Command] = []
        self._beside: int | None = None

    def take(self, *, wait: bool) -> list[Command]:
        """See :meth:`lgm_core.training.controls.Controls.take`."""
        while self._listen(wait=wait and not self._pending):
            pass
        commands, self._pending = self._pending, []
        return commands

    def keep_pace(self, step: int) -> None:
        """Waits while the run beside this one is too far behind, unless there is a command."""
        while self._beside is not None and step > self._beside + LEAD and not self._pending:
            self._listen(wait=True)

    def _listen(self, *, wait: bool) -> bool:
        """Takes in one message; returns whether there was one."""
        try:
            if not self._connection.poll(None if wait else 0):
                return False
            message = self._connection.recv_bytes()
        except (EOFError, OSError):
            raise ControlsClosed from None
        if message.startswith(BESIDE):
            self._beside = int(message[1:]) if len(message) > 1 else None
        else:
            self._pending.append(Command.model_validate_json(message))
        return True


def work(connection: Connection, settings: str, threads: int, paused: bool, nice: int) -> None:
    """Runs one training to its end; what ``multiprocessing`` calls in the new process."""
    # Ctrl-C in the server's terminal reaches this process too: the server decides what ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError, AttributeError):
        # The browser and the server come first, so that the picture stays smooth.
        os.nice(nice)
    # The server is gone, or has closed this run: nobody is left to tell.
    with contextlib.suppress(ControlsClosed, BrokenPipeError, ConnectionResetError):
        _train(connection, parse_settings(settings), threads, paused)


def _train(connection: Connection, settings: RunSettings, threads: int, paused: bool) -> None:
    # The server imports this module too, for its names alone: torch stays out of its start.
    from safetensors.torch import save

    from lgm_core.training.loop import Diverged

    try:
        trainer = _trainer(settings, threads)
        trainer.on_idle = lambda idle: connection.send_bytes(IDLE) if idle else None
        controls = PipeControls(connection)
        for step, frame in _frames(trainer, controls, paused):
            connection.send_bytes(FRAME + frame)
            controls.keep_pace(step)
    except (Diverged, DataError) as error:
        connection.send_bytes(FAILED + str(error).encode())
        return
    except MemoryError:
        connection.send_bytes(FAILED + b"The machine has no memory left for this run.")
        return
    result = json.dumps(trainer.result()).encode()
    head = struct.pack("<I", len(result))
    connection.send_bytes(DONE + head + result + save(trainer.state_dict()))


def _trainer(settings: RunSettings, threads: int) -> Trainer | AlignTrainer:
    if isinstance(settings, AlignSettings):
        from lgm_core.alignment.loop import AlignTrainer

        return AlignTrainer(settings, threads=threads)
    from lgm_core.training.loop import Trainer

    return Trainer(settings, _dataset(settings.data), threads=threads)


def _frames(
    trainer: Trainer | AlignTrainer, controls: PipeControls, paused: bool
) -> Iterator[tuple[int, bytes]]:
    """Step and encoded frame, as people watch them: digits by the clock, faces at every step."""
    if isinstance(trainer.settings, AlignSettings):
        from lgm_core.alignment import frame as faces

        for shown in trainer.run(controls, paused=paused):
            yield shown.step, faces.encode(shown, seconds=trainer.seconds)
        return
    for frame in trainer.run(controls, ClockPace(), paused=paused):
        yield frame.step, encode(frame, seconds=trainer.seconds)


def _dataset(name: str) -> Dataset:
    if name == "bundled":
        from lgm_core.runs import preload

        if preload.BUNDLED is not None:
            return preload.BUNDLED
    return load(name)
