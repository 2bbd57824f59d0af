"""Strange inputs: gallery, ways through feature space, histograms with thresholds, ROC, table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

from app.broadcast import base_path
from app.panels.bundle import bundle

_FOLDER = Path(__file__).parent
_SHARED = _FOLDER.parent / "feature_space"


class Model(NamedTuple):
    """A trained run as the page names it."""

    id: str  #: of the run
    name: str  #: a word or two


@cache
def _component() -> Any:
    sheets = (_SHARED / "panel.css", _FOLDER / "strange.css")
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
    words: str,
    key: str = "strange-inputs",
) -> None:
    """Mounts the page's picture, or asks the mounted one's new question.

    Args:
        models: one or two, trained on the same digits; the one that is compared with first.
        settings: of the study, as :class:`lgm_core.detection.settings.DetectSettings` has them.
        strange: what the strange inputs are called, such as "attacked digits".
        words: what to take from the figures.
        key: of the mounted component in the session.
    """
    _component()(
        key=key,
        data={
            "base": base_path(),
            "theme": st.context.theme.type,
            "models": [model._asdict() for model in models],
            "settings": dict(settings),
            "strange": strange,
            "words": words,
        },
    )
