"""Runs over the network: the stream of frames, the digits' pictures, the inspector, the files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from importlib.resources import files
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket
from streamlit import config
from streamlit.web.server.server_util import is_url_from_allowed_origins

from app.engine import close_engine, engine
from app.stream import Stream
from lgm_core.data import DataError, Dataset, atlas_png, load
from lgm_core.runs.engine import Run
from lgm_core.runs.inspect import inspect
from lgm_core.runs.metrics import metrics_csv
from lgm_core.runs.store import StoreError, is_run_id

_DAY = {"Cache-Control": "private, max-age=86400"}


def base_path() -> str:
    """The path below which the app is served: empty, or like ``/lab``."""
    path = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def routes() -> list[BaseRoute]:
    """The routes beside Streamlit's own."""
    base = base_path() + "/lab"
    run = base + "/runs/{run_id}"
    return [
        WebSocketRoute(run + "/stream", _stream),
        Route(run + "/digits.png", _digits),
        Route(run + "/inspect", _inspect),
        Route(run + "/metrics.csv", _metrics),
        Route(base + "/plotly.min.js", _plotly),
    ]


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """The engine lives as long as the server; its fork server starts at once."""
    warm = asyncio.create_task(asyncio.to_thread(engine().warm_up))
    yield
    await warm
    await asyncio.to_thread(close_engine)


async def _stream(socket: WebSocket) -> None:
    run = await run_in_threadpool(_find, socket.path_params["run_id"])
    if run is None or not _same_origin(socket):
        await socket.close(1008)
        return
    try:
        dataset = await run_in_threadpool(_dataset, run.settings.data)
    except DataError:
        await socket.close(1011)
        return
    since = _number(socket.query_params.get("since"))
    token = socket.query_params.get("token", "")[:100]
    await socket.accept()
    await Stream(socket, run, dataset, since, token).serve()


async def _digits(request: Request) -> Response:
    run = await run_in_threadpool(_find, request.path_params["run_id"])
    if run is None:
        return _missing()
    try:
        picture = await run_in_threadpool(_atlas, run.settings.data)
    except DataError as error:
        return PlainTextResponse(str(error), 404)
    return Response(picture, media_type="image/png", headers=_DAY)


async def _inspect(request: Request) -> Response:
    run = await run_in_threadpool(_find, request.path_params["run_id"])
    if run is None:
        return _missing()
    digit = _number(request.query_params.get("digit"))
    step = _number(request.query_params.get("step"))
    try:
        return JSONResponse(await run_in_threadpool(_look, run, digit, step))
    except (StoreError, DataError) as error:
        return JSONResponse({"error": str(error)}, 404)


async def _metrics(request: Request) -> Response:
    run = await run_in_threadpool(_find, request.path_params["run_id"])
    if run is None:
        return _missing()
    text = await run_in_threadpool(metrics_csv, run.reader)
    headers = {"Content-Disposition": f'attachment; filename="lgm-{run.settings.loss}.csv"'}
    return Response(text, media_type="text/csv", headers=headers)


async def _plotly(_request: Request) -> Response:
    path = str(files("plotly") / "package_data" / "plotly.min.js")
    return FileResponse(path, media_type="text/javascript", headers=_DAY)


def _find(run_id: str) -> Run | None:
    if not is_run_id(run_id):
        return None
    try:
        return engine().get(run_id)
    except StoreError:
        return None


@lru_cache(maxsize=4)
def _dataset(name: str) -> Dataset:
    return load(name)


@lru_cache(maxsize=8)
def _atlas(name: str) -> bytes:
    return atlas_png(_dataset(name))


def _look(run: Run, digit: int, step: int) -> dict[str, Any]:
    data = _dataset(run.settings.data)
    labels = data.train_labels[data.displayed].tolist()
    return inspect(run.reader, run.settings, labels, digit, step)


def _same_origin(socket: WebSocket) -> bool:
    """Whether the page that opens the socket is this app's, or one that Streamlit would allow."""
    origin = socket.headers.get("Origin")
    if origin is None:
        return True
    host = origin.split("://", 1)[-1]
    return host == socket.headers.get("Host") or is_url_from_allowed_origins(origin)


def _number(text: str | None) -> int:
    """A whole number from a query string; anything else is 0."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else 0


def _missing() -> Response:
    return PlainTextResponse("There is no such run; it may have been removed to make room.", 404)
