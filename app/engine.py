"""The server's one engine: all sessions and all streams share it."""

from __future__ import annotations

import os
import threading

from lgm_core.runs.local import LocalEngine

_lock = threading.Lock()
_engine: LocalEngine | None = None


def engine() -> LocalEngine:
    """The engine, made at the first call."""
    global _engine
    with _lock:
        if _engine is None:
            grace = float(os.environ.get("LGM_GRACE_SECONDS", "30"))
            _engine = LocalEngine(grace_seconds=grace)
        return _engine


def close_engine() -> None:
    """Ends all runs, as the server stops."""
    global _engine
    with _lock:
        if _engine is not None:
            _engine.close()
            _engine = None
