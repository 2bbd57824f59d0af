"""The server's one engine: all sessions and all streams share it."""

from __future__ import annotations

import asyncio
import threading

from app.memory import share_one_arena
from lgm_core.runs.limits import limit
from lgm_core.runs.local import LocalEngine

#: Seconds between two looks at whether the engine is busy.
_LOOK_EVERY = 5.0

_lock = threading.Lock()
_engine: LocalEngine | None = None


def engine() -> LocalEngine:
    """The engine, made at the first call."""
    global _engine
    with _lock:
        if _engine is None:
            share_one_arena()
            # A person may reload a page or lose the network for a moment.
            grace = limit("LGM_GRACE_SECONDS", 30.0, 0.1, 86_400.0)
            _engine = LocalEngine(grace_seconds=grace)
        return _engine


async def idle() -> None:
    """Waits until nobody trains: what is only prepared must not take their cores."""
    while engine().busy:
        await asyncio.sleep(_LOOK_EVERY)


def close_engine() -> None:
    """Ends all runs, as the server stops."""
    global _engine
    with _lock:
        if _engine is not None:
            _engine.close()
            _engine = None
