"""The feature-space panel: two runs side by side, live, with everything that steers them.

The page script says what to show and is told what a person wants; frames go from the server to
the browser over each run's own WebSocket and never through the page script.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

import streamlit as st

from app.panels.bundle import bundle
from app.panels.message import message
from lgm_core.training.settings import Knobs, LossName, bounds

Side = Literal["left", "right"]

_FOLDER = Path(__file__).parent

#: What each panel shows until a person chooses otherwise: ``side.layer`` -> shown.
DEFAULT_LAYERS: Mapping[str, bool] = {
    "left.gaussians": False,
    "left.margin": False,
    "left.contours": False,
    "left.regions": True,
    "left.errors": False,
    "left.trails": False,
    "right.gaussians": True,
    "right.margin": True,
    "right.contours": False,
    "right.regions": False,
    "right.errors": False,
    "right.trails": False,
}


@dataclass(frozen=True)
class PanelRun:
    """A run as one of the two panels shows it."""

    id: str  #: of the run
    title: str  #: at the panel's upper left
    loss: LossName  #: decides which layers exist and which formula is shown
    token: str | None = None  #: lets this browser steer the run; None only watches


@dataclass(frozen=True)
class Export:
    """One entry of the export menu."""

    label: str
    href: str  #: where it is downloaded from
    filename: str = ""  #: name to save under; empty: as the server says
    note: str = ""  #: a few words beside the label, such as "a minute"


@dataclass(frozen=True)
class FeatureSpaceResult:
    """What a person did in the panel since the last re-run, and what lasts."""

    knobs: Knobs  #: as they were when a slider was last let go
    layers: dict[str, bool] = field(default_factory=dict)  #: by the names that were passed
    reset: bool = False  #: a fresh pair of runs is wanted
    play_again: Side | None = None  #: the failed run of this side shall start again
    present: bool | None = None  #: presenter mode was switched on or off


class Assets(NamedTuple):
    """What a browser needs to show the panel, in Streamlit or in a file of its own."""

    html: str
    css: str
    js: str


@cache
def assets() -> Assets:
    """Markup, style sheet and the one module, which exports ``mountReplay`` too.

    Raises:
        BundleError: if the panel's modules cannot be joined.
    """
    return Assets(
        html=(_FOLDER / "panel.html").read_text(encoding="utf-8"),
        css=(_FOLDER / "panel.css").read_text(encoding="utf-8"),
        js=bundle(_FOLDER / "js"),
    )


def knob_ranges() -> list[dict[str, Any]]:
    """Name, title, symbol, help, low, high, scale and decimals of each slider, in order."""
    looks = {
        "alpha": ("linear", 2),
        "lambda_": ("fine", 2),
        "learning_rate": ("log", 3),
    }
    ranges = []
    for name, (scale, decimals) in looks.items():
        info = Knobs.model_fields[name]
        limits = bounds(name, Knobs)
        if limits is None:
            raise ValueError(f"the knob {name} has no range")
        words = (info.title or name).split(" ")
        symbol = words.pop() if len(words[-1]) == 1 else None
        ranges.append(
            {
                "name": info.alias or name,
                "title": " ".join(words),
                "symbol": symbol,
                "help": info.description or "",
                "low": limits[0],
                "high": limits[1],
                "scale": scale,
                "decimals": decimals,
            }
        )
    return ranges


@cache
def _component() -> Any:
    parts = assets()
    return st.components.v2.component("feature_space", html=parts.html, css=parts.css, js=parts.js)


def feature_space(
    *,
    left: PanelRun,
    right: PanelRun,
    knobs: Knobs,
    layers: Mapping[str, bool] = DEFAULT_LAYERS,
    present: bool = False,
    share: str = "",
    exports: Sequence[Export] = (),
    key: str = "feature_space",
) -> FeatureSpaceResult:
    """Mounts the panel, or tells the mounted one what is new.

    Args:
        left, right: the runs to show; another ``id`` shows a fresh run.
        knobs: where the sliders stand at first; they follow when these values change.
        layers: ``side.layer`` -> shown, each panel for itself; or ``layer`` -> shown, and then
            what is switched in one panel holds for both.
        present: whether presenter mode is on.
        share: the link that holds the whole state, absolute or relative; empty: no button.
        exports: the entries of the export menu; none: no menu.
        key: of the mounted component in the session.
    """
    data = message(
        left=asdict(left),
        right=asdict(right),
        knobs=knobs.model_dump(by_alias=True),
        ranges=knob_ranges(),
        layers=dict(layers),
        present=present,
        share=share,
        exports=[asdict(export) for export in exports],
    )
    told = _component()(
        key=key,
        data=data,
        on_knobs_change=_nothing,
        on_layers_change=_nothing,
        on_reset_change=_nothing,
        on_play_again_change=_nothing,
        on_present_change=_nothing,
    )
    side = told.get("play_again")
    wanted = told.get("present")
    return FeatureSpaceResult(
        knobs=_knobs(_news(key, "knobs", told.get("knobs")), knobs),
        layers=_layers(_news(key, "layers", told.get("layers")), layers),
        reset=bool(told.get("reset")),
        play_again=cast("Side", side) if side in ("left", "right") else None,
        present=wanted if isinstance(wanted, bool) else None,
    )


def _nothing() -> None:
    """States and triggers exist by their callbacks; the result is read after the mount."""


def _news(key: str, name: str, told: Any) -> Any:
    """What the browser told of a state, if the page has not heard it yet; else None.

    A state lasts in the session. Were it read at every re-run, an old slider value would undo
    the preset or the link that came after it.
    """
    if not isinstance(told, Mapping) or not isinstance(told.get("turn"), int):
        return None
    heard = f"{key}.{name}.turn"
    if told["turn"] <= st.session_state.get(heard, 0):
        return None
    st.session_state[heard] = told["turn"]
    return told.get("values")


def _knobs(told: Any, otherwise: Knobs) -> Knobs:
    """Knobs as the browser told them; out-of-range ones never get past here."""
    if told is None:
        return otherwise
    try:
        return Knobs.model_validate(dict(told))
    except (TypeError, ValueError):
        return otherwise


def _layers(told: Any, otherwise: Mapping[str, bool]) -> dict[str, bool]:
    """What the browser told of the layers that were passed to it."""
    layers = dict(otherwise)
    if isinstance(told, Mapping):
        layers |= {name: told[name] is True for name in layers if name in told}
    return layers
