"""Evidence: a work's citing statements, a manuscript's references, and the ledger of claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast, get_args

import streamlit as st

from app.broadcast import base_path
from app.panels.bundle import bundle
from lgm_core.evidence.paper import LABELS, Label

View = Literal["papers", "check", "ledger"]

VIEWS: tuple[View, ...] = get_args(View)
#: Statements that a person may relabel; more are not kept.
_MOST_RELABELLED = 2000

_FOLDER = Path(__file__).parent
_SHARED = _FOLDER.parent / "feature_space"


@dataclass(frozen=True)
class EvidenceResult:
    """What a person has chosen in the panel."""

    view: View
    work: str | None  #: id of the chosen work
    relabelled: dict[str, Label]  #: by a statement's id
    measured: bool  #: the ledger has a row that the script has not seen


@cache
def _component() -> Any:
    sheets = (_SHARED / "panel.css", _FOLDER / "evidence.css")
    return st.components.v2.component(
        "evidence",
        html=(_FOLDER / "evidence.html").read_text(encoding="utf-8"),
        css="\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets),
        js=bundle(_FOLDER / "js", entry="evidence.js", shared=_SHARED / "js"),
    )


def evidence(
    *,
    view: View,
    work: str | None,
    relabelled: Mapping[str, Label],
    data: Mapping[str, Any],
    key: str = "evidence",
) -> EvidenceResult:
    """Mounts the page's picture, or brings the mounted one up to date.

    Args:
        view: which of the three is shown.
        work: id of the work whose statements are shown.
        relabelled: what the person says of single statements.
        data: ``works``, ``work``, ``checked`` and ``ledger``, as :mod:`app.evidence_data` has them.
        key: of the mounted component in the session.

    Returns:
        What is chosen now; what the browser says is checked.
    """
    told = _component()(
        key=key,
        data={
            "base": base_path(),
            "theme": st.context.theme.type,
            "view": view,
            "relabelled": dict(relabelled),
            **data,
        },
        on_view_change=_nothing,
        on_work_change=_nothing,
        on_relabelled_change=_nothing,
        on_measured_change=_nothing,
    )
    chosen, named = told.get("view"), told.get("work")
    return EvidenceResult(
        view=cast("View", chosen) if chosen in VIEWS else view,
        work=named if isinstance(named, str) else work,
        relabelled=_labels(told.get("relabelled"), relabelled),
        measured=told.get("measured") is not None,
    )


def _labels(told: Any, before: Mapping[str, Label]) -> dict[str, Label]:
    if not isinstance(told, Mapping):
        return dict(before)
    known = {str(name)[:200]: label for name, label in told.items() if label in LABELS}
    return dict(list(known.items())[-_MOST_RELABELLED:])


def _nothing() -> None:
    """A value exists by its callback; the result is read after the mount."""
