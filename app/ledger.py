"""Measuring a claim live: over the network, on the engine, into the person's own ledger.

The browser asks with ``{"ask": n, "ledger": token, "claim": id, "variant": name, "seeds": count}``
and hears ``progress``, then ``row`` and ``done``, or ``error``; ``{"ask": n}`` alone cancels. A
measurement lives as long as the socket, and gives way to the next one for the same ledger.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import threading
from collections import OrderedDict
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from app.broadcast import base_path
from app.desk import Desk
from app.engine import engine
from lgm_core.evidence.claim import Claim, Variant, claim
from lgm_core.evidence.engine_runner import EngineRunner
from lgm_core.evidence.measure import Progress, Row, measure
from lgm_core.evidence.paper import EvidenceError

_MOST_ROWS = 200
_MOST_SEEDS = 10
#: Measurements under way on the server; further ones wait. Each holds a thread for minutes: of
#: those that serve all pages, none is left if they are not counted apart.
_MOST_AT_ONCE = 8
_places = asyncio.Semaphore(_MOST_AT_ONCE)
_WAITS = "Waits until another measurement ends"

#: Ledgers with rows that are held although their session is gone: a reloaded page finds its own.
_MOST_HELD = 100

_lock = threading.Lock()
#: By token, as long as a person's session holds them.
_ledgers: WeakValueDictionary[str, Ledger] = WeakValueDictionary()
_held: OrderedDict[str, Ledger] = OrderedDict()


class Ledger:
    """One person's rows; a token that only their page knows leads to it."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(16)
        self._rows: list[Row] = []
        self._runner: EngineRunner | None = None
        with _lock:
            _ledgers[self.token] = self

    @property
    def rows(self) -> tuple[Row, ...]:
        """In the order in which they were measured."""
        with _lock:
            return tuple(self._rows)

    def measures(self, runner: EngineRunner) -> None:
        """A measurement begins; one that goes on in another tab, or in one that is gone, ends."""
        with _lock:
            before, self._runner = self._runner, runner
        if before is not None:
            before.cancel()

    def add(self, row: Row) -> int:
        """One more row; returns how many there are."""
        with _lock:
            self._rows = [*self._rows, row][-_MOST_ROWS:]
            _held[self.token] = self
            _held.move_to_end(self.token)
            if len(_held) > _MOST_HELD:
                _held.popitem(last=False)
            return len(self._rows)


def find(token: str) -> Ledger | None:
    """The ledger that a token leads to."""
    with _lock:
        return _ledgers.get(token)


class _Question(BaseModel):
    """What a browser may ask."""

    model_config = ConfigDict(extra="forbid")

    ask: int = Field(ge=0, lt=2**53)
    ledger: str | None = Field(None, max_length=64)
    claim: str | None = Field(None, max_length=100)
    variant: str = Field("", max_length=200)
    seeds: int = Field(3, ge=1, le=_MOST_SEEDS)


def routes() -> list[BaseRoute]:
    """The route of the measurements."""
    return [WebSocketRoute(base_path() + "/lab/ledger", _measurements)]


async def _measurements(socket: WebSocket) -> None:
    await _LedgerDesk(socket, _Question).serve()


class _LedgerDesk(Desk[_Question]):
    """One browser's place."""

    _runner: EngineRunner | None = None

    async def drop(self) -> None:
        """Lets go of the measurement; its thread ends as soon as it hears of that."""
        if self._runner:
            self._runner.cancel()
        await super().drop()

    async def take(self, question: _Question) -> None:
        """Begins a measurement in the place of the one before."""
        await self.drop()
        if question.claim is None:
            return
        ledger = find(question.ledger or "")
        if ledger is None:
            await self.refuse(question.ask, "This page is too old; reload it.")
            return
        try:
            asked = claim(question.claim)
            variant = asked.variant(question.variant)
        except EvidenceError as error:
            await self.refuse(question.ask, str(error))
            return
        work = partial(self._measure, question.ask, ledger, asked, variant, question.seeds)
        self.begin(question.ask, work)

    async def _measure(
        self, ask: int, ledger: Ledger, asked: Claim, variant: Variant, seeds: int
    ) -> None:
        runner = self._runner = EngineRunner(engine())
        ledger.measures(runner)
        loop = asyncio.get_running_loop()

        def tell(progress: Progress) -> None:
            news = self._told(ask, progress.doing, progress.done, progress.total)
            with contextlib.suppress(RuntimeError):  # the loop may be closing
                asyncio.run_coroutine_threadsafe(news, loop)

        try:
            if _places.locked():
                await self._told(ask, _WAITS)
            async with _places:
                row = await run_in_threadpool(_row, asked, variant, seeds, runner, tell)
        except EvidenceError as error:
            await self.refuse(ask, str(error))
            return
        finally:
            runner.cancel()  # of no effect on one that is over
        count = ledger.add(row)
        await self.say(type="row", ask=ask, count=count, verdict=row.verdict, reason=row.reason)

    async def _told(self, ask: int, doing: str, done: float = 0, total: float = 1) -> None:
        await self.say(type="progress", ask=ask, done=done, total=total, doing=doing)


def _row(asked: Claim, variant: Variant, seeds: int, runner: EngineRunner, tell: Any) -> Row:
    for news in measure(asked, variant, range(seeds), runner, tell=tell):
        if isinstance(news, Row):
            return news
        tell(news)
    raise EvidenceError("The measurement ended without a row; try again.")
