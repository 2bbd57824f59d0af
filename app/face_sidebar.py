"""The sidebar of the page of faces: what needs a restart."""

from __future__ import annotations

import streamlit as st

from app.face_uploads import own_faces, take_imported
from lgm_core.alignment.settings import AlignSettings, Disturbance
from lgm_core.training.settings import bounds, choices

_PREFIX = "faces."
#: Key of the choice of people.
PEOPLE = _PREFIX + "people"

#: How the words of a setting read on the page.
WORDS: dict[str, dict[str, str]] = {
    "people": {
        "orl": "ORL, 40 people",
        "synthetic": "Drawn, 40 people",
        "olivetti": "Olivetti (download)",
        "lfw": "LFW (download)",
    },
    "transform": {
        "none": "Without a transformer",
        "translation": "Translation (2 numbers)",
        "similarity": "Similarity (4 numbers)",
        "affine": "Affine (6 numbers)",
        "projective": "Projective (8 numbers)",
        "tps": "Thin-plate spline (32 numbers)",
    },
    "loss": {"softmax": "Softmax", "lgm": "L-GM"},
    "border": {"edge": "Its edge goes on", "black": "Black"},
    "decay": {"none": "None", "cosine": "Cosine, to 0"},
}
#: What stands beside the run: nothing, a run with another transform, or with another loss.
NOTHING = "nothing"
BESIDE: dict[str, str] = {
    NOTHING: "Nothing",
    **{name: words.split(" (")[0] for name, words in WORDS["transform"].items()},
    **WORDS["loss"],
}
BESIDE["none"] = "No transformer"

_MAIN = ("people", "transform", "loss")
_DISTURB = ("turn", "scale", "shift")
_UNITS = {"turn": "±%d°", "scale": "±%d %%", "shift": "±%d %%", "shear": "±%d°", "tilt": "±%d %%"}
_MORE = ("shear", "tilt", "border", "stages", "feature_dim", "decay", "batch_size", "steps", "seed")


def seed_widgets(settings: AlignSettings, beside: str) -> None:
    """Sets the widgets to settings that came from a link or an earlier visit."""
    for field in (*_MAIN, *_DISTURB, *_MORE):
        st.session_state[_PREFIX + field] = getattr(settings, field)
    st.session_state[_PREFIX + "beside"] = beside


def sidebar(settings: AlignSettings, beside: str) -> tuple[AlignSettings, str]:
    """Draws the sidebar; returns the settings as set there, and what stands beside them."""
    with st.sidebar:
        if imported := take_imported():
            # Before the widget is drawn: afterwards its value is no longer ours to set.
            st.session_state[PEOPLE] = imported
        st.caption("NEEDS A RESTART")
        values = {field: _widget(field, settings) for field in _MAIN}
        st.session_state.setdefault(_PREFIX + "beside", beside)
        beside = st.selectbox(
            "Compare with",
            tuple(BESIDE),
            key=_PREFIX + "beside",
            format_func=BESIDE.__getitem__,
            help="A second run, with the same faces and another transform or loss.",
        )
        st.caption("DISTURB THE FACES")
        values |= {field: _widget(field, settings) for field in _DISTURB}
        with st.expander("More"):
            values |= {field: _widget(field, settings) for field in _MORE}
        own_faces()
        st.caption(
            "No landmarks, no template. The network is told only who each person is; a linear "
            "reader of the straightened picture, told the same, keeps up the pressure to align. "
            "The rows are people that neither has seen."
        )
    return settings.model_copy(update=values), beside


def _widget(field: str, settings: AlignSettings) -> object:
    info = AlignSettings.model_fields[field]
    title = str(info.title)
    label, key = title[0].upper() + title[1:], _PREFIX + field
    st.session_state.setdefault(key, getattr(settings, field))
    if field in WORDS:
        words = choices(field, AlignSettings) or tuple(WORDS[field])
        words += tuple({st.session_state[key]} - set(words))
        return st.selectbox(
            label,
            words,
            key=key,
            format_func=lambda word: WORDS[field].get(word, "Your own faces"),
            help=info.description,
        )
    limits = bounds(field, AlignSettings)
    assert limits is not None
    low, high = limits
    if field in Disturbance.model_fields:
        return st.slider(
            label, low, high, key=key, step=1.0, format=_UNITS[field], help=info.description
        )
    return st.number_input(label, int(low), int(high), key=key, step=1, help=info.description)
