"""Runs that are over, or whose server is: all that is known of them lies in the store."""

from __future__ import annotations

from collections.abc import Callable

from lgm_core.runs.engine import RunState, RunStatus
from lgm_core.runs.store import RunReader
from lgm_core.training.controls import Command
from lgm_core.training.settings import TrainSettings

_LOST = RunStatus(
    RunState.STOPPED, "The server ended before this run did; the frames so far are kept."
)


class StoredRun:
    """A run of an earlier server process; see :class:`lgm_core.runs.engine.Run`.

    Raises:
        StoreError: if the run's settings cannot be read.
    """

    token = None

    def __init__(self, reader: RunReader) -> None:
        self.reader = reader
        self.settings: TrainSettings = reader.settings()

    @property
    def id(self) -> str:
        """The run's id."""
        return self.reader.run_id

    @property
    def status(self) -> RunStatus:
        """How the run ended."""
        return _status(self.reader)

    def send(self, command: Command) -> None:
        """Of no effect: the run is over."""

    def owner_came(self) -> None:
        """Of no effect."""

    def owner_left(self) -> None:
        """Of no effect."""

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Nothing will ever be called back."""
        return lambda: None


def _status(reader: RunReader) -> RunStatus:
    result = reader.result()
    if result is None:
        return _LOST
    message = result.get("message")
    try:
        state = RunState(result.get("state", RunState.FINISHED))
    except ValueError:
        return _LOST
    return RunStatus(state, message if isinstance(message, str) else None)
