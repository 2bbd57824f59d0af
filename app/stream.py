"""One browser that watches one run: a cursor into the store, paced by what it acknowledges."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import time
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from lgm_core.runs.engine import AnyRun
from lgm_core.runs.reader import StoreError
from lgm_core.training.controls import Command, parse_command
from lgm_core.training.settings import SettingsError

#: Frames on their way to a browser at most; a slow one loses frames, not our memory.
WINDOW = 16
#: Bytes on their way to a browser at most, but one frame always.
WINDOW_BYTES = 1 << 20
#: A browser further behind the newest frame than this goes on from the newest keyframe.
LAG = 64
_MAX_MESSAGE = 1024
#: What a browser closes with when its tab is closed, reloaded or led elsewhere.
_GOING_AWAY = 1001
#: A slider sends at most one order a displayed frame; twice that leaves room for fast displays.
_ORDERS_PER_SECOND = 120
#: All that is said, acknowledgements too: several for each frame of a replay. Whoever says more is
#: heard as much later.
_MESSAGES_PER_SECOND = 1000
#: Refusals in a row after which the socket is closed: whoever sends so does not listen.
_MAX_REFUSALS = 100


class _Message(BaseModel):
    """What a browser may say: ``ack``, or an order with ``knobs`` and ``action``."""

    model_config = ConfigDict(extra="forbid")

    ack: int | None = Field(None, ge=0)
    knobs: dict[str, float] | None = None
    action: str | None = None


class Stream:
    """Sends a run's frames to a socket and takes its owner's orders.

    Args:
        socket: accepted.
        run: what is watched.
        about: what a browser must know of the run before its first frame.
        since: how many frames the browser has already.
        token: what it says it may steer with.
    """

    def __init__(
        self, socket: WebSocket, run: AnyRun, about: dict[str, Any], since: int, token: str
    ) -> None:
        self._socket = socket
        self._run = run
        self._about = about
        self._cursor = since
        self._owner = run.token is not None and hmac.compare_digest(
            run.token.encode(), token.encode()
        )
        self._sent = 0
        self._acknowledged = 0
        self._in_flight: list[int] = []
        self._history_end = 0
        self._status: Any = None
        self._news = asyncio.Event()
        self._refusals = 0
        self._gone = False
        self._budget = float(_ORDERS_PER_SECOND)
        self._refilled = time.monotonic()
        self._heard_until = self._refilled - 1.0  #: may lie up to a second back

    async def serve(self) -> None:
        """Runs until the browser goes away."""
        loop = asyncio.get_running_loop()

        def news() -> None:
            # The loop may be closing while a worker still reports.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._news.set)

        unsubscribe = self._run.subscribe(news)
        if self._owner:
            self._run.owner_came()
        try:
            await self._hello()
            async with asyncio.TaskGroup() as group:
                sender = group.create_task(self._send())
                await self._receive()
                sender.cancel()
        except* (WebSocketDisconnect, RuntimeError, OSError):
            pass  # the browser is gone; starlette says so in these three ways
        except* StoreError:
            with contextlib.suppress(RuntimeError, OSError):
                await self._socket.close(1011)
        finally:
            unsubscribe()
            if self._owner:
                self._run.owner_left(for_good=self._gone)

    async def _hello(self) -> None:
        self._history_end = self._run.reader.count()
        await self._say(
            type="hello",
            run=self._run.id,
            settings=self._run.settings.model_dump(by_alias=True),
            frames=self._history_end,
            owner=self._owner,
            **self._about,
        )

    async def _send(self) -> None:
        while True:
            self._news.clear()
            await self._send_status()
            while self._may_send() and self._cursor < self._run.reader.count():
                self._skip()
                frame = self._run.reader.frame(self._cursor)
                self._cursor += 1
                self._sent += 1
                self._in_flight.append(len(frame))
                await self._socket.send_bytes(frame)
            await self._news.wait()

    async def _send_status(self) -> None:
        status = self._run.status
        if status != self._status:
            self._status = status
            await self._say(
                type="status",
                state=status.state.value,
                message=status.message,
                position=status.position,
            )

    def _may_send(self) -> bool:
        waiting = self._sent - self._acknowledged
        return waiting < WINDOW and (waiting == 0 or sum(self._in_flight) < WINDOW_BYTES)

    def _skip(self) -> None:
        """Drops the oldest live frames for a browser that cannot keep up."""
        newest = self._run.reader.count()
        if self._cursor < self._history_end or newest - self._cursor <= LAG:
            return
        keyframe = self._run.reader.keyframe_before(newest - 1, not_before=newest - LAG)
        self._cursor = newest - 1 if keyframe is None else keyframe

    async def _receive(self) -> None:
        while True:
            packet = await self._socket.receive()
            if packet["type"] == "websocket.disconnect":
                self._gone = packet.get("code") == _GOING_AWAY
                return None
            await self._heed_pace()
            text = packet.get("text")
            if text is None or len(text.encode()) > _MAX_MESSAGE:
                await self._refuse(f"a message is text of at most {_MAX_MESSAGE} bytes")
            else:
                await self._obey(text)
            if self._refusals > _MAX_REFUSALS:
                return await self._socket.close(1008)

    async def _heed_pace(self) -> None:
        now = time.monotonic()
        self._heard_until = max(self._heard_until, now - 1.0) + 1.0 / _MESSAGES_PER_SECOND
        if self._heard_until > now:
            await asyncio.sleep(self._heard_until - now)

    async def _obey(self, text: str) -> None:
        try:
            message = _Message.model_validate_json(text)
        except ValidationError:
            return await self._refuse("a message is {ack} or {knobs, action}")
        if message.ack is not None:
            self._acknowledge(message.ack)
        elif not message.knobs and message.action is None:
            return await self._refuse("a message is {ack} or {knobs, action}")
        if not message.knobs and message.action is None:
            return None
        if not self._owner:
            return await self._refuse("only the browser that started this run may steer it")
        if not self._within_budget():
            return await self._refuse("too many messages in a second")
        try:
            order = {"knobs": message.knobs or {}, "action": message.action}
            command: Command = parse_command(json.dumps(order))
        except SettingsError as error:
            return await self._refuse(str(error))
        # Starting a worker takes some ten milliseconds: not on the event loop.
        await asyncio.to_thread(self._run.send, command)
        self._refusals = 0
        return None

    def _acknowledge(self, count: int) -> None:
        count = min(count, self._sent)
        fresh = max(0, count - self._acknowledged)
        del self._in_flight[:fresh]
        self._acknowledged += fresh
        self._news.set()

    def _within_budget(self) -> bool:
        now = time.monotonic()
        earned = (now - self._refilled) * _ORDERS_PER_SECOND
        self._budget = min(float(_ORDERS_PER_SECOND), self._budget + earned)
        self._refilled = now
        if self._budget < 1.0:
            return False
        self._budget -= 1.0
        return True

    async def _refuse(self, why: str) -> None:
        self._refusals += 1
        await self._say(type="error", message=f"Refused: {why.rstrip('.')}.")

    async def _say(self, **message: Any) -> None:
        await self._socket.send_text(json.dumps(message, allow_nan=False))
