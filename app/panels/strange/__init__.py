"""Strange inputs: gallery, ways through feature space, histograms with thresholds, ROC, table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

from app.panels.bundle import bundle
from app.panels.message import message

_FOLDER = Path(__file__).parent
_SHARED = _FOLDER.parent / "feature_space"


class Model(NamedTuple):
    """A trained run as the page names it."""

    id: str  #: of the run
    name: str  #: a word or two


@cache
def _component() -> Any:
    sheets = (_SHARED / "panel.css", _FOLDER / "strange.css", _FOLDER / "dimensions.css")
    return st.components.v2.component(
        "strange_inputs",
        html=(_FOLDER / "strange.html").read_text(encoding="utf-8"),
        css="\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets),
        js=bundle(_FOLDER / "js", entry="strange.js", shared=_SHARED / "js"),
    )


def strange_inputs(
    *,
    models: Sequence[Model],
    settings: Mapping[str, Any],
    strange: str,
    scores: Sequence[str] = (),
    thresholds: Sequence[float | None] = (),
    present: bool = False,
    share: str = "",
    key: str = "strange-inputs",
) -> bool | None:
    """Mounts the page's picture, or asks the mounted one's new question.

    Args:
        models: one or two, trained on the same digits; the one that is compared with first.
        settings: of the study, as :class:`lgm_core.detection.settings.DetectSettings` has them.
        strange: what the strange inputs are called, such as "attacked digits".
        scores: which score of each model is looked at first; the model's own where there is none.
        thresholds: to begin with, of each model's score; its own where there is none.
        present: whether presenter mode is on.
        share: the link that holds the settings; the panel adds what is chosen in it.
        key: of the mounted component in the session.

    Returns:
        Whether presenter mode was switched on or off since the last re-run, None if neither.
    """
    told = _component()(
        key=key,
        data=message(
            models=[model._asdict() for model in models],
            settings=dict(settings),
            strange=strange,
            scores=list(scores),
            thresholds=list(thresholds),
            present=present,
            share=share,
        ),
        on_present_change=_nothing,
    )
    wanted = told.get("present")
    return wanted if isinstance(wanted, bool) else None


def _nothing() -> None:
    """A trigger exists by its callback; the result is read after the mount."""
