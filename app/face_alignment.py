"""The page of faces: settings from link and sidebar, a run, the panel."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

import streamlit as st

from app import address
from app.engine import engine
from app.face_sidebar import seed_widgets, sidebar
from app.panels.face_warp import faces
from app.plain import plain
from app.style import hide_sidebar
from lgm_core import pretrained
from lgm_core.alignment.settings import AlignSettings
from lgm_core.runs.engine import FacesRun, of_faces
from lgm_core.runs.store import StoreError
from lgm_core.training.controls import Command
from lgm_core.training.settings import read, to_public

_NAME = "faces"
_STATE = "faces.state"
_RUN = "faces.run"
_MAX_LENGTH = 100


class PageState(NamedTuple):
    """What a link to the page says."""

    settings: AlignSettings
    present: bool


def page() -> None:
    """Draws the page and carries out what was asked for in the panel."""
    state = _state()
    settings = state.settings if state.present else sidebar(state.settings)
    run = _run(settings)
    state = state._replace(settings=settings)
    told = faces(
        run_id=run.id,
        token=run.token,
        present=state.present,
        share="?" + urlencode(render(state)),
    )
    if state.present:
        hide_sidebar()
    after = state if told.present is None else state._replace(present=told.present)
    address.write(_NAME, render(after))
    st.session_state[_STATE] = after
    if told.reset:
        _start(settings)
    if told.reset or after != state:
        st.rerun()


def parse(query: dict[str, str]) -> tuple[PageState, list[str]]:
    """The state in a query string, and a plain sentence for each value that is not allowed."""
    values = {name: value[:_MAX_LENGTH] for name, value in query.items() if name != "kind"}
    settings, problems = read(values, AlignSettings)
    return PageState(settings, values.get("present") == "1"), problems


def render(state: PageState) -> dict[str, str]:
    """The query string of a state: only what differs from the defaults."""
    defaults = to_public(AlignSettings())
    query = {
        name: f"{value:g}" if isinstance(value, float) else str(value)
        for name, value in to_public(state.settings).items()
        if value != defaults[name]
    }
    return query | ({"present": "1"} if state.present else {})


def _run(settings: AlignSettings) -> FacesRun:
    """The visitor's run of these settings; a trained one until they start their own."""
    known = st.session_state.get(_RUN)
    run = of_faces(engine().get(known)) if isinstance(known, str) else None
    if run is not None and run.settings == settings:
        return run
    if run is None and settings == AlignSettings():
        shipped = of_faces(engine().get(pretrained.FACES))
        if shipped is not None:
            return shipped
    return _start(settings)


def _start(settings: AlignSettings) -> FacesRun:
    """A fresh run, prepared; or the reason why there can be none, in place of the page."""
    known = st.session_state.get(_RUN)
    if isinstance(known, str) and (run := of_faces(engine().get(known))):
        run.send(Command(action="stop"))
    try:
        fresh = engine().start(settings, paused=True)
    except StoreError as error:
        st.error(plain(str(error)))
        st.stop()
    st.session_state[_RUN] = fresh.id
    return fresh


def _state() -> PageState:
    """The page's state: from the link if that is news, else as it was left."""
    query = address.news(_NAME)
    kept = st.session_state.get(_STATE)
    if kept is None or query:
        kept, problems = parse(query or {})
        seed_widgets(kept.settings)
        for sentence in problems:
            st.toast(f"In the link, {plain(sentence)} The default is used.", duration="infinite")
    assert isinstance(kept, PageState)
    return kept
