"""Query string <-> settings: a link holds the whole state of a page, and only what differs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from app.panels.feature_space import DEFAULT_LAYERS
from lgm_core.training.comparison import Comparison
from lgm_core.training.settings import read, to_public

#: A value in a link longer than this is not looked at.
_MAX_LENGTH = 300


class PageState(NamedTuple):
    """What a link to the feature-space page says."""

    comparison: Comparison
    layers: dict[str, bool]
    present: bool


def parse(query: Mapping[str, str]) -> tuple[PageState, list[str]]:
    """The state in a query string, and a plain sentence for each value that is not allowed."""
    values = {name: value[:_MAX_LENGTH] for name, value in query.items()}
    comparison, problems = read(values, Comparison)
    layers = dict(DEFAULT_LAYERS)
    if "show" in values:
        words = [word for word in values["show"].split(".") if word]
        codes = {_code(name): name for name in layers}
        problems += [
            f"show has {word!r}; allowed: {', '.join(codes)}."
            for word in words
            if word not in codes
        ]
        layers = {name: code in words for code, name in codes.items()}
    return PageState(comparison, layers, values.get("present") == "1"), problems


def render(state: PageState) -> dict[str, str]:
    """The query string of a state: only what differs from the defaults."""
    defaults = to_public(Comparison())
    query = {
        name: f"{value:g}" if isinstance(value, float) else str(value)
        for name, value in to_public(state.comparison).items()
        if value != defaults[name]
    }
    if state.layers != dict(DEFAULT_LAYERS):
        query["show"] = ".".join(_code(name) for name, shown in state.layers.items() if shown)
    if state.present:
        query["present"] = "1"
    return query


def _code(layer: str) -> str:
    return layer.replace(".", "-")
