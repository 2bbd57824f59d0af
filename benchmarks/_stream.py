"""The stream routes on a free port of this process, and a client that reads them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from app.broadcast import routes
from tests.browser.server import free_port


@contextmanager
def stream_server() -> Iterator[str]:
    """Serves the routes; yields the WebSocket address."""
    port = free_port()
    config = uvicorn.Config(Starlette(routes=routes()), port=port, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"ws://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()
