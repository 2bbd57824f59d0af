"""The route of the pictures that a person opens on the drawing pad."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections.abc import AsyncIterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pytest
from starlette.applications import Starlette

from app import picture as route
from lgm_core.data import load
from lgm_core.data.brought import Brought
from tests.data.making import picture
from tests.data.test_pictures import png_header

DIGIT = load("bundled").test_images[0]
HOST = "lab.example"


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    said: dict[str, str]


async def ask(pieces: AsyncIterator[bytes], headers: Mapping[str, str] | None = None) -> Answer:
    """One POST request whose body comes in pieces, handed to the route as a server would."""
    names = {"Host": HOST} | dict(headers or {})
    scope = {
        "type": "http", "method": "POST", "path": "/lab/picture", "raw_path": b"/lab/picture",
        "query_string": b"", "root_path": "", "http_version": "1.1", "scheme": "http",
        "headers": [(name.lower().encode(), value.encode()) for name, value in names.items()],
        "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1),
    }  # fmt: skip
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        piece = await anext(pieces, None)
        if piece is None:
            return {"type": "http.request", "body": b"", "more_body": False}
        if not piece:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    await Starlette(routes=route.routes())(scope, receive, send)
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(sent[0]["status"], answered, json.loads(body))


async def whole(body: bytes) -> AsyncIterator[bytes]:
    if body:
        yield body


def post(body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
    return asyncio.run(ask(whole(body), headers))


def test_a_digit_comes_back_with_what_was_done() -> None:
    answer = post(picture(255 - DIGIT), {"Origin": f"http://{HOST}"})
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    pixels = np.frombuffer(base64.b64decode(answer.said["picture"]), np.uint8)
    assert np.array_equal(pixels.reshape(28, 28), DIGIT)
    assert answer.said["said"] == "Inverted to white on black. 28 x 28 pixels: left in place."


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"", 400, "The file is empty"),
        (b"just text", 400, "The file is not a readable picture (png, jpg, gif, bmp, webp)."),
        (png_header(60_000, 60_000), 400, "allowed: 16 million."),
        (bytes(route.MAX_BYTES + 1), 413, "The file is too large; allowed: 5 MB."),
    ],
)
def test_what_is_not_taken_is_told_in_a_sentence(body: bytes, status: int, words: str) -> None:
    answer = post(body)
    assert answer.status == status
    assert answer.said.keys() == {"error"}
    assert words in answer.said["error"]
    assert not route._waiting


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "null", "http://["])
def test_a_page_from_elsewhere_is_refused(origin: str) -> None:
    answer = post(picture(DIGIT), {"Origin": origin})
    assert answer.status == 403
    assert "own pages" in answer.said["error"]


@pytest.mark.parametrize("length", [None, str(1 << 40), "9" * 5000])
def test_of_a_file_without_an_end_no_more_than_the_limit_is_read(length: str | None) -> None:
    pieces = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal pieces
        while True:
            pieces += 1
            yield bytes(1 << 16)

    headers = {"Content-Length": length} if length else {}
    assert asyncio.run(ask(endless(), headers)).status == 413
    assert pieces == (0 if length else (route.MAX_BYTES >> 16) + 1)


def test_who_sends_too_slowly_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "PATIENCE", 0.05)

    async def slow() -> AsyncIterator[bytes]:
        yield b"\x89PNG"
        await asyncio.sleep(30)
        yield b"more"

    answer = asyncio.run(ask(slow()))
    assert answer.status == 408
    assert answer.said["error"] == "The file took longer than 0.05 seconds to come."
    assert not route._waiting


def test_who_goes_away_amid_the_file_leaves_nothing_behind() -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"\x89PNG"
        yield b""

    assert asyncio.run(ask(broken())).status == 400
    assert not route._waiting


@pytest.mark.parametrize("of_one", [route.MAX_OF_ONE, route.MAX_WAITING + 1])
def test_few_are_decoded_at_once_and_few_may_wait(
    monkeypatch: pytest.MonkeyPatch, of_one: int
) -> None:
    room = min(of_one, route.MAX_WAITING)
    running, most = 0, 0
    lock = threading.Lock()

    def slow(_: bytes) -> Brought:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.03)
        with lock:
            running -= 1
        return Brought(DIGIT, ())

    async def crowd() -> list[Answer]:
        monkeypatch.setattr(route, "_turns", asyncio.Semaphore(2))
        monkeypatch.setattr(route, "MAX_OF_ONE", of_one)
        return await asyncio.gather(*(ask(whole(b"x")) for _ in range(room + 3)))

    monkeypatch.setattr(route, "bring_picture", slow)
    statuses = [answer.status for answer in asyncio.run(crowd())]
    assert most == 2
    assert statuses.count(200) == room
    assert statuses.count(503) == 3
    assert not route._waiting


def test_the_pads_address_is_a_route_of_the_server_that_only_takes() -> None:
    from app.main import ROUTES

    (found,) = (each for each in ROUTES if getattr(each, "path", "") == "/lab/picture")
    assert found.methods == {"POST"}  # type: ignore[attr-defined]
