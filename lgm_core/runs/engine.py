"""The engine's interface: who runs trainings, and what can be asked of a run.

:class:`lgm_core.runs.local.LocalEngine` runs them in processes of this machine. An engine on a
cluster offers the same: the same frames, knobs and store.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeVar, cast

from lgm_core.alignment.settings import AlignSettings
from lgm_core.runs.kinds import RunSettings
from lgm_core.runs.store import RunReader
from lgm_core.training.controls import Command
from lgm_core.training.settings import TrainSettings


class RunState(StrEnum):
    """Where a run is in its life."""

    PREPARED = "prepared"  #: shows its first frame and waits for play
    QUEUED = "queued"  #: waits for a free core, or for a free place to show its first frame
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"  #: reached its last epoch
    STOPPED = "stopped"  #: ended early on somebody's word
    FAILED = "failed"  #: ended by an error; the frames so far are kept

    @property
    def over(self) -> bool:
        """Whether no further frame can come."""
        return self in (RunState.FINISHED, RunState.STOPPED, RunState.FAILED)


class RunStatus(NamedTuple):
    """State of a run, a plain sentence where there is more to say, and its place in the queue."""

    state: RunState
    message: str | None = None
    position: int | None = None


T = TypeVar("T", bound=RunSettings)
S = TypeVar("S", bound=RunSettings, covariant=True)


class Run(Protocol[S]):
    """One training run, live or ended; ``S`` is the kind of its settings."""

    @property
    def id(self) -> str:
        """16 hexadecimal digits."""

    @property
    def settings(self) -> S:
        """What the run was started with."""

    @property
    def token(self) -> str | None:
        """Secret of the run's owner; None for a run of an earlier server."""

    @property
    def status(self) -> RunStatus:
        """The status now."""

    @property
    def reader(self) -> RunReader:
        """The frames so far."""

    def send(self, command: Command) -> None:
        """Steers the run; of no effect once it is over."""

    def owner_came(self) -> None:
        """An owner looks on."""

    def owner_left(self, *, for_good: bool = False) -> None:
        """An owner has gone; without any for a grace period, the run is stopped.

        Args:
            for_good: the tab was closed or reloaded: meanwhile it is stopped as soon as another
                run waits in line. Else it is paused then, if the owner stays away for seconds.
        """

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Calls back, from any thread, on a new frame or status; returns the way to end that."""


class Engine(Protocol):
    """Starts runs and finds them again."""

    def start(
        self,
        settings: T,
        *,
        paused: bool = False,
        company: int = 1,
        beside: str | None = None,
    ) -> Run[T]:
        """Starts a run.

        Args:
            settings: what to train.
            paused: show the untrained network and wait for play.
            company: how many runs are meant to train at once, this one included; they share
                the machine.
            beside: id of a run that this one is looked at together with: as long as both
                train, neither runs more than a few steps ahead.

        Raises:
            StoreError: if the run cannot be kept.
            RuntimeError: if the engine is closed.
        """

    def get(self, run_id: str) -> Run[RunSettings] | None:
        """The run of this id, live, ended or of an earlier server; None if there is none."""

    @property
    def busy(self) -> bool:
        """Whether any run trains or waits for its turn to."""

    def close(self) -> None:
        """Ends all runs; their frames stay in the store."""


AnyRun = Run[RunSettings]
DigitsRun = Run[TrainSettings]
FacesRun = Run[AlignSettings]


def of_digits(run: Run[RunSettings] | None) -> DigitsRun | None:
    """The run if it is one on digits, else None."""
    digits = run is not None and isinstance(run.settings, TrainSettings)
    return cast("DigitsRun", run) if digits else None


def of_faces(run: Run[RunSettings] | None) -> FacesRun | None:
    """The run if it is one on faces, else None."""
    faces = run is not None and isinstance(run.settings, AlignSettings)
    return cast("FacesRun", run) if faces else None
