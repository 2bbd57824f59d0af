"""A run that a test writes itself, and a browser's end of its stream."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
from websockets.sync.client import ClientConnection, connect

from lgm_core.runs.engine import RunState, RunStatus
from lgm_core.runs.store import RunReader, RunWriter
from lgm_core.training.controls import Command
from lgm_core.training.frame import decode, encode
from lgm_core.training.settings import TrainSettings
from tests.runs.making import frame

SETTINGS = TrainSettings(epochs=3, batch_size=256)
TOKEN = "the owner's secret"
PAUSE = json.dumps({"action": "pause"})


class WrittenRun:
    """A run that the test itself writes; it notes what it is sent."""

    def __init__(self, writer: RunWriter) -> None:
        self.writer = writer
        self.id = writer.run_id
        self.settings = SETTINGS
        self.token = TOKEN
        self.status = RunStatus(RunState.RUNNING)
        self.reader = RunReader(writer.run_id, writer.folder)
        self.commands: list[Command] = []
        self.owners = 0
        self.abandoned = False
        self.listeners: list[Callable[[], None]] = []
        self.steps = 0

    def show(self, number: int = 1, *, keyframe: bool = False, size: int = 0) -> None:
        for _ in range(number):
            data = frame(self.steps, keyframe=keyframe, test_accuracy=0.5)
            if size:
                filling = {"filling": np.zeros(size // 4, np.float32)}
                data = encode(replace(decode(data), parameters=filling))
            self.writer.append(data)
            self.steps += 1
        self.tell()

    def become(self, status: RunStatus) -> None:
        self.status = status
        self.tell()

    def tell(self) -> None:
        for listener in tuple(self.listeners):
            listener()

    def send(self, command: Command) -> None:
        self.commands.append(command)

    def owner_came(self) -> None:
        self.owners += 1

    def owner_left(self, *, for_good: bool = False) -> None:
        self.owners -= 1
        self.abandoned = for_good

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        self.listeners.append(callback)
        return lambda: self.listeners.remove(callback)


@contextmanager
def watching(port: int, run_id: str, query: str = "", **options: Any) -> Iterator[ClientConnection]:
    url = f"ws://127.0.0.1:{port}/lab/runs/{run_id}/stream?{query}"
    with connect(url, open_timeout=60, max_size=1 << 24, proxy=None, **options) as client:
        yield client


@contextmanager
def steering(port: int, run_id: str) -> Iterator[ClientConnection]:
    """A client that owns the run and has been greeted."""
    with watching(port, run_id, "token=the%20owner's%20secret") as client:
        assert told(client)["owner"] is True
        assert told(client)["type"] == "status"
        yield client


def told(client: ClientConnection) -> dict[str, Any]:
    message = client.recv(60)
    assert isinstance(message, str), "a frame where words were expected"
    answer = json.loads(message)
    assert isinstance(answer, dict)
    return answer


def shown(client: ClientConnection) -> int:
    """The step of the next message, which is a frame."""
    message = client.recv(60)
    assert isinstance(message, bytes), message
    return decode(message).step


def refusal(client: ClientConnection) -> str:
    answer = told(client)
    assert answer["type"] == "error"
    return str(answer["message"])


def silent(client: ClientConnection) -> bool:
    """Whether nothing is on its way: the server answers what is sent now before anything else."""
    client.send("{")
    return "{ack}" in refusal(client)
