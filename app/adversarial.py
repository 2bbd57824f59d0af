"""The page of strange inputs: models and question from the sidebar, the rest in the panel."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from app import address, strange_link
from app.engine import engine
from app.notices import refused
from app.panels.strange import strange_inputs
from app.plain import plain
from app.strange_link import PageState, effective
from app.strange_models import Pair, offer_to_end_training, pairs_to_attack
from app.strange_sidebar import MODELS, WORDS, seed_widgets, sidebar
from app.style import hide_sidebar
from lgm_core.data import DataError, load

_NAME = "strange-inputs"
_STATE = "strange-inputs.state"


def page() -> None:
    """Draws the page and keeps what was chosen in it."""
    # While the browser still loads the page's scripts, its answers' processes load theirs.
    engine().bench.warm_up()
    state = _state()
    found, problem = pairs_to_attack(state.models)
    if problem:
        st.toast(f"In the link, {problem}", duration="infinite")
        state = state._replace(models="")
    if not found:
        st.error("The pair of models that comes with the lab is missing: install it anew.")
        st.stop()
    key = state.models or list(found)[-1]
    if not state.present:
        with st.sidebar:
            key = _choose(found, key)
            settings = sidebar(state.settings, _class_names(found[key]))
        state = state._replace(settings=settings)
    state = state._replace(models=key)
    settings = effective(state.settings)
    told = strange_inputs(
        models=found[key].models,
        settings=settings.model_dump(),
        strange=WORDS["inputs"][settings.inputs].lower(),
        scores=state.scores,
        thresholds=state.thresholds,
        present=state.present,
        share="?" + urlencode(strange_link.render(state)),
    )
    if state.present:
        hide_sidebar()
    after = state if told is None else state._replace(present=told)
    address.write(_NAME, strange_link.render(after))
    st.session_state[_STATE] = after
    if after != state:
        st.rerun()


def _choose(found: dict[str, Pair], key: str) -> str:
    if st.session_state.get(MODELS) not in found:
        st.session_state[MODELS] = key
    chosen = st.selectbox(
        "Models", list(found), format_func=lambda name: found[name].title, key=MODELS
    )
    offer_to_end_training(MODELS)
    return str(chosen)


def _class_names(pair: Pair) -> tuple[str, ...]:
    """The classes that the pair knows; none where its digits are gone."""
    try:
        return tuple(load(pair.runs[0].settings.data).class_names)
    except DataError:
        return ()


def _state() -> PageState:
    """The page's state: from the link if that is news, else as it was left."""
    query = address.news(_NAME)
    kept = st.session_state.get(_STATE)
    if kept is None or query:
        kept, problems = strange_link.parse(query or {})
        seed_widgets(kept.settings)
        st.session_state.pop(MODELS, None)
        refused(f"In the link, {plain(sentence)} The default is used." for sentence in problems)
    assert isinstance(kept, PageState)
    return kept
