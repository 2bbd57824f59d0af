"""A picture that a person opens on the drawing pad: file bytes in, a digit's 784 pixels out.

``POST /lab/picture`` with the file as the body answers ``{"picture": base64, "said": "…"}``, or
``{"error": "…"}``. Nothing is kept, and the file's name does not come along.
"""

from __future__ import annotations

import asyncio
import base64
from collections import Counter

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from app.broadcast import base_path, is_welcome
from lgm_core.data import DataError
from lgm_core.data.brought import bring_picture

#: A phone's photo has 2 to 5 MB.
MAX_BYTES = 5 << 20
#: Pictures that may be sent or wait at once; each holds its file's bytes.
MAX_WAITING = 32
#: Of these, from one address: nobody takes all the room.
MAX_OF_ONE = 8
#: Seconds that sending one may take.
PATIENCE = 30.0

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
#: The largest picture takes 60 MB and a third of a second while it is decoded.
_turns = asyncio.Semaphore(2)
_waiting: Counter[str] = Counter()


class _Refused(Exception):  # noqa: N818 - it is an answer, not an error
    """The body is not taken; with the status of the answer and its sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def routes() -> list[BaseRoute]:
    """The route of the drawing pad's pictures."""
    return [Route(base_path() + "/lab/picture", _picture, methods=["POST"])]


async def _picture(request: Request) -> Response:
    sender = request.client.host if request.client else ""
    if not await run_in_threadpool(is_welcome, request):
        return _error(403, "Pictures are taken from the lab's own pages only.")
    if _waiting.total() >= MAX_WAITING or _waiting[sender] >= MAX_OF_ONE:
        return _error(503, "Many people open pictures now; try again in a moment.")
    _waiting[sender] += 1
    try:
        data = await _body(request)
        async with _turns:
            brought = await run_in_threadpool(bring_picture, data)
    except _Refused as refused:
        return _error(refused.status, str(refused))
    except DataError as error:
        return _error(400, str(error))
    except MemoryError:
        return _error(503, "The machine has no memory left for this picture.")
    finally:
        _waiting[sender] -= 1
        if not _waiting[sender]:
            del _waiting[sender]
    picture = base64.b64encode(brought.digit.tobytes()).decode()
    return JSONResponse({"picture": picture, "said": " ".join(brought.report)}, headers=_HEADERS)


async def _body(request: Request) -> bytes:
    """The file's bytes; never more than one piece beyond the limit is held.

    Raises:
        _Refused: if there are too many, or they do not come in time.
    """
    length = request.headers.get("Content-Length", "")
    if length.isascii() and length.isdigit() and (len(length) > 15 or int(length) > MAX_BYTES):
        raise _too_large()
    data = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for piece in request.stream():
                data += piece
                if len(data) > MAX_BYTES:
                    raise _too_large()
    except TimeoutError:
        raise _Refused(408, f"The file took longer than {PATIENCE:g} seconds to come.") from None
    except ClientDisconnect:
        raise _Refused(400, "The file did not come whole.") from None
    return bytes(data)


def _too_large() -> _Refused:
    return _Refused(413, f"The file is too large; allowed: {MAX_BYTES >> 20} MB.")


def _error(status: int, sentence: str) -> Response:
    return JSONResponse({"error": sentence}, status, headers=_HEADERS)
