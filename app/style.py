"""The few rules of style for Streamlit's own page that its theme has no option for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

_CSS = Path(__file__).with_suffix(".css")


@cache
def _component() -> Any:
    css = _CSS.read_text(encoding="utf-8")
    return st.components.v2.component("page_style", css=css, isolate_styles=False)


def style() -> None:
    """Adds the rules; an empty component is the way that needs no HTML from a string."""
    _component()(key="page_style", height=1)
