"""Finished runs as evidence: those that really were trained with what their settings say."""

from __future__ import annotations

from typing import Any

from lgm_core import pretrained
from lgm_core.runs.kinds import RunSettings
from lgm_core.runs.reader import RunReader, StoreError
from lgm_core.runs.store import Store
from lgm_core.training.frame import FrameError, read_header
from lgm_core.training.settings import TrainSettings

#: What stands in a last frame and not in the result.
_OF_THE_LAST_FRAME = ("spread", "separation")


def shipped() -> Store:
    """The runs that come with the lab."""
    return Store(pretrained.FOLDER)


def finished_run(store: Store, wanted: RunSettings) -> str | None:
    """Id of a finished run of exactly these settings, the newest there is; None without one.

    Looks into the store, then among the runs that come with the lab. A run whose knobs were
    turned while it trained is not one of its settings.
    """
    for place in (store, shipped()):
        for run_id in reversed(place.run_ids()):
            try:
                reader = place.open(run_id)
                fits = reader.settings() == wanted and _whole(reader, wanted)
            except StoreError:  # damaged, or another process has just removed it
                continue
            if fits and untouched(reader):
                return run_id
    return None


def _whole(reader: RunReader, settings: RunSettings) -> bool:
    if (reader.result() or {}).get("state") != "finished":
        return False
    asked = isinstance(settings, TrainSettings)  # of faces, the figures are all that is wanted
    return not asked or (reader.folder / "weights.safetensors").is_file()


def untouched(reader: RunReader) -> bool:
    """Whether every frame shows the knobs that the run was started with.

    Raises:
        StoreError: if the run cannot be read.
    """
    settings = reader.settings()
    knobs = settings.knobs.model_dump(by_alias=True)
    return all(
        all(header.get(name) == value for name, value in knobs.items())
        for header in (_header(reader, settings, index) for index in range(reader.count()))
    )


def figures_of(reader: RunReader) -> dict[str, Any]:
    """A finished run's result, and of digits how its classes lie in the last frame.

    ``spread`` is the root mean square distance of the displayed digits to their class's mean,
    ``separation`` the mean distance between two classes' means.

    Raises:
        StoreError: if the run has no result, or a frame that cannot be read.
    """
    result = reader.result()
    if result is None:
        raise StoreError("This run has no result; it may have been removed to make room.")
    if not reader.count():
        return result
    last = _header(reader, reader.settings(), reader.count() - 1)
    return {name: last.get(name) for name in _OF_THE_LAST_FRAME} | result


def _header(reader: RunReader, settings: RunSettings, index: int) -> dict[str, Any]:
    if isinstance(settings, TrainSettings):  # their frames are large, so only the head is read
        return reader.header(index).model_dump(by_alias=True)
    try:
        return read_header(reader.frame(index))
    except FrameError:
        raise StoreError("A frame of this run cannot be read.") from None
