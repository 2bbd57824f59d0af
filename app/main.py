"""What ``python -m streamlit run app/main.py`` starts: the page script and the stream routes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.responses import RedirectResponse
from starlette.routing import Route

from app import (
    article_files,
    broadcast,
    dimensions,
    evidence_papers,
    exports,
    face_files,
    ledger,
    picture,
    strange,
)

ROOT = broadcast.base_path() + "/"
ROUTES = [
    # Whoever types it by the pattern of the other pages' addresses means the first page.
    Route(ROOT + "home", lambda request: RedirectResponse(ROOT), methods=["GET"]),
    *broadcast.routes(),
    *exports.routes(),
    *strange.routes(),
    *dimensions.routes(),
    *picture.routes(),
    *face_files.routes(),
    *ledger.routes(),
    *article_files.routes(),
]


@asynccontextmanager
async def lifespan(server: Any) -> AsyncIterator[None]:
    """The engine's life; while nobody needs the cores, answers are prepared."""
    async with broadcast.lifespan(server):
        preparing = asyncio.create_task(_prepare())
        try:
            yield
        finally:
            preparing.cancel()


async def _prepare() -> None:
    await strange.prepare()
    await evidence_papers.prepare()


app = st.App(Path(__file__).parent / "shell.py", routes=ROUTES, lifespan=lifespan)
