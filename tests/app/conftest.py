"""A real server on 127.0.0.1 with the routes beside Streamlit's own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette

from app import broadcast, dimensions, engine, ledger, strange
from lgm_core.runs.local import LocalEngine
from lgm_core.runs.store import Store
from tests.app.watching import SETTINGS, WrittenRun
from tests.runs.waiting import wait_until


@pytest.fixture(scope="module")
def local(tmp_path_factory) -> Iterator[LocalEngine]:
    """The engine of the server; it ends with it."""
    engine._engine = LocalEngine(Store(tmp_path_factory.mktemp("runs")))
    yield engine._engine
    engine.close_engine()


@pytest.fixture(scope="module")
def port(local) -> Iterator[int]:
    pages = (broadcast, strange, dimensions, ledger)
    routes = [route for page in pages for route in page.routes()]
    app = Starlette(routes=routes, lifespan=broadcast.lifespan)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        wait_until(lambda: server.started or not thread.is_alive(), "the server")
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join(60)
    assert not thread.is_alive()
    assert engine._engine is None, "the engine outlived its server"


@pytest.fixture
def run(local) -> Iterator[WrittenRun]:
    with local.store.create(SETTINGS) as writer:
        run = WrittenRun(writer)
        local._stored.known[run.id] = run  # type: ignore[assignment]
        yield run
        local._stored.known.pop(run.id, None)
    wait_until(lambda: not run.listeners and not run.owners, "the end of every stream")
