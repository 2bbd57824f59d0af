"""Query string <-> what the page of evidence shows; a link holds only what differs from default."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, cast

from app.panels.evidence import VIEWS, View
from lgm_core.evidence.paper import LABELS, SECTIONS, Label, Reference

#: A value in a link longer than this is not looked at.
_MAX_LENGTH = 300
_SURE = ("60", "75", "90")


class PageState(NamedTuple):
    """What the page shows."""

    view: View = "papers"
    work: str = ""  #: a DOI, an arXiv id, or a title, so that a link means the same elsewhere
    filters: Mapping[str, str] = MappingProxyType({})  #: as a link says them, see filters_of
    relabelled: Mapping[str, Label] = MappingProxyType({})
    aside: tuple[str, ...] = ()  #: statements that are not about a claim, see literature.aside_id
    present: bool = False  #: for the projector: larger, and no sidebar


def parse(query: Mapping[str, str]) -> tuple[PageState, list[str]]:
    """The state in a query string, and a plain sentence for each value that is not allowed."""
    values = {name: value[:_MAX_LENGTH] for name, value in query.items()}
    filters, problems = filters_of(values)
    view = values.get("view", "papers")
    if view not in VIEWS:
        problems.insert(0, _refused("view", view, VIEWS))
        view = "papers"
    present = values.get("present") == "1"
    return PageState(cast("View", view), values.get("work", ""), filters, present=present), problems


def render(state: PageState) -> dict[str, str]:
    """The query string of a state."""
    view = {"view": state.view} if state.view != "papers" else {}
    work = {"work": state.work} if state.work else {}
    present = {"present": "1"} if state.present else {}
    # In the order in which the panel writes them, so that the two links are one.
    return {**view, **work, **state.filters, **present}


def filters_of(values: Mapping[str, object]) -> tuple[dict[str, str], list[str]]:
    """Filters in their one form, and a plain sentence for each that is not allowed.

    ``labels`` are joined by dots; ``section``, ``year``, ``sure`` in per cent, and ``find``.
    """
    given = {name: str(value)[:_MAX_LENGTH] for name, value in values.items() if value}
    found: dict[str, str] = {}
    problems = []
    if labels := given.get("labels"):
        words = set(labels.split("."))
        known = [label for label in LABELS if label in words]
        problems += [_refused("labels", word, LABELS) for word in sorted(words - set(LABELS))]
        if 0 < len(known) < len(LABELS):
            found["labels"] = ".".join(known)
    for name, allowed in (("section", SECTIONS), ("sure", _SURE)):
        if (value := given.get(name)) and value in allowed:
            found[name] = value
        elif value:
            problems.append(_refused(name, value, allowed))
    if year := given.get("year"):
        if year.isascii() and year.isdigit() and len(year) == 4:
            found["year"] = year
        else:
            problems.append(f"In the link, year is {year[:40]}; allowed: four digits.")
    if find := given.get("find", "").strip():
        found["find"] = find[:200]
    return found, problems


def name_of(reference: Reference) -> str:
    """How a link names a work."""
    return (reference.doi or reference.arxiv or reference.title or "")[:_MAX_LENGTH]


def meanings(name: str) -> tuple[Reference, ...]:
    """What a work's name in a link may mean, the likeliest first."""
    return Reference("", doi=name), Reference("", arxiv=name), Reference("", name)


def _refused(name: str, value: str, allowed: tuple[str, ...]) -> str:
    return f"In the link, {name} is {value[:40]}; allowed: {', '.join(allowed)}."
