"""The page of faces: settings from link and sidebar, a run, the panel."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

import streamlit as st

from app import address
from app.broadcast import base_path
from app.engine import engine
from app.face_fetch import have_faces
from app.face_sidebar import BESIDE, NOTHING, WORDS, seed_widgets, sidebar
from app.notices import refused
from app.panels.face_warp import FaceRun, faces
from app.panels.feature_space import Export
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
_RUNS = "faces.runs"
_MAX_LENGTH = 100


class PageState(NamedTuple):
    """What a link to the page says."""

    settings: AlignSettings
    beside: str  #: one of :data:`BESIDE`
    present: bool


def page() -> None:
    """Draws the page and carries out what was asked for in the panel."""
    state = _state()
    if not state.present:
        settings, beside = sidebar(state.settings, state.beside)
        state = state._replace(settings=settings, beside=beside)
    shown = _shown(state)
    told = faces(
        runs=shown,
        exports=_exports(shown),
        present=state.present,
        share="?" + urlencode(render(state)),
    )
    if state.present:
        hide_sidebar()
    after = state if told.present is None else state._replace(present=told.present)
    address.write(_NAME, render(after))
    st.session_state[_STATE] = after
    if told.reset:
        _start(state)
    if told.reset or after != state:
        st.rerun()


def parse(query: dict[str, str]) -> tuple[PageState, list[str]]:
    """The state in a query string, and a plain sentence for each value that is not allowed."""
    values = {name: value[:_MAX_LENGTH] for name, value in query.items() if name != "kind"}
    settings, problems = read(values, AlignSettings)
    beside = values.get("beside", NOTHING)
    if beside not in BESIDE:
        problems.append(f"beside is {beside!r}; allowed: {', '.join(BESIDE)}.")
        beside = NOTHING
    return PageState(settings, beside, values.get("present") == "1"), problems


def render(state: PageState) -> dict[str, str]:
    """The query string of a state: only what differs from the defaults."""
    defaults = to_public(AlignSettings())
    query = {
        name: f"{value + 0:.12g}" if isinstance(value, float) else str(value)
        for name, value in to_public(state.settings).items()
        if value != defaults[name]
    }
    if state.beside != NOTHING:
        query["beside"] = state.beside
    return query | ({"present": "1"} if state.present else {})


def wanted(state: PageState) -> list[AlignSettings]:
    """The settings of the runs on the walls, the one that is compared with first."""
    settings, beside = state.settings, state.beside
    if beside == NOTHING:
        return [settings]
    field = "loss" if beside in WORDS["loss"] else "transform"
    other = settings.model_copy(update={field: beside})
    return [settings] if other == settings else [other, settings]


def _shown(state: PageState) -> list[FaceRun]:
    """The visitor's runs of these settings; those that come with the lab until they start any."""
    asked = wanted(state)
    runs = _own()
    if [run.settings for run in runs] != asked:
        shipped = [run for run in _shipped() if run.settings in asked]
        runs = shipped if not runs and len(shipped) == len(asked) else _start(state)
    shown = [FaceRun(run.id, _title(run.settings, asked), run.token) for run in runs]
    # Where the same faces are disturbed in the same way, the run without a transformer is told of.
    bare = [run for run in _shipped() if run.settings == _without(state.settings)]
    if state.beside == NOTHING and state.settings.transform != "none" and bare:
        shown.insert(0, FaceRun(bare[0].id, WORDS["transform"]["none"], wall=False))
    return shown


def _exports(runs: list[FaceRun]) -> list[Export]:
    base = f"{base_path()}/lab"
    query = urlencode({"runs": ".".join(run.id for run in runs)})
    query += "".join("&" + urlencode({"title": run.title}) for run in runs)
    query += "".join("&" + urlencode({"curves": run.id}) for run in runs if not run.wall)
    looked_at = runs[-1].id
    return [
        Export("Animation (HTML, offline)", f"{base}/faces.html?{query}", "faces.html"),
        Export(
            "Animation (GIF)", f"{base}/runs/{looked_at}/faces.gif", "faces.gif", "some seconds"
        ),
    ]


def _without(settings: AlignSettings) -> AlignSettings:
    return settings.model_copy(update={"transform": "none"})


def _title(settings: AlignSettings, asked: list[AlignSettings]) -> str:
    """What tells this run from the one beside it; alone, what there is to see."""
    if len(asked) == 1:
        bare = settings.transform == "none"
        return WORDS["transform"]["none"] if bare else "Disturbed → straightened"
    if asked[0].loss != asked[1].loss:
        return WORDS["loss"][settings.loss]
    return WORDS["transform"][settings.transform]


def _shipped() -> list[FacesRun]:
    ids = (pretrained.FACES_WITHOUT, pretrained.FACES)
    found = (of_faces(engine().get(run_id)) for run_id in ids)
    return [run for run in found if run is not None]


def _own() -> list[FacesRun]:
    """The visitor's own runs that the engine still knows."""
    found = (of_faces(engine().get(run_id)) for run_id in st.session_state.get(_RUNS, ()))
    return [run for run in found if run is not None]


def _start(state: PageState) -> list[FacesRun]:
    """Fresh runs, prepared; or the reason why there can be none, in place of the page."""
    have_faces(state.settings.people)
    for run in _own():
        run.send(Command(action="stop"))
    asked = wanted(state)
    runs: list[FacesRun] = []
    try:
        for settings in asked:
            beside = runs[0].id if runs else None
            fresh = engine().start(settings, paused=True, company=len(asked), beside=beside)
            runs.append(fresh)
    except StoreError as error:
        st.error(plain(str(error)))
        st.stop()
    st.session_state[_RUNS] = [run.id for run in runs]
    return runs


def _state() -> PageState:
    """The page's state: from the link if that is news, else as it was left."""
    query = address.news(_NAME)
    kept = st.session_state.get(_STATE)
    if kept is None or query:
        kept, problems = parse(query or {})
        seed_widgets(kept.settings, kept.beside)
        refused(f"In the link, {plain(sentence)} The default is used." for sentence in problems)
    assert isinstance(kept, PageState)
    return kept
