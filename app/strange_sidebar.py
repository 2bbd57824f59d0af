"""The sidebar of strange inputs: what is asked of the two models."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.strange_link import relevant
from lgm_core.detection.settings import DetectSettings
from lgm_core.training.settings import bounds

PREFIX = "strange-inputs."
#: The choice of models.
MODELS = PREFIX + "models"

#: How the words of a setting read on the page.
WORDS: dict[str, dict[str, str]] = {
    "inputs": {
        "adversarial": "Attacked digits",
        "noise": "Noise",
        "gaussian": "Noise, as bright as digits",
        "rotated": "Rotated digits",
        "inverted": "Inverted digits",
        "occluded": "Occluded digits",
        "faces": "Faces",
    },
    "attack": {
        "none": "No attack",
        "fgsm": "FGSM, one step",
        "bim": "BIM, small steps",
        "pgd": "PGD, from random starts",
        "adaptive": "Adaptive PGD",
        "deepfool": "DeepFool",
        "cw": "Carlini-Wagner",
    },
    "norm": {"linf": "Each pixel, L∞", "l2": "Euclidean length, L2"},
}

#: Steps of a slider; a link may bring a value between them.
_STOPS: dict[str, list[float]] = {
    "weight": [0, 0.1, 0.3, 1, 3, 10, 30, 100],
    "count": [50, 100, 200, 500, 1000],
}
#: Beyond it every digit is noise; a link may still ask for more.
_USUAL_EPSILON = 0.5
#: For the attack's target: to Streamlit, None is a choice that nobody has made yet.
_ANY = -1
_MAIN = ("inputs", "attack", "epsilon", "weight", "steps", "count")


def seed_widgets(settings: DetectSettings) -> None:
    """Sets the widgets to settings that came from a link or an earlier visit."""
    for field in DetectSettings.model_fields:
        value = getattr(settings, field)
        st.session_state[PREFIX + field] = _ANY if field == "target" and value is None else value


def sidebar(settings: DetectSettings, class_names: tuple[str, ...]) -> DetectSettings:
    """Draws what these inputs and this attack can be told; returns the settings as set there."""
    for field in ("inputs", "attack"):
        if field in relevant(settings):
            settings = _set(settings, field, class_names)
    fields = [field for field in relevant(settings) if field not in ("inputs", "attack")]
    for field in (field for field in fields if field in _MAIN):
        settings = _set(settings, field, class_names)
    if more := [field for field in fields if field not in _MAIN]:
        with st.expander("More"):
            for field in more:
                settings = _set(settings, field, class_names)
    return settings


def _set(settings: DetectSettings, field: str, class_names: tuple[str, ...]) -> DetectSettings:
    value = _widget(field, getattr(settings, field), class_names)
    return settings.model_copy(update={field: value})


def _widget(field: str, value: Any, class_names: tuple[str, ...]) -> Any:
    info, key = DetectSettings.model_fields[field], PREFIX + field
    label = str(info.title)[0].upper() + str(info.title)[1:]
    st.session_state.setdefault(key, _ANY if field == "target" and value is None else value)
    if field in WORDS:
        words = WORDS[field]
        return st.selectbox(
            label, list(words), format_func=words.__getitem__, key=key, help=info.description
        )
    if field in _STOPS:
        stops = sorted({*_STOPS[field], st.session_state[key]})
        return st.select_slider(
            label, stops, key=key, format_func=lambda stop: f"{stop:g}", help=info.description
        )
    if field == "epsilon":
        highest = _USUAL_EPSILON if st.session_state[key] <= _USUAL_EPSILON else 1.0
        return st.slider(label, 0.0, highest, step=0.01, key=key, help=info.description)
    if field == "target":
        options = [_ANY, *range(len(class_names))]
        if st.session_state[key] not in options:
            highest = len(class_names) - 1
            st.toast(
                f"target is {st.session_state[key]}; allowed: 0 to {highest}, or none.",
                duration="infinite",
            )
            st.session_state[key] = _ANY
        chosen = st.selectbox(
            label,
            options,
            format_func=lambda k: "Any wrong class" if k == _ANY else class_names[k],
            key=key,
            help=info.description,
        )
        return None if chosen == _ANY else chosen
    low, high = bounds(field, DetectSettings) or (0, 1)
    return st.number_input(label, int(low), int(high), key=key, step=1, help=info.description)
