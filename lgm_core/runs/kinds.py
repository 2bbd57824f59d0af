"""The kinds of runs that the store keeps and the engine makes: digits and faces."""

from __future__ import annotations

import json

from lgm_core.alignment.settings import AlignSettings
from lgm_core.training.settings import TrainSettings

#: What a run is started with.
RunSettings = TrainSettings | AlignSettings


def parse_settings(text: str | bytes) -> RunSettings:
    """The settings in a run's ``settings.json``.

    Raises:
        pydantic.ValidationError: if they are of no kind.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    faces = isinstance(found, dict) and found.get("kind") == "align"
    model: type[TrainSettings | AlignSettings] = AlignSettings if faces else TrainSettings
    return model.model_validate_json(text)
