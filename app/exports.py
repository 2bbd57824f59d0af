"""What can be downloaded of runs, beside their metrics: script, digits, animations."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from app.broadcast import base_path
from app.engine import engine
from app.offline import offline_page
from app.sidebar import WORDS
from lgm_core.data import DataError, load
from lgm_core.export.animation_gif import animation_gif
from lgm_core.export.digits_npz import digits_npz
from lgm_core.export.names import script_name
from lgm_core.export.recording import ExportError, Recording
from lgm_core.runs.engine import DigitsRun, of_digits
from lgm_core.runs.reader import StoreError
from lgm_core.runs.store import is_run_id

#: Animations that may be asked for at once, the one that is being made included.
MAX_WAITING = 8

#: Making an animation takes a core for seconds, which the running trainings need.
_turn = asyncio.Semaphore(1)
_waiting = 0


class _Busy(Exception):  # noqa: N818 - it is a state, not an error
    """Too many people wait for an animation."""


def routes() -> list[BaseRoute]:
    """The routes of the export menu."""
    base = base_path() + "/lab"
    run = base + "/runs/{run_id}"
    return [
        Route(run + "/script.py", _script),
        Route(run + "/digits.npz", _digits),
        Route(base + "/animation.gif", _gif),
        Route(base + "/animation.html", _html),
    ]


async def _script(request: Request) -> Response:
    def make() -> Response:
        run = _find(request.path_params["run_id"])
        text = engine().helper.script(run.reader, run.settings, load(run.settings.data).num_classes)
        return _file(text.encode(), "text/x-python", script_name(run.settings))

    return await _answer(run_in_threadpool(make))


async def _digits(request: Request) -> Response:
    def make() -> Response:
        run = _find(request.path_params["run_id"])
        if not run.settings.data.startswith("own-"):
            raise ExportError("This run's digits are MNIST's, which its script finds by itself.")
        return _file(digits_npz(load(run.settings.data)), "application/zip", "digits.npz")

    return await _answer(_in_turn(make))


async def _gif(request: Request) -> Response:
    def make() -> Response:
        return _file(animation_gif(*_pair(request)), "image/gif", "lgm-lab.gif")

    return await _answer(_in_turn(make))


async def _html(request: Request) -> Response:
    def make() -> Response:
        page = offline_page(*_pair(request))
        return _file(page.encode(), "text/html", "lgm-lab.html")

    return await _answer(_in_turn(make))


async def _answer(making: Awaitable[Response]) -> Response:
    """The response, or the sentence that says why there is none."""
    try:
        return await making
    except (ExportError, StoreError, DataError) as error:
        return PlainTextResponse(str(error), 404)
    except _Busy as error:
        return PlainTextResponse(str(error), 503, {"Retry-After": "30"})


async def _in_turn(make: Callable[[], Response]) -> Response:
    """Runs ``make`` in a thread, one at a time in the whole server."""
    global _waiting
    if _waiting >= MAX_WAITING:
        raise _Busy("Many people are waiting for an export now; try again in a minute.")
    _waiting += 1
    try:
        async with _turn:
            return await run_in_threadpool(make)
    finally:
        _waiting -= 1


def _pair(request: Request) -> tuple[Recording, Recording]:
    left, right = (_recording(request.query_params.get(side, "")) for side in ("left", "right"))
    return left, right


def _recording(run_id: str) -> Recording:
    run = _find(run_id)
    title = WORDS["loss"][run.settings.loss]
    return Recording(title, run.reader, run.settings, load(run.settings.data))


def _find(run_id: str) -> DigitsRun:
    """The run of an id.

    Raises:
        StoreError: if there is none.
    """
    run = of_digits(engine().get(run_id)) if is_run_id(run_id) else None
    if run is None:
        raise StoreError("There is no such run; it may have been removed to make room.")
    return run


def _file(data: bytes, media_type: str, name: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(data, media_type=media_type, headers=headers)
