"""The pair of runs that the landing page shows: trained once on this server, then replayed."""

from __future__ import annotations

import threading

from app.engine import engine
from lgm_core.runs.engine import DigitsRun, RunState, of_digits
from lgm_core.runs.reader import StoreError
from lgm_core.training.comparison import Comparison
from lgm_core.training.controls import Command

#: Shorter than what is shown in class: while it trains, it takes the machine's cores.
COMPARISON = Comparison(epochs=8)

_lock = threading.Lock()
_ids: tuple[str, str] | None = None
_searched = False


def showcase() -> tuple[DigitsRun, DigitsRun] | None:
    """Two runs to look at, or None if there are none and other runs need the machine.

    They begin to train at the first call that finds the machine free, unless an earlier server
    has left them in the store.
    """
    global _ids, _searched
    with _lock:
        if not _searched:
            _ids, _searched = _left_by_an_earlier_server(), True
        known = _runs()
        if known and all(run.status.state not in _BROKEN_OFF for run in known):
            return known
        if engine().busy:
            return known
        try:
            first, second = COMPARISON.sides()
            left = engine().start(first, company=2)
            right = engine().start(second, company=2, beside=left.id)
        except StoreError:
            return known
        for run in (left, right):
            # Nobody's tab: no closing of one ends it.
            run.owner_came()
        _ids = left.id, right.id
        return left, right


_BROKEN_OFF = frozenset({RunState.STOPPED, RunState.FAILED})


def give_way() -> None:
    """Ends the training of the showcase: somebody wants the machine."""
    with _lock:
        for run in _runs() or ():
            if not run.status.state.over:
                run.send(Command(action="stop"))


def _runs() -> tuple[DigitsRun, DigitsRun] | None:
    if _ids is None:
        return None
    left, right = (of_digits(engine().get(run_id)) for run_id in _ids)
    return (left, right) if left and right else None


def _left_by_an_earlier_server() -> tuple[str, str] | None:
    store = engine().store
    wanted = dict(zip(("left", "right"), COMPARISON.sides(), strict=True))
    found: dict[str, str] = {}
    for run_id in reversed(store.run_ids()):
        try:
            reader = store.open(run_id)
            settings = reader.digits_settings()
        except StoreError:
            continue
        for side, sought in wanted.items():
            finished = (reader.result() or {}).get("state") == RunState.FINISHED.value
            if side not in found and settings == sought and finished:
                found[side] = run_id
    return (found["left"], found["right"]) if len(found) == 2 else None
