"""Two runs in small, live or replayed: the picture on a page's card."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from app.panels.bundle import bundle
from app.panels.feature_space import DEFAULT_LAYERS, PanelRun
from app.panels.message import message

_FOLDER = Path(__file__).parent / "feature_space"
_HTML = '<div class="lab thumbnail" data-theme="light" role="img"></div>'


@cache
def _component() -> Any:
    css = [(_FOLDER / name).read_text(encoding="utf-8") for name in ("panel.css", "thumbnail.css")]
    js = bundle(_FOLDER / "js", entry="thumbnail.js")
    return st.components.v2.component("thumbnail", html=_HTML, css="\n".join(css), js=js)


def thumbnail(*, left: PanelRun, right: PanelRun, label: str, key: str) -> None:
    """Mounts the two pictures.

    Args:
        left, right: the runs to show; a token keeps its owner's run from ending unwatched.
        label: what is to be seen, for those who do not see it.
        key: of the mounted component in the session.
    """
    data = message(
        left=_source(left, "left"),
        right=_source(right, "right"),
        label=label,
    )
    _component()(key=key, data=data)


def _source(run: PanelRun, side: str) -> dict[str, Any]:
    layers = {
        name.removeprefix(f"{side}."): shown
        for name, shown in DEFAULT_LAYERS.items()
        if name.startswith(f"{side}.")
    }
    return {
        "id": run.id,
        "title": run.title,
        "loss": run.loss,
        "token": run.token,
        "layers": layers,
    }
