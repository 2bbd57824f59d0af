"""What can be had of alignment runs beside their frames: the transformer, a GIF, an HTML file."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from app.broadcast import base_path, find_any_run
from app.desk import answer_of
from app.engine import engine
from app.face_offline import faces_page
from lgm_core.export.recording import ExportError
from lgm_core.runs.bench import BenchError, RefusedError
from lgm_core.runs.engine import FacesRun, of_faces
from lgm_core.runs.store import StoreError
from lgm_core.runs.weights import part_of_weights

_MOST_RUNS = 3


def routes() -> list[BaseRoute]:
    """The routes of the page of faces."""
    base = base_path() + "/lab"
    return [
        Route(base + "/runs/{run_id}/transformer", _transformer),
        Route(base + "/runs/{run_id}/faces.gif", _gif),
        Route(base + "/faces.html", _html),
    ]


async def _transformer(request: Request) -> Response:
    """The weights below ``transformer.`` as safetensors; the browser runs the network itself."""

    def read() -> bytes:
        run = _find(request.path_params["run_id"])
        if not run.status.state.over:
            raise StoreError("This run is still in training; its weights are there once it ends.")
        return part_of_weights(run.reader, "transformer.")

    try:
        data = await run_in_threadpool(read)
    except StoreError as error:
        return PlainTextResponse(str(error), 404)
    return _file(data, "application/octet-stream", None, "private, max-age=3600")


async def _gif(request: Request) -> Response:
    try:
        run = await run_in_threadpool(_find, request.path_params["run_id"])
        question = {"faces_gif": True, "run": run.id, "folder": str(run.reader.folder)}
        data = await answer_of(engine().bench.submit(question, "steady"))
    except (StoreError, RefusedError) as error:
        return PlainTextResponse(str(error), 404)
    except BenchError as error:
        return PlainTextResponse(str(error), 503, {"Retry-After": "30"})
    return _file(data, "image/gif", "faces.gif")


async def _html(request: Request) -> Response:
    asked = request.query_params.get("runs", "").split(".")[:_MOST_RUNS]
    titles = request.query_params.getlist("title")[:_MOST_RUNS]

    def make() -> bytes:
        runs = [_find(run_id) for run_id in asked]
        curves = request.query_params.get("curves", "")
        return faces_page(runs, [title[:80] for title in titles], curves).encode()

    try:
        data = await run_in_threadpool(make)
    except (StoreError, ExportError) as error:
        return PlainTextResponse(str(error), 404)
    return _file(data, "text/html", "faces.html")


def _find(run_id: str) -> FacesRun:
    run = of_faces(find_any_run(run_id))
    if run is None:
        raise StoreError("There is no such run; it may have been removed to make room.")
    return run


def _file(data: bytes, kind: str, name: str | None, cache: str = "no-store") -> Response:
    headers = {"Cache-Control": cache, "X-Content-Type-Options": "nosniff"}
    if name:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return Response(data, media_type=kind, headers=headers)
