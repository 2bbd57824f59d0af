"""Faces that are downloaded when they are first wanted: the page says how far that is."""

from __future__ import annotations

import time

import streamlit as st

from app.face_sidebar import PEOPLE, WORDS
from app.plain import plain
from lgm_core.data import DataError
from lgm_core.data.kept_people import is_kept
from lgm_core.data.people import load_people

_FETCHED = ("olivetti", "lfw")
#: Seconds between two words to the browser.
_BEAT = 0.25


def have_faces(people: str) -> None:
    """Returns at once where nothing is to be downloaded; else downloads in the page's place.

    A click on anything runs the script anew, which ends the download at its next word. Where the
    faces cannot be had, the page ends in the reason.
    """
    if people not in _FETCHED or is_kept(people):
        return
    name = WORDS["people"][people].split(" (")[0]
    place = st.empty()
    with place.container():
        bar = st.progress(0.0, f"Downloads {name}")
        st.button("Cancel", on_click=_use_orl)
    told = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told >= _BEAT:
            told = time.monotonic()
            share = min(1.0, done / max(total, 1))
            bar.progress(share, f"Downloads {name}: {done / 1e6:.0f} of about {total / 1e6:.0f} MB")

    try:
        load_people(people, progress=tell)
    except DataError as error:
        place.empty()
        st.error(plain(str(error)))
        st.stop()
    place.empty()


def _use_orl() -> None:
    """Before the sidebar is drawn: afterwards its value is no longer ours to set."""
    st.session_state[PEOPLE] = "orl"
