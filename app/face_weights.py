"""The trained transformer of an alignment run for the browser, which runs it itself."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from app.engine import engine
from lgm_core.runs.engine import of_faces
from lgm_core.runs.store import StoreError, is_run_id
from lgm_core.runs.weights import part_of_weights

_HEADERS = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}


async def transformer(request: Request) -> Response:
    """The weights below ``transformer.`` as safetensors, or the sentence why there are none."""
    try:
        data = await run_in_threadpool(_read, request.path_params["run_id"])
    except StoreError as error:
        return PlainTextResponse(str(error), 404)
    return Response(data, media_type="application/octet-stream", headers=_HEADERS)


def _read(run_id: str) -> bytes:
    run = of_faces(engine().get(run_id)) if is_run_id(run_id) else None
    if run is None:
        raise StoreError("There is no such run; it may have been removed to make room.")
    if not run.status.state.over:
        raise StoreError("This run is still in training; its weights are there once it ends.")
    return part_of_weights(run.reader, "transformer.")
