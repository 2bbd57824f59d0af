"""The sidebar of the feature-space page: what needs a restart, and ready-made comparisons."""

from __future__ import annotations

import streamlit as st

from app.mathematics import mathematics
from app.uploads import own_digits, take_imported
from lgm_core.training.comparison import Comparison
from lgm_core.training.presets import PRESETS
from lgm_core.training.settings import Knobs, bounds, choices

_PREFIX = "feature-space."
_CUSTOM = "Your own"
_NO_LESSON = "Settings of your own: what do you expect to see?"
#: The preset that the settings were last equal to.
_LAST = _PREFIX + "last-preset"
_PRESET = _PREFIX + "preset"

#: How the words of a setting read on the page.
WORDS: dict[str, dict[str, str]] = {
    "loss": {
        "softmax": "Softmax",
        "lgm": "L-GM",
        "center": "Center loss",
        "l-softmax": "L-Softmax",
        "sphereface": "SphereFace",
        "cosface": "CosFace",
        "arcface": "ArcFace",
    },
    "covariance": {
        "identity": "Identity",
        "isotropic": "Isotropic, learned",
        "diagonal": "Diagonal, learned",
    },
    "margin_schedule": {"constant": "Constant", "stepped": "Stepped, as the authors"},
    "decay": {"none": "None", "cosine": "Cosine, to 0"},
    "network": {
        "live": "Live, small",
        "batchnorm": "Small, batch normalisation",
        "paper": "Paper, six convolutions",
    },
    "data": {"bundled": "Bundled, 5,000", "full": "Full MNIST, 70,000"},
}
WORDS["left"] = WORDS["right"] = WORDS["loss"]

_MAIN = ("data", "left", "right", "covariance", "feature_dim", "network")
_MORE = ("margin_schedule", "decay", "batch_size", "epochs", "seed")


def seed_widgets(comparison: Comparison) -> None:
    """Sets the widgets to a comparison that came from a link, a preset or an earlier visit."""
    for field in _MAIN + _MORE:
        st.session_state[_PREFIX + field] = getattr(comparison, field)


def sidebar(comparison: Comparison) -> tuple[Comparison, bool]:
    """Draws the sidebar; returns the comparison as set there, and whether a preset was taken."""
    with st.sidebar:
        if imported := take_imported():
            # Before the widget is drawn: afterwards its value is no longer ours to set.
            st.session_state[_PREFIX + "data"] = imported
        comparison, taken = _preset(comparison)
        st.caption("NEEDS A RESTART")
        values = {field: _widget(field, comparison) for field in _MAIN}
        with st.expander("More"):
            values |= {field: _widget(field, comparison) for field in _MORE}
        own_digits()
        mathematics()
        st.caption(
            "Same digits, same starting weights, same batches on both sides: "
            "the loss is the only difference."
        )
    return comparison.model_copy(update=values), taken


def _preset(comparison: Comparison) -> tuple[Comparison, bool]:
    names = [*PRESETS, _CUSTOM]
    now = next((n for n, p in PRESETS.items() if p.comparison == comparison), _CUSTOM)
    if st.session_state.get(_PRESET) not in (now, None):
        chosen = st.session_state[_PRESET]
        if st.session_state.pop(_PREFIX + "preset-taken", False) and chosen in PRESETS:
            comparison, now = PRESETS[chosen].comparison, chosen
            seed_widgets(comparison)
            _draw_preset(names, now)
            return comparison, True
        st.session_state[_PRESET] = now
    _draw_preset(names, now)
    return comparison, False


def _draw_preset(names: list[str], now: str) -> None:
    st.session_state.setdefault(_PRESET, now)
    last = st.session_state[_LAST] = now if now in PRESETS else st.session_state.get(_LAST)
    titles = {name: preset.title for name, preset in PRESETS.items()}
    titles[_CUSTOM] = f"{titles[last]}, changed" if last else _CUSTOM
    st.selectbox(
        "Preset",
        names,
        key=_PRESET,
        format_func=titles.__getitem__,
        on_change=lambda: st.session_state.update({_PREFIX + "preset-taken": True}),
    )
    # It stays while a knob is turned, and so do the settings below it.
    st.caption(PRESETS[last].lesson if last else _NO_LESSON)


def _widget(field: str, comparison: Comparison) -> object:
    info = Comparison.model_fields[field]
    title = str(info.title)
    label, key = title[0].upper() + title[1:], _PREFIX + field
    st.session_state.setdefault(key, getattr(comparison, field))
    words = choices(field, Comparison)
    if field == "data":
        # A set of one's own is an option from the moment that its import has put it here.
        words = ("bundled", "full")
        words += tuple({comparison.data, st.session_state[key]} - set(words))
    if words:
        return st.selectbox(
            label,
            words,
            key=key,
            format_func=lambda word: WORDS[field].get(word, "Your own digits"),
            help=info.description,
        )
    limits = bounds(field, Comparison)
    assert limits is not None
    return st.number_input(
        label, int(limits[0]), int(limits[1]), key=key, step=1, help=info.description
    )


def restart_part(comparison: Comparison) -> Comparison:
    """The comparison without its knobs: when this changes, the runs must start anew."""
    return comparison.model_copy(update=Knobs().model_dump())
