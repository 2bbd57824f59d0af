"""One request, handed to routes as a server would."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

from starlette.applications import Starlette
from starlette.routing import BaseRoute


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


async def ask(routes: Sequence[BaseRoute], path: str) -> Answer:
    """One GET request."""
    where, _, query = path.partition("?")
    scope = {
        "type": "http", "method": "GET", "path": where, "raw_path": where.encode(),
        "query_string": query.encode(), "headers": [], "root_path": "", "http_version": "1.1",
        "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1),
    }  # fmt: skip
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        said.append(message)

    await Starlette(routes=list(routes))(scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in said[0]["headers"]}
    return Answer(said[0]["status"], headers, b"".join(m.get("body", b"") for m in said[1:]))


def get_from(routes: Sequence[BaseRoute], path: str) -> Answer:
    """The same, waited for."""
    return asyncio.run(ask(routes, path))
