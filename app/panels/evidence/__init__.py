"""Evidence: a work's citing statements, a manuscript's references, and the ledger of claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast, get_args

import streamlit as st

from app.panels.bundle import bundle
from app.panels.message import message
from lgm_core.evidence.paper import LABELS, Label

View = Literal["papers", "check", "ledger"]

VIEWS: tuple[View, ...] = get_args(View)
#: Statements that a person may relabel; more are not kept.
_MOST_RELABELLED = 2000
#: Statements that a person may set aside.
_MOST_ASIDE = 500

_FOLDER = Path(__file__).parent
_SHARED = _FOLDER.parent / "feature_space"


@dataclass(frozen=True)
class EvidenceResult:
    """What a person has chosen in the panel."""

    view: View
    work: str | None  #: id of the chosen work
    filters: dict[str, str]  #: of the statements, as a link says them; unchecked
    relabelled: dict[str, Label]  #: by a statement's id
    aside: tuple[str, ...]  #: statements that are not about a claim, by both their ids
    measured: bool  #: the ledger has a row that the script has not seen
    present: bool  #: whether presenter mode is on
    ledger: str | None  #: token of the ledger that the tab had before it was reloaded


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
    filters: Mapping[str, str],
    relabelled: Mapping[str, Label],
    aside: Sequence[str],
    data: Mapping[str, Any],
    present: bool = False,
    key: str = "evidence",
) -> EvidenceResult:
    """Mounts the page's picture, or brings the mounted one up to date.

    Args:
        view: which of the three is shown.
        work: id of the work whose statements are shown.
        filters: of the statements, as a link says them.
        relabelled: what the person says of single statements.
        aside: statements that they say are not about a claim.
        data: ``works``, ``work``, ``checked`` and ``ledger``, as :mod:`app.evidence_data` has them;
            ``links``, how many links have been opened, as the panel takes what it shows from a
            new one.
        present: whether presenter mode is on.
        key: of the mounted component in the session.

    Returns:
        What is chosen now; what the browser says is checked.
    """
    told = _component()(
        key=key,
        data=message(
            view=view,
            filters=dict(filters),
            relabelled=dict(relabelled),
            aside=list(aside),
            present=present,
            **data,
        ),
        on_place_change=_nothing,
        on_filters_change=_nothing,
        on_relabelled_change=_nothing,
        on_aside_change=_nothing,
        on_measured_change=_nothing,
        on_present_change=_nothing,
        on_ledger_change=_nothing,
    )
    place = _told_since(told.get("place"), data["links"])
    chosen, named, wanted = place.get("view"), place.get("work"), told.get("present")
    before = told.get("ledger")
    return EvidenceResult(
        view=cast("View", chosen) if chosen in VIEWS else view,
        work=named if isinstance(named, str) else work,
        filters=_filters(told.get("filters"), filters, links=data["links"]),
        relabelled=_labels(told.get("relabelled"), relabelled),
        aside=_ids(told.get("aside"), aside),
        measured=told.get("measured") is not None,
        present=wanted if isinstance(wanted, bool) else present,
        ledger=before[:64] if isinstance(before, str) else None,
    )


def _labels(told: Any, before: Mapping[str, Label]) -> dict[str, Label]:
    if not isinstance(told, Mapping):
        return dict(before)
    known = {str(name)[:200]: label for name, label in told.items() if label in LABELS}
    return dict(list(known.items())[-_MOST_RELABELLED:])


def _ids(told: Any, before: Sequence[str]) -> tuple[str, ...]:
    if not isinstance(told, list):
        return tuple(before)
    return tuple(str(name)[:300] for name in told[-_MOST_ASIDE:])


def _told_since(told: Any, links: int) -> Mapping[str, Any]:
    """What the panel tells, if it has heard of the newest link."""
    return told if isinstance(told, Mapping) and told.get("links") == links else {}


def _filters(told: Any, before: Mapping[str, str], *, links: int) -> dict[str, str]:
    told = _told_since(told, links)
    if not told:
        return dict(before)
    known = {str(name)[:20]: str(value)[:300] for name, value in list(told.items())[:20]}
    return {name: value for name, value in known.items() if name != "links"}


def _nothing() -> None:
    """A value exists by its callback; the result is read after the mount."""
