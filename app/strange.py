"""The bench over the network: one browser that has its two models attacked, again and again.

A picture that somebody drew comes as ``{"ask": n, "runs": [id, id], "picture": base64}``, 784
grey values; each run's ``drawing`` answers it, and no other question is dropped for it.

The browser asks with ``{"ask": n, "runs": [id, id], "settings": {...}}``; a newer question takes
the place of the older one, ``{"ask": n}`` alone cancels it. It hears ``progress``, for each run
an ``answer`` and right after it the answer's bytes, at the end ``done``; or ``error``.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.broadcast import base_path, find_run, is_welcome
from app.engine import engine
from lgm_core.detection.settings import DetectSettings, lane
from lgm_core.runs.bench import BenchError, Job
from lgm_core.runs.engine import Run
from lgm_core.training.settings import SettingsError, parse

_MAX_MESSAGE = 2048
_NO_RUN = "There is no such run; it may have been removed to make room."
#: Mistakes in a row after which the socket is closed: whoever sends so does not listen.
_MAX_REFUSALS = 20


class _Question(BaseModel):
    """What a browser may ask."""

    model_config = ConfigDict(extra="forbid")

    ask: int = Field(ge=0, lt=2**53)
    runs: list[str] = Field([], max_length=2)
    settings: dict[str, Any] = Field({}, max_length=20)
    picture: str | None = Field(None, max_length=1200)


def routes() -> list[BaseRoute]:
    """The route of the bench."""
    return [WebSocketRoute(base_path() + "/lab/bench", _bench)]


async def _bench(socket: WebSocket) -> None:
    if not await run_in_threadpool(is_welcome, socket):
        await socket.close(1008)
        return
    await socket.accept()
    await _Desk(socket).serve()


class _Desk:
    """One browser's place at the bench."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._speaking = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._drawing: asyncio.Task[None] | None = None
        self._refusals = 0

    async def serve(self) -> None:
        """Answers until the browser goes away."""
        try:
            while self._refusals < _MAX_REFUSALS:
                text = await self._socket.receive_text()
                await self._take(text)
            await self._socket.close(1008)
        except (WebSocketDisconnect, RuntimeError, KeyError, OSError):
            pass  # gone, or speaks in bytes
        finally:
            if self._drawing is not None:
                self._drawing.cancel()
            await self._drop()

    async def _take(self, text: str) -> None:
        question = None
        if len(text) <= _MAX_MESSAGE:
            with contextlib.suppress(ValidationError):
                question = _Question.model_validate_json(text)
        if question is None:
            self._refusals += 1
            await self._say(type="error", ask=None, message="The page and the server disagree.")
            return
        if question.picture is not None:
            await self._draw(question.ask, question.runs, question.picture)
            return
        await self._drop()
        if not question.runs:
            return
        try:
            settings = parse(question.settings, DetectSettings)
        except SettingsError as error:
            self._refusals += 1
            await self._say(type="error", ask=question.ask, message=str(error))
            return
        self._refusals = 0
        self._task = asyncio.create_task(self._work(question.ask, question.runs, settings))

    async def _draw(self, ask: int, ids: list[str], picture: str) -> None:
        """Judges a drawing; a newer one takes the place of one that still waits."""
        if self._drawing is not None:
            self._drawing.cancel()
        self._drawing = asyncio.create_task(self._judge(ask, ids, picture))

    async def _judge(self, ask: int, ids: list[str], picture: str) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for side, run_id in enumerate(ids):
                    group.create_task(self._judge_one(ask, side, run_id, picture))
        except* BenchError as errors:
            await self._say(type="error", ask=None, message=str(errors.exceptions[0]))

    async def _judge_one(self, ask: int, side: int, run_id: str, picture: str) -> None:
        question = {"picture": picture} | await self._question(run_id)
        answer = await self._wait(engine().bench.submit(question, "quick", seat=side))
        await self._say(type="drawing", ask=ask, side=side, drawing=json.loads(answer))

    async def _drop(self) -> None:
        """Lets go of the question that is being worked on."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _work(self, ask: int, ids: list[str], settings: DetectSettings) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError):
            try:
                async with asyncio.TaskGroup() as group:
                    for side, run_id in enumerate(ids):
                        group.create_task(self._answer(ask, side, run_id, settings))
                await self._say(type="done", ask=ask)
            except* BenchError as errors:
                await self._say(type="error", ask=ask, message=str(errors.exceptions[0]))

    async def _answer(self, ask: int, side: int, run_id: str, settings: DetectSettings) -> None:
        loop = asyncio.get_running_loop()

        def tell(done: int, total: int) -> None:
            news = self._say(type="progress", ask=ask, side=side, done=done, total=total)
            with contextlib.suppress(RuntimeError):  # the loop may be closing
                asyncio.run_coroutine_threadsafe(news, loop)

        question = {"settings": settings.model_dump()} | await self._question(run_id)
        job = engine().bench.submit(question, lane(settings), seat=side, progress=tell)
        answer = await self._wait(job)
        async with self._speaking:
            await self._send(type="answer", ask=ask, side=side, run=run_id)
            await self._socket.send_bytes(answer)

    async def _question(self, run_id: str) -> dict[str, Any]:
        """What a bench's process must know of a run.

        Raises:
            BenchError: if there is no such run.
        """
        run: Run | None = await run_in_threadpool(find_run, run_id)
        if run is None:
            raise BenchError(_NO_RUN)
        return {"run": run.id, "folder": str(run.reader.folder)}

    async def _wait(self, job: Job) -> bytes:
        """The job's answer; a task that is cancelled meanwhile cancels it."""
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

    async def _say(self, **message: Any) -> None:
        async with self._speaking:
            await self._send(**message)

    async def _send(self, **message: Any) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError):
            await self._socket.send_text(json.dumps(message, allow_nan=False))
