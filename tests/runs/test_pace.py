"""Two runs beside each other: neither runs far ahead, and none waits for one that rests."""

from __future__ import annotations

import pytest

from lgm_core.runs import worker
from lgm_core.runs.engine import Run, RunState
from lgm_core.runs.local import LocalEngine
from lgm_core.training.frame import decode
from lgm_core.training.settings import TrainSettings
from tests.runs.test_local import PAUSE, PLAY, STOP, more_frames, newest, reach
from tests.runs.waiting import wait_until

QUICK = TrainSettings(epochs=500, batch_size=50, loss="softmax")
#: Some three times the work a step.
SLOW = TrainSettings(epochs=500, batch_size=250)


def pair(engine: LocalEngine) -> tuple[Run, Run]:
    quick = engine.start(QUICK, company=64)
    slow = engine.start(SLOW, company=64, beside=quick.id)
    for run in (quick, slow):
        more_frames(run)
    return quick, slow


def step(run: Run) -> int:
    return newest(run).scalars.step


def test_the_quicker_run_stays_beside_the_slower(make_engine):
    quick, slow = pair(make_engine(max_running=2))
    # The one whose process comes up first has a lead to begin with, and is held until it is gone.
    wait_until(lambda: step(slow) + worker.LEAD >= step(quick), "the slower run's coming up")
    for _ in range(5):
        # Frames come every few steps; what lies between two of them is added to the lead.
        more_frames(slow, 5)
        assert step(quick) <= step(slow) + 4 * worker.LEAD


@pytest.mark.parametrize(("order", "state"), [(PAUSE, RunState.PAUSED), (STOP, RunState.STOPPED)])
def test_it_waits_for_none_that_rests(make_engine, order, state):
    quick, slow = pair(make_engine(max_running=2))
    slow.send(order)
    reach(slow, state)
    rested = step(slow)
    wait_until(lambda: step(quick) > rested + 30, "the quicker run's going on")


def test_it_waits_for_one_that_goes_on_again(make_engine):
    quick, slow = pair(make_engine(max_running=2))
    slow.send(PAUSE)
    reach(slow, RunState.PAUSED)
    wait_until(lambda: step(quick) > step(slow) + 30, "a lead")
    slow.send(PLAY)
    reach(slow, RunState.RUNNING)
    wait_until(lambda: step(slow) + worker.LEAD >= step(quick), "the slower run's coming up")
    wait_until(lambda: step(quick) > step(slow) - 2 and step(quick) > 40, "both going on")


def test_a_held_run_obeys_at_once(make_engine):
    quick, slow = pair(make_engine(max_running=2))
    quick.send(PAUSE)
    reach(quick, RunState.PAUSED)
    quick.send(PLAY)
    reach(quick, RunState.RUNNING)
    quick.send(STOP)
    assert reach(quick, RunState.STOPPED)
    shown = [decode(frame).scalars.step for frame in slow.reader.frames()]
    wait_until(lambda: step(slow) > shown[-1] + 10, "the other's going on")
