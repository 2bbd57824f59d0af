"""The address bar: what a page writes into it, and whether what stands in it is news.

A browser sends its query string along with every click. While a slider is moved quickly, that is
often one which the page itself wrote a moment ago and has since replaced: taken for a link, it
would set the slider back.
"""

from __future__ import annotations

import time
from itertools import pairwise

import streamlit as st

#: So long what a page wrote may come back from the browser once it is replaced, seconds.
_ECHO_SECONDS = 5.0
_MAX_ECHOES = 50


def news(page: str) -> dict[str, str] | None:
    """The query string, if it did not come from the page itself; None otherwise.

    Where the browser has gone back or forward is news too, unless the page left it just now:
    that cannot be told from an echo.

    Args:
        page: under which name the page writes.
    """
    query = dict(st.query_params)
    written: list[tuple[float, dict[str, str]]] = st.session_state.get(_key(page), [])
    if not query or (written and written[-1][1] == query):
        return None
    now = time.monotonic()
    # What stood there for long is replaced only now, and may come back from now on.
    replaced = pairwise(written)
    if any(old == query and now - at < _ECHO_SECONDS for (_, old), (at, _) in replaced):
        return None
    # From now on the page's own: it may have no reason to write it.
    _note(page, query)
    return query


def write(page: str, query: dict[str, str]) -> None:
    """Puts a query string into the address bar."""
    # Noted first: the run may be ended in the call below, for the next move of the slider, and
    # what was not noted would come back from the browser as a link.
    _note(page, query)
    if dict(st.query_params) != query:
        st.query_params.from_dict(query)


def _note(page: str, query: dict[str, str]) -> None:
    written = st.session_state.get(_key(page), [])
    if not written or written[-1][1] != query:
        st.session_state[_key(page)] = [*written, (time.monotonic(), query)][-_MAX_ECHOES:]


def _key(page: str) -> str:
    return f"{page}.written"
