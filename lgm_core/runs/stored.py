"""Runs that are over, or whose server is: all that is known of them lies in the store."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from lgm_core.runs.engine import RunState, RunStatus
from lgm_core.runs.kinds import RunSettings
from lgm_core.runs.reader import RunReader, StoreError
from lgm_core.runs.store import Store
from lgm_core.training.controls import Command

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
        self.settings: RunSettings = reader.settings()

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

    def owner_left(self, *, for_good: bool = False) -> None:
        """Of no effect."""

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Nothing will ever be called back."""
        return lambda: None


class StoredRuns:
    """The runs of some stores, the latest asked for kept at hand.

    Args:
        stores: where they lie; looked through in this order.
        remembered: how many are kept at hand.
    """

    def __init__(self, *stores: Store, remembered: int) -> None:
        self._stores = stores
        self._remembered = remembered
        self.known: OrderedDict[str, StoredRun] = OrderedDict()

    def get(self, run_id: str) -> StoredRun | None:
        """The run of this id, or None if there is none that can be read."""
        for store in self._stores:
            try:
                reader = store.open(run_id)
                run = self.known.pop(run_id, None) or StoredRun(reader)
            except StoreError:
                continue
            self.known[run_id] = run
            if len(self.known) > self._remembered:
                self.known.popitem(last=False)
            return run
        return None


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
