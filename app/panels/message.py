"""What the page says to a mounted panel."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.broadcast import base_path


def message(**told: Any) -> list[dict[str, Any]]:
    """The one entry of a list: where the app is served, its theme, and ``told``.

    In a list, since Streamlit asks of every list and dictionary within a dictionary whether it
    is a data frame, and loads pandas for the question: most of a second before the first picture,
    and memory that no page needs.
    """
    return [{"base": base_path(), "theme": st.context.theme.type, **told}]
