"""The bench over the network: one browser that has its two models attacked, again and again.

A picture that somebody drew comes as ``{"ask": n, "runs": [id, id], "picture": base64}``, 784
grey values; each run's ``drawing`` answers it, and no other question is dropped for it.

With ``"sweep": [epsilon, ...]`` the same question is answered for one size of the attack after
the other, by scores without pictures; each pair of answers is followed by ``swept``.

The browser asks with ``{"ask": n, "runs": [id, id], "settings": {...}}``; a newer question takes
the place of the older one, ``{"ask": n}`` alone cancels it. It hears ``progress``, for each run
an ``answer`` and right after it the answer's bytes, at the end ``done``; or ``error``.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from app.answers import Answers
from app.broadcast import base_path
from app.desk import Desk, about, answer_of
from app.engine import engine, idle
from lgm_core import pretrained
from lgm_core.detection.settings import DetectSettings, lane
from lgm_core.runs.bench import BenchError

_answers = Answers()
#: After the server's start, seconds; by then who has opened a page at once has what they wanted.
_PREPARE_AFTER = 20.0


class _Question(BaseModel):
    """What a browser may ask."""

    model_config = ConfigDict(extra="forbid")

    ask: int = Field(ge=0, lt=2**53)
    runs: list[str] = Field([], max_length=2)
    settings: dict[str, Any] = Field({}, max_length=20)
    sweep: list[Annotated[float, Field(ge=0, le=1)]] = Field([], max_length=32)
    picture: str | None = Field(None, max_length=1200)


def routes() -> list[BaseRoute]:
    """The route of the bench."""
    return [WebSocketRoute(base_path() + "/lab/bench", _bench)]


async def prepare() -> None:
    """Answers the page's first question before it is asked, once nobody needs the cores."""
    await asyncio.sleep(_PREPARE_AFTER)
    await idle()
    with contextlib.suppress(BenchError):
        for side, run_id in enumerate((pretrained.SOFTMAX, pretrained.LGM)):
            await answer(run_id, DetectSettings(), side)
    engine().bench.warm_up("steady")


async def answer(
    run_id: str,
    settings: DetectSettings,
    side: int,
    *,
    scores_only: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> bytes:
    """What a run makes of a study's inputs, as safetensors bytes; known answers come at once.

    Raises:
        BenchError: if there is none.
    """
    question = {"settings": settings.model_dump(), "scores_only": scores_only}
    question |= await about(run_id)
    known = _answers.get(question)
    if known is None:
        job = engine().bench.submit(question, lane(settings), seat=side, progress=progress)
        known = await answer_of(job)
        _answers.put(question, known)
    return known


async def _bench(socket: WebSocket) -> None:
    await _StrangeDesk(socket, _Question).serve()


class _StrangeDesk(Desk[_Question]):
    """One browser's place at the bench, with a pad to draw on."""

    _drawing: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        """Answers until the browser goes away."""
        try:
            await super().serve()
        finally:
            if self._drawing is not None:
                self._drawing.cancel()

    async def take(self, question: _Question) -> None:
        """Judges a drawing, or begins a study in the place of the one before."""
        if question.picture is not None:
            # A newer one takes the place of one that still waits.
            if self._drawing is not None:
                self._drawing.cancel()
            work = self._judge(question.ask, question.runs, question.picture)
            self._drawing = asyncio.create_task(work)
            return
        await self.drop()
        if not question.runs:
            return
        if settings := await self.settings(question.ask, question.settings):
            self.begin(question.ask, partial(self._study, question, settings))

    async def _judge(self, ask: int, ids: list[str], picture: str) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for side, run_id in enumerate(ids):
                    group.create_task(self._judge_one(ask, side, run_id, picture))
        except* BenchError as errors:
            await self.say(type="no_drawing", ask=ask, message=str(errors.exceptions[0]))

    async def _judge_one(self, ask: int, side: int, run_id: str, picture: str) -> None:
        question = {"picture": picture} | await about(run_id)
        answer = await answer_of(engine().bench.submit(question, "quick", seat=side))
        await self.say(type="drawing", ask=ask, side=side, drawing=json.loads(answer))

    async def _study(self, question: _Question, settings: DetectSettings) -> None:
        if not question.sweep:
            await self._both(question, settings)
        for epsilon in question.sweep:
            await self._both(question, settings.model_copy(update={"epsilon": epsilon}))
            await self.say(type="swept", ask=question.ask, epsilon=epsilon)

    async def _both(self, question: _Question, settings: DetectSettings) -> None:
        async with asyncio.TaskGroup() as group:
            for side in range(len(question.runs)):
                group.create_task(self._answer(question, side, settings))

    async def _answer(self, asked: _Question, side: int, settings: DetectSettings) -> None:
        run_id, sweep = asked.runs[side], bool(asked.sweep)
        tell = self.progress(type="progress", ask=asked.ask, side=side)
        found = await answer(run_id, settings, side, scores_only=sweep, progress=tell)
        async with self.speaking:
            await self.send(type="answer", ask=asked.ask, side=side, run=run_id)
            await self.socket.send_bytes(found)
