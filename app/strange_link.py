"""Query string <-> what the page of strange inputs shows: a link holds what differs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from lgm_core.detection.settings import DetectSettings
from lgm_core.training.settings import read, to_public

#: The pair that comes with the lab, as a link names it.
SHIPPED = "shipped"

#: A value in a link longer than this is not looked at.
_MAX_LENGTH = 300


class PageState(NamedTuple):
    """What a link to the page says.

    Attributes:
        models: "shipped", or the ids of two runs with a dot between them; empty: the page's choice.
        settings: of the study.
        scores: the chosen score of each model, as the panel names them; may be empty.
        thresholds: of these scores, None where nobody has moved it; may be empty.
        present: whether presenter mode is on.
    """

    models: str = ""
    settings: DetectSettings = DetectSettings()
    scores: tuple[str, ...] = ()
    thresholds: tuple[float | None, ...] = ()
    present: bool = False


def relevant(settings: DetectSettings) -> tuple[str, ...]:
    """The settings that mean something to these inputs and this attack, in their order."""
    if settings.inputs != "adversarial":
        return ("inputs", "count", "seed")
    more: dict[str, tuple[str, ...]] = {
        "none": (),
        "fgsm": ("epsilon", "target"),
        "bim": ("epsilon", "steps", "target"),
        "pgd": ("epsilon", "norm", "steps", "restarts", "target", "seed"),
        "adaptive": ("epsilon", "weight", "norm", "steps", "restarts", "target", "seed"),
        "deepfool": ("epsilon",),
        "cw": ("epsilon",),
    }
    return ("inputs", "attack", *more[settings.attack], "count")


def effective(settings: DetectSettings) -> DetectSettings:
    """The settings with all that means nothing to them left at its default."""
    kept = {name: getattr(settings, name) for name in relevant(settings)}
    return DetectSettings.model_validate(kept)


def parse(query: Mapping[str, str]) -> tuple[PageState, list[str]]:
    """The state in a query string, and a plain sentence for each value that is not allowed."""
    values = {name: value[:_MAX_LENGTH] for name, value in query.items()}
    settings, problems = read(values, DetectSettings)
    scores = tuple(word for word in values.get("scores", "").split(".") if word)[:2]
    thresholds = []
    for word in values.get("thresholds", "").split("_")[:2]:
        thresholds.append(_threshold(word))
        if word and thresholds[-1] is None:
            problems.append(f"thresholds has {word!r}; allowed: a number for each model.")
    present = values.get("present") == "1"
    kept = tuple(thresholds) if any(one is not None for one in thresholds) else ()
    return PageState(values.get("models", ""), settings, scores, kept, present), problems


def _threshold(word: str) -> float | None:
    try:
        value = float(word)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def render(state: PageState) -> dict[str, str]:
    """The query string of a state: only what differs from the defaults."""
    defaults = to_public(DetectSettings())
    query = {
        name: f"{value:g}" if isinstance(value, float) else str(value)
        for name, value in to_public(effective(state.settings)).items()
        if value != defaults[name]
    }
    if state.models and state.models != SHIPPED:
        query["models"] = state.models
    if state.present:
        query["present"] = "1"
    return query
