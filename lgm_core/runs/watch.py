"""When a run of the local engine has to end without being asked to."""

from __future__ import annotations

from lgm_core.runs.local_run import LocalRun

_NEVER_WATCHED_SECONDS = 120.0
#: So long a worker may take to end in order.
_STOP_SECONDS = 30.0


def hangs(run: LocalRun, now: float) -> bool:
    """Whether it was told to stop and does not."""
    return run.stopping_since is not None and now - run.stopping_since > _STOP_SECONDS


def forsaken(run: LocalRun, now: float, grace: float | None) -> bool:
    """Whether nobody has looked on for longer than the grace; None: never."""
    if grace is None or run.unwatched_since is None:
        return False
    limit = grace if run.ever_watched else max(grace, _NEVER_WATCHED_SECONDS)
    return now - run.unwatched_since > limit
