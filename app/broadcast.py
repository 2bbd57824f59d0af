"""Runs over the network: the stream of frames, the digits' pictures, the inspector, the files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket
from streamlit import config
from streamlit.web.server.server_util import is_url_from_allowed_origins
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from app.engine import close_engine, engine
from app.stream import Stream
from app.vendor import PLOTLY
from lgm_core.alignment.settings import AlignSettings
from lgm_core.data import DataError, Dataset, atlas_png, load
from lgm_core.runs.engine import AnyRun, DigitsRun, of_digits
from lgm_core.runs.metrics import metrics_csv
from lgm_core.runs.reader import StoreError
from lgm_core.runs.store import is_run_id

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
    warm = asyncio.create_task(asyncio.to_thread(_warm_up))
    try:
        yield
        await warm
    finally:
        await asyncio.to_thread(close_engine)


def _warm_up() -> None:
    engine().warm_up()


async def _stream(socket: WebSocket) -> None:
    run = await run_in_threadpool(find_any_run, socket.path_params["run_id"])
    if run is None or not await run_in_threadpool(is_welcome, socket):
        await socket.close(1008)
        return
    try:
        about = await run_in_threadpool(_about, run)
        # The first look at a long run reads through it: not on the event loop.
        await run_in_threadpool(run.reader.count)
    except DataError as error:
        await socket.accept()
        failed = {"type": "status", "state": "failed", "message": str(error), "position": None}
        await socket.send_text(json.dumps(failed))
        await socket.close(1008)
        return
    since = _number(socket.query_params.get("since")) or 0
    token = socket.query_params.get("token", "")[:100]
    await socket.accept()
    await Stream(socket, run, about, since, token).serve()


def _about(run: AnyRun) -> dict[str, Any]:
    """What a browser must know before the first frame; its faces come with that frame."""
    settings = run.settings
    if isinstance(settings, AlignSettings):
        return {"total_steps": settings.steps}
    data = _dataset(settings.data)
    batches = max(1, len(data.train_labels) // settings.batch_size)
    return {
        "total_steps": settings.epochs * batches,
        "class_names": list(data.class_names),
        "labels": data.train_labels[data.displayed].tolist(),
    }


async def _digits(request: Request) -> Response:
    run = await run_in_threadpool(find_run, request.path_params["run_id"])
    if run is None:
        return _missing()
    try:
        picture = await run_in_threadpool(_atlas, run.settings.data)
    except DataError as error:
        return PlainTextResponse(str(error), 404)
    return Response(picture, media_type="image/png", headers=_DAY)


async def _inspect(request: Request) -> Response:
    run = await run_in_threadpool(find_run, request.path_params["run_id"])
    if run is None:
        return _missing()
    digit = _number(request.query_params.get("digit"))
    step = _number(request.query_params.get("step"))
    if digit is None or step is None:
        return JSONResponse({"error": "digit and step are whole numbers from 0 on."}, 400)
    try:
        return JSONResponse(await run_in_threadpool(_look, run, digit, step))
    except (StoreError, DataError) as error:
        return JSONResponse({"error": str(error)}, 404)


async def _metrics(request: Request) -> Response:
    run = await run_in_threadpool(find_run, request.path_params["run_id"])
    if run is None:
        return _missing()
    try:
        text = await run_in_threadpool(metrics_csv, run.reader)
    except StoreError as error:
        return PlainTextResponse(str(error), 404)
    headers = {"Content-Disposition": f'attachment; filename="lgm-{run.settings.loss}.csv"'}
    return Response(text, media_type="text/csv", headers=headers)


async def _plotly(_request: Request) -> Response:
    return FileResponse(PLOTLY, media_type="text/javascript", headers=_DAY)


def find_run(run_id: str) -> DigitsRun | None:
    """The run on digits of an id that came from outside, or None."""
    return of_digits(find_any_run(run_id))


def find_any_run(run_id: str) -> AnyRun | None:
    """The run of an id that came from outside, or None."""
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


def _look(run: DigitsRun, digit: int, step: int) -> dict[str, Any]:
    data = _dataset(run.settings.data)
    labels = data.train_labels[data.displayed].tolist()
    return engine().helper.inspect(run.reader, run.settings, labels, digit, step)


def is_welcome(asking: HTTPConnection) -> bool:
    """Whether Streamlit would take a socket from this page: the same rules as for its own.

    They hold for a socket, and for a request that sends something: a browser hands both over for
    any page.
    """
    origin, host = asking.headers.get("Origin"), asking.headers.get("Host")
    if not is_host_allowed(host):
        return False
    if origin is None:
        return True  # not a browser, so nobody's page speaks in another one's name
    try:
        same = urlsplit(origin).netloc == host
    except ValueError:
        return False
    return same or is_url_from_allowed_origins(origin)


def _number(text: str | None) -> int | None:
    """A whole number from a query string, or None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else None


def _missing() -> Response:
    return PlainTextResponse("There is no such run; it may have been removed to make room.", 404)
