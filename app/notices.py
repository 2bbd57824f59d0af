"""What a link said that is not allowed, told without covering the page."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

#: Toasts of one link; they stay until they are closed, one by one.
MOST = 3


def refused(sentences: Iterable[str]) -> None:
    """Shows each sentence once, and how many more there are beyond a few.

    Args:
        sentences: made plain already, see :mod:`app.plain`.
    """
    told = list(dict.fromkeys(sentences))
    for sentence in told[:MOST]:
        st.toast(sentence, duration="infinite")
    if (more := len(told) - MOST) > 0:
        values = "value is" if more == 1 else "values are"
        st.toast(f"In the link, {more} more {values} not allowed.", duration="infinite")
