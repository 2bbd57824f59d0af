"""The feature-space page: settings from link and sidebar, a pair of runs, the panel."""

from __future__ import annotations

import contextlib
from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app import address, link, pairs
from app.broadcast import base_path
from app.link import PageState
from app.notices import refused
from app.panels.feature_space import Export, PanelRun, feature_space
from app.plain import plain
from app.sidebar import WORDS, restart_part, seed_widgets, sidebar
from app.style import hide_sidebar
from lgm_core.data import DataError, load
from lgm_core.runs.reader import StoreError
from lgm_core.training.comparison import Comparison

#: Set by the landing page: begin to train at once.
PLAY = "feature-space.play"

_NAME = "feature-space"
_STATE = "feature-space.state"
#: Below this many steps neither loss has got far.
_FEW_STEPS = 200


def page() -> None:
    """Draws the page and carries out what was asked for in the panel."""
    state = _state()
    notice = st.sidebar.empty()
    # Presenter mode has no sidebar; its settings stay as they are.
    comparison, preset = (state.comparison, False) if state.present else sidebar(state.comparison)
    state = state._replace(comparison=comparison)
    if not state.present:
        _tell_of_few_steps(comparison, notice)
    pair = pairs.current()
    if pair is None or preset or restart_part(pair.comparison) != restart_part(comparison):
        pair = _start(comparison)
    if st.session_state.pop(PLAY, False):
        pairs.play(pair)

    result = feature_space(
        left=_panel(pair, 0),
        right=_panel(pair, 1),
        knobs=comparison.knobs,
        layers=state.layers,
        present=state.present,
        share="?" + _encode(state),
        exports=_exports(pair),
    )
    if state.present:
        hide_sidebar()
    after = PageState(
        comparison.model_copy(update=result.knobs.model_dump()) if not preset else comparison,
        result.layers,
        state.present if result.present is None else result.present,
    )
    _keep(after)
    if result.reset:
        _start(after.comparison)
    elif result.play_again:
        pairs.play(_start(after.comparison))
    if result.reset or result.play_again or after != state:
        st.rerun()


def _tell_of_few_steps(comparison: Comparison, notice: DeltaGenerator) -> None:
    """A small set of one's own is soon through; what it ends with says little of a loss."""
    if not comparison.data.startswith("own-"):
        return
    with contextlib.suppress(DataError):
        count = len(load(comparison.data).train_labels)
        steps = comparison.epochs * max(1, count // comparison.batch_size)
        if steps < _FEW_STEPS:
            notice.info(
                f"{comparison.epochs} epochs of {count} pictures are {steps} steps, too few for "
                "the losses to show themselves. Under More: more epochs, or a smaller batch."
            )


def _start(comparison: Comparison) -> pairs.Pair:
    """A fresh pair, or the reason why there can be none, in place of the page."""
    try:
        return pairs.start(comparison)
    except StoreError as error:
        st.error(plain(str(error)))
        st.stop()


def _state() -> PageState:
    """The page's state: from the link if that is news, else as it was left."""
    query = address.news(_NAME)
    kept = st.session_state.get(_STATE)
    if kept is None or query:
        kept, problems = link.parse(query or {})
        seed_widgets(kept.comparison)
        refused(f"In the link, {plain(problem)} The default is used." for problem in problems)
    assert isinstance(kept, PageState)
    return kept


def _keep(state: PageState) -> None:
    address.write(_NAME, link.render(state))
    st.session_state[_STATE] = state


def _encode(state: PageState) -> str:
    return urlencode(link.render(state))


def _panel(pair: pairs.Pair, side: int) -> PanelRun:
    run_id = (pair.left, pair.right)[side]
    loss = pair.comparison.sides()[side].loss
    token = next((run.token for run in pairs.runs(pair) if run.id == run_id), None)
    return PanelRun(id=run_id, title=WORDS["loss"][loss], loss=loss, token=token)


def _exports(pair: pairs.Pair) -> list[Export]:
    base = f"{base_path()}/lab"
    both = f"left={pair.left}&right={pair.right}"
    names = [WORDS["loss"][side.loss] for side in pair.comparison.sides()]
    exports = [
        Export(f"PyTorch script, {name}", f"{base}/runs/{run_id}/script.py")
        for name, run_id in zip(names, (pair.left, pair.right), strict=True)
    ]
    exports += [
        Export(f"Metrics, {name} (CSV)", f"{base}/runs/{run_id}/metrics.csv")
        for name, run_id in zip(names, (pair.left, pair.right), strict=True)
    ]
    if pair.comparison.data.startswith("own-"):
        # What the scripts learn from; the other sets are to be had elsewhere.
        path = f"{base}/runs/{pair.left}/digits.npz"
        exports.append(Export("Your pictures, for the scripts (npz)", path))
    exports += [
        Export("Animation (HTML, offline)", f"{base}/animation.html?{both}", "lgm-lab.html"),
        Export("Animation (GIF)", f"{base}/animation.gif?{both}", "lgm-lab.gif", "some seconds"),
    ]
    return exports
