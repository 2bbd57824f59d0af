"""When a run of the local engine has to end or rest without being asked to."""

from __future__ import annotations

from collections.abc import Callable

from lgm_core.runs.engine import RunState
from lgm_core.runs.local_run import LocalRun

_NEVER_WATCHED_SECONDS = 120.0
#: So long a worker may take to end in order.
_STOP_SECONDS = 30.0
#: So long a browser takes at most to connect again, if it only lost the network for a moment.
_AWAY_SECONDS = 4.0
_CLOSED = "Stopped: its tab was closed."


def look_after(
    run: LocalRun,
    now: float,
    grace: float | None,
    *,
    blocks: bool,
    stop: Callable[[LocalRun, str], None],
    pause: Callable[[LocalRun], None],
) -> None:
    """Ends or pauses a run that nobody looks at, and ends one that does not end when told to.

    Args:
        run: that is not over.
        now: monotonic seconds.
        grace: seconds without an owner after which it ends; None: never.
        blocks: whether it trains while others wait in line.
        stop, pause: what to do it with.
    """
    run.keep_alive(now)
    if run.stopping_since is not None and now - run.stopping_since > _STOP_SECONDS:
        run.conclude(RunState.STOPPED)
    elif blocks and run.abandoned:
        run.conclude(RunState.STOPPED, _CLOSED)
    elif _away(run, now) > _grace(run, grace):
        stop(run, _CLOSED)
    elif blocks and run.ever_watched and _away(run, now) > _AWAY_SECONDS:
        pause(run)


def _away(run: LocalRun, now: float) -> float:
    """Seconds without an owner."""
    return 0.0 if run.unwatched_since is None else now - run.unwatched_since


def _grace(run: LocalRun, grace: float | None) -> float:
    if grace is None:
        return float("inf")
    return grace if run.ever_watched else max(grace, _NEVER_WATCHED_SECONDS)
