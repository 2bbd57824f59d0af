"""A browser's place at the bench: what it may say, one question at a time, waiting for answers."""

from __future__ import annotations

import asyncio
import contextlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.broadcast import find_run, is_welcome
from lgm_core.detection.settings import DetectSettings
from lgm_core.runs.bench import BenchError, Job
from lgm_core.runs.engine import DigitsRun
from lgm_core.training.settings import SettingsError, parse

_MAX_MESSAGE = 2048
_NO_RUN = "There is no such run; it may have been removed to make room."
#: Mistakes in a row after which the socket is closed: whoever sends so does not listen.
_MAX_REFUSALS = 20

Q = TypeVar("Q", bound=BaseModel)


class Desk(ABC, Generic[Q]):
    """One browser's place; a subclass says what is done about a question.

    Args:
        socket: not accepted yet.
        kind: what a message has to be.
    """

    def __init__(self, socket: WebSocket, kind: type[Q]) -> None:
        self.socket = socket
        self.speaking = asyncio.Lock()
        self._kind = kind
        self._task: asyncio.Task[None] | None = None
        self._refusals = 0

    @abstractmethod
    async def take(self, question: Q) -> None:
        """What is done about a question."""

    async def settings(self, ask: int, values: dict[str, Any]) -> DetectSettings | None:
        """What a study is asked; None where it is not allowed, which is said."""
        try:
            return parse(values, DetectSettings)
        except SettingsError as error:
            await self.refuse(ask, str(error))
            return None

    async def serve(self) -> None:
        """Answers until the browser goes away; one that has no business here is not let in."""
        if not await run_in_threadpool(is_welcome, self.socket):
            await self.socket.close(1008)
            return
        await self.socket.accept()
        try:
            while self._refusals < _MAX_REFUSALS:
                await self._hear(await self.socket.receive_text())
            await self.socket.close(1008)
        except (WebSocketDisconnect, RuntimeError, KeyError, OSError):
            pass  # gone, or speaks in bytes
        finally:
            await self.drop()

    async def _hear(self, text: str) -> None:
        question = None
        if len(text) <= _MAX_MESSAGE:
            with contextlib.suppress(ValidationError):
                question = self._kind.model_validate_json(text)
        if question is None:
            await self.refuse(None, "The page and the server disagree.")
        else:
            await self.take(question)

    async def refuse(self, ask: int | None, message: str) -> None:
        """Says what is wrong with a question."""
        self._refusals += 1
        await self.say(type="error", ask=ask, message=message)

    def begin(self, ask: int, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Works on a question that is in order, until it is dropped."""
        self._refusals = 0
        self._task = asyncio.create_task(self._work(ask, work))

    async def _work(self, ask: int, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError):
            try:
                await work()
                await self.say(type="done", ask=ask)
            except* BenchError as errors:
                await self.say(type="error", ask=ask, message=str(errors.exceptions[0]))

    async def drop(self) -> None:
        """Lets go of the question that is being worked on."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def progress(self, **message: Any) -> Callable[[int, int], None]:
        """A job's progress, said with ``done`` and ``total`` beside the message's own fields."""
        loop = asyncio.get_running_loop()

        def tell(done: int, total: int) -> None:
            news = self.say(**message, done=done, total=total)
            with contextlib.suppress(RuntimeError):  # the loop may be closing
                asyncio.run_coroutine_threadsafe(news, loop)

        return tell

    async def say(self, **message: Any) -> None:
        """Sends a message as JSON, if there is still somebody to hear it."""
        async with self.speaking:
            await self.send(**message)

    async def send(self, **message: Any) -> None:
        """The same for whoever holds ``speaking``."""
        with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError):
            await self.socket.send_text(json.dumps(message, allow_nan=False))


async def about(run_id: str) -> dict[str, Any]:
    """What a bench's process must know of a run.

    Raises:
        BenchError: if there is no such run.
    """
    run: DigitsRun | None = await run_in_threadpool(find_run, run_id)
    if run is None:
        raise BenchError(_NO_RUN)
    return {"run": run.id, "folder": str(run.reader.folder)}


async def answer_of(job: Job) -> bytes:
    """The job's answer; a task that is cancelled meanwhile cancels it.

    Raises:
        BenchError: if there is none.
    """
    loop = asyncio.get_running_loop()
    over = asyncio.Event()

    def wake() -> None:
        with contextlib.suppress(RuntimeError):  # the loop may be closing
            loop.call_soon_threadsafe(over.set)

    job.when_over(wake)
    try:
        await over.wait()
    finally:
        job.cancel()  # of no effect on one that is over
    return job.result()
