"""The panel of faces: probes warped in the browser, their mean, and how far they are aligned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

from app.panels.bundle import bundle
from app.panels.feature_space import Assets, Export, knob_ranges
from app.panels.message import message

_FOLDER = Path(__file__).parent
_SHARED = _FOLDER.parent / "feature_space"


class FaceRun(NamedTuple):
    """A run as the panel shows it."""

    id: str  #: of the run
    title: str  #: above its wall
    token: str | None = None  #: lets this browser steer the run; None only watches
    wall: bool = True  #: whether its faces are shown, or its curves alone


class FacesResult(NamedTuple):
    """What a person did in the panel since the last re-run."""

    reset: bool  #: a fresh run is wanted
    present: bool | None  #: presenter mode was switched on or off


@cache
def assets() -> Assets:
    """Markup, style sheet and the one module, which exports ``mountFaces`` too."""
    sheets = (_SHARED / "panel.css", _FOLDER / "faces.css")
    return Assets(
        html=(_FOLDER / "faces.html").read_text(encoding="utf-8"),
        css="\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets),
        js=bundle(_FOLDER / "js", entry="faces.js", shared=_SHARED / "js"),
    )


@cache
def _component() -> Any:
    parts = assets()
    return st.components.v2.component("face_alignment", html=parts.html, css=parts.css, js=parts.js)


def faces(
    *,
    runs: Sequence[FaceRun],
    present: bool = False,
    share: str = "",
    exports: Sequence[Export] = (),
    key: str = "faces",
) -> FacesResult:
    """Mounts the panel, or tells the mounted one what is new.

    Args:
        runs: one to three; the last one is looked at most closely.
        present: whether presenter mode is on.
        share: the link that holds the settings.
        exports: what the server makes, beside what the panel makes itself.
        key: of the mounted component in the session.
    """
    told = _component()(
        key=key,
        data=message(
            runs=[run._asdict() for run in runs],
            present=present,
            ranges=knob_ranges(),
            share=share,
            exports=[asdict(export) for export in exports],
        ),
        on_reset_change=_nothing,
        on_present_change=_nothing,
    )
    wanted = told.get("present")
    return FacesResult(
        reset=bool(told.get("reset")), present=wanted if isinstance(wanted, bool) else None
    )


def _nothing() -> None:
    """A trigger exists by its callback; the result is read after the mount."""
