"""The few rules of style for Streamlit's own page that its theme has no option for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

_FOLDER = Path(__file__).parent


@cache
def _rules(name: str) -> Any:
    # A component without content is the way to a rule of style that needs no HTML.
    css = (_FOLDER / f"{name}.css").read_text(encoding="utf-8")
    return st.components.v2.component(f"rules_{name}", css=css, isolate_styles=False)


def style() -> None:
    """Fits Streamlit's page to one screen."""
    _rules("style")(key="style", height=1)


def hide_sidebar() -> None:
    """Leaves the whole width to the page."""
    _rules("presenter")(key="presenter", height=1)
