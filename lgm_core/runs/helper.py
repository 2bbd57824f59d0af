"""A process beside the server for the answers that need torch.

Were torch imported into the server itself, all frames would stand still for two seconds.
"""

from __future__ import annotations

import contextlib
import json
import signal
import threading
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from lgm_core.runs.processes import Workers, awaits_question
from lgm_core.runs.reader import RunReader, StoreError
from lgm_core.training.settings import TrainSettings

#: Seconds that one answer may take.
_PATIENCE = 20.0
_NO_ANSWER = "The answer took too long, or its process has ended; try again."


class Helper:
    """Starts its process at the first question and again if it has died; answers in turn.

    Args:
        workers: makes the process.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._lock = threading.Lock()
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._closed = False

    def inspect(
        self, reader: RunReader, settings: TrainSettings, labels: list[int], digit: int, step: int
    ) -> dict[str, Any]:
        """See :func:`lgm_core.runs.inspect.inspect`."""
        answer: dict[str, Any] = self._ask(
            reader, settings, task="inspect", labels=labels, digit=digit, step=step
        )
        return answer

    def script(self, reader: RunReader, settings: TrainSettings, num_classes: int) -> str:
        """See :func:`lgm_core.export.script.run_script`."""
        return str(self._ask(reader, settings, task="script", num_classes=num_classes))

    def close(self) -> None:
        """Ends the process."""
        with self._lock:
            self._closed = True
            self._end()

    def _ask(self, reader: RunReader, settings: TrainSettings, **question: Any) -> Any:
        question |= {
            "run": reader.run_id,
            "folder": str(reader.folder),
            "settings": settings.model_dump(by_alias=True),
        }
        with self._lock:
            if self._closed:
                raise StoreError(_NO_ANSWER)
            try:
                answer = self._converse(json.dumps(question).encode())
            except (EOFError, OSError):
                self._end()
                raise StoreError(_NO_ANSWER) from None
        if "error" in answer:
            raise StoreError(answer["error"])
        return answer["answer"]

    def _converse(self, question: bytes) -> dict[str, Any]:
        process, connection = self._process, self._connection
        if process is None or connection is None or not awaits_question(process, connection):
            self._end()
            self._process, connection = self._workers.begin(serve)
            self._connection = connection
        connection.send_bytes(question)
        if not connection.poll(_PATIENCE):
            raise EOFError
        answer: dict[str, Any] = json.loads(connection.recv_bytes())
        return answer

    def _end(self) -> None:
        process, self._process = self._process, None
        connection, self._connection = self._connection, None
        if process is not None:
            process.kill()
        if connection is not None:
            connection.close()


def serve(connection: Connection) -> None:
    """Answers questions until the server goes; what runs in the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import torch

    torch.set_num_threads(1)
    with contextlib.suppress(EOFError, OSError):
        while True:
            question = json.loads(connection.recv_bytes())
            try:
                answer = {"answer": _answer(question)}
            except StoreError as error:
                answer = {"error": str(error)}
            connection.send_bytes(json.dumps(answer).encode())


def _answer(question: dict[str, Any]) -> Any:
    reader = RunReader(question["run"], Path(question["folder"]))
    settings = TrainSettings.model_validate(question["settings"])
    if question["task"] == "script":
        from lgm_core.export.script import run_script

        return run_script(reader, settings, question["num_classes"])
    from lgm_core.runs.inspect import inspect

    return inspect(reader, settings, question["labels"], question["digit"], question["step"])
