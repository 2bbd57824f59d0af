"""The sidebar of the page of faces: what needs a restart."""

from __future__ import annotations

import streamlit as st

from lgm_core.alignment.settings import AlignSettings, Disturbance
from lgm_core.training.settings import bounds, choices

_PREFIX = "faces."

#: How the words of a setting read on the page.
WORDS: dict[str, dict[str, str]] = {
    "people": {
        "orl": "ORL, 40 people",
        "synthetic": "Drawn, 40 people",
        "olivetti": "Olivetti (download)",
        "lfw": "LFW (download)",
    },
    "transform": {
        "none": "None",
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
_MAIN = ("people", "transform", "loss")
_DISTURB = ("turn", "scale", "shift")
_UNITS = {"turn": "±%d°", "scale": "±%d %%", "shift": "±%d %%", "shear": "±%d°", "tilt": "±%d %%"}
_MORE = ("shear", "tilt", "border", "stages", "feature_dim", "decay", "batch_size", "steps", "seed")


def seed_widgets(settings: AlignSettings) -> None:
    """Sets the widgets to settings that came from a link or an earlier visit."""
    for field in (*_MAIN, *_DISTURB, *_MORE):
        st.session_state[_PREFIX + field] = getattr(settings, field)


def sidebar(settings: AlignSettings) -> AlignSettings:
    """Draws the sidebar; returns the settings as set there."""
    with st.sidebar:
        st.caption("NEEDS A RESTART")
        values = {field: _widget(field, settings) for field in _MAIN}
        st.caption("DISTURB THE FACES")
        values |= {field: _widget(field, settings) for field in _DISTURB}
        with st.expander("More"):
            values |= {field: _widget(field, settings) for field in _MORE}
        st.caption(
            "No landmarks, no template. The network is told only who each person is; "
            "the rows are people it has never seen."
        )
    return settings.model_copy(update=values)


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
