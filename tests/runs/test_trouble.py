"""What happens to runs when processes die, people leave, or the numbers run away."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from lgm_core.runs.engine import RunState, RunStatus
from lgm_core.runs.local import LocalEngine
from lgm_core.runs.store import Store
from lgm_core.training.controls import Command
from lgm_core.training.frame import decode
from lgm_core.training.settings import Knobs, TrainSettings
from tests.browser.server import outlived
from tests.runs import runaway
from tests.runs.conftest import workers
from tests.runs.test_local import LONG, PLAY, more_frames, prepared, reach, start
from tests.runs.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]


def test_a_killed_worker_says_so_and_takes_nothing_with_it(make_engine):
    engine = make_engine(max_running=2)
    victim, other, waiting = (start(engine, LONG) for _ in range(3))
    more_frames(victim)
    more_frames(other)
    kept = list(victim.reader.frames())
    os.kill(victim._process.pid, signal.SIGKILL)
    status = reach(victim, RunState.FAILED)
    assert status.message == (
        "The training process was killed (signal 9, SIGKILL); the frames so far are kept."
    )
    assert list(victim.reader.frames())[: len(kept)] == kept
    assert victim.reader.result()["message"] == status.message
    more_frames(other)
    assert other.status.state == RunState.RUNNING
    reach(waiting, RunState.RUNNING)
    more_frames(waiting)


def test_a_killed_worker_of_a_prepared_run_is_told_too(make_engine):
    run = prepared(start(make_engine(), LONG, paused=True))
    os.kill(run._process.pid, signal.SIGKILL)
    assert "SIGKILL" in reach(run, RunState.FAILED).message


def test_a_run_whose_owner_has_left_is_stopped_after_the_grace(make_engine):
    engine = make_engine(grace_seconds=0.5)
    left, watched = start(engine, LONG), start(engine, LONG)
    for run in (left, watched):
        run.owner_came()
        run.owner_came()
        more_frames(run)
    left.owner_left()
    more_frames(left)
    assert left.status.state == RunState.RUNNING
    left.owner_left()
    assert reach(left, RunState.STOPPED).message == "Stopped: its tab was closed."
    watched.owner_left()
    more_frames(watched)
    assert watched.status.state == RunState.RUNNING


def test_a_prepared_run_whose_owner_has_left_is_stopped_too(make_engine):
    run = prepared(start(make_engine(grace_seconds=0.2), LONG, paused=True))
    run.owner_came()
    run.owner_left()
    assert reach(run, RunState.STOPPED).message == "Stopped: its tab was closed."
    wait_until(lambda: not workers(), "the end of its process")


def test_coming_back_within_the_grace_keeps_the_run(make_engine):
    engine = make_engine(grace_seconds=30)
    run = start(engine, LONG)
    run.owner_came()
    run.owner_left()
    assert run.unwatched_since is not None
    run.owner_came()
    assert run.unwatched_since is None


def test_diverged_training_names_the_knob_and_keeps_its_frames(make_engine, monkeypatch):
    # No setting within the ranges is known to diverge, so a weight is spoilt in the worker.
    monkeypatch.setattr("lgm_core.runs.worker.work", runaway.work)
    settings = TrainSettings(epochs=500, batch_size=256, learning_rate=0.05)
    run = start(make_engine(), settings)
    message = reach(run, RunState.FAILED).message
    assert message.startswith(f"Training diverged at step {runaway.LAST_GOOD_STEP + 1}: ")
    default = Knobs().learning_rate
    assert f"Lower the learning rate (now 0.05; {default:g} is the default)" in message
    kept = [decode(frame).step for frame in run.reader.frames()]
    assert kept[0] == 0
    assert kept[-1] <= runaway.LAST_GOOD_STEP
    assert run.reader.result()["message"] == message


SERVER = """
import sys, threading
from pathlib import Path
from lgm_core.runs.local import LocalEngine
from lgm_core.runs.store import Store
from lgm_core.training.settings import Knobs, TrainSettings

engine = LocalEngine(Store(Path(sys.argv[1])))
settings = TrainSettings(epochs=500, batch_size=64)
runs = [engine.start(settings, paused=paused, company=64) for paused in (False, False, True)]
print(*(run.id for run in runs), flush=True)
threading.Event().wait()
"""


@pytest.fixture
def server(tmp_path):
    command = [sys.executable, "-c", SERVER, str(tmp_path)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with process:
        yield process
        process.kill()


def test_a_killed_server_leaves_no_worker_and_runs_that_can_be_replayed(server, tmp_path):
    playing, _, resting = server.stdout.readline().split()
    store = Store(tmp_path)
    wait_until(lambda: store.open(playing).count() > 5, "frames of the other process")
    wait_until(lambda: store.open(resting).count() == 1, "its prepared run")
    children = psutil.Process(server.pid).children(recursive=True)
    workers = [child for child in children if child.parent() in children]
    assert len(workers) >= 3
    server.kill()
    server.wait()
    assert not outlived(workers, 2)
    # The fork server has to take down a whole torch.
    assert not outlived(children, 20)

    engine = LocalEngine(Store(tmp_path))
    run = engine.get(playing)
    assert run.settings == LONG
    lost = "The server ended before this run did; the frames so far are kept."
    assert run.status == RunStatus(RunState.STOPPED, lost)
    steps = [decode(frame).step for frame in run.reader.frames()]
    assert len(steps) > 5
    assert steps == sorted(steps)
    assert engine.get(resting).reader.count() == 1
    run.send(PLAY)
    assert run.status.state.over
    engine.close()


def test_many_people_at_once_leave_everything_in_order(make_engine):
    engine = make_engine(max_running=2, max_workers=3)
    actions = [Command(action=a) for a in ("play", "pause", "step", "play", "pause", "play")]
    runs = []

    def visit() -> None:
        run = start(engine, LONG, paused=True)
        runs.append(run)
        for action in actions:
            run.send(action)
            run.send(Command(knobs={"alpha": 0.5}))

    people = [threading.Thread(target=visit) for _ in range(6)]
    for person in people:
        person.start()
    for person in people:
        person.join(60)
    # Who comes first is chance: whoever has a turn ends it, until all have had theirs.
    waiting = set(runs)
    while waiting:
        wait_until(lambda: any(r.status.state == RunState.RUNNING for r in waiting), "a turn")
        run = next(r for r in waiting if r.status.state == RunState.RUNNING)
        waiting.remove(run)
        more_frames(run)
        run.send(Command(action="stop"))
        reach(run, RunState.STOPPED)
        steps = [decode(frame).step for frame in run.reader.frames()]
        assert steps == sorted(steps)


@pytest.mark.parametrize("for_good", [True, False])
def test_a_run_without_its_owner_makes_room_for_one_in_line(make_engine, monkeypatch, for_good):
    monkeypatch.setattr("lgm_core.runs.watch._AWAY_SECONDS", 0.5)
    engine = make_engine(max_running=1, grace_seconds=600)
    left = start(engine, LONG)
    left.owner_came()
    more_frames(left)
    left.owner_left(for_good=for_good)
    more_frames(left, 30)
    assert left.status.state == RunState.RUNNING
    waiting = start(engine, LONG)
    reach(waiting, RunState.RUNNING)
    reach(left, RunState.STOPPED if for_good else RunState.PAUSED)


def test_a_worker_that_does_not_listen_holds_up_nobody_and_is_ended(make_engine, monkeypatch):
    monkeypatch.setattr("lgm_core.runs.watch._STOP_SECONDS", 0.5)
    engine = make_engine(grace_seconds=0.5)
    deaf = start(engine, LONG)
    deaf.owner_came()
    more_frames(deaf)
    os.kill(deaf._process.pid, signal.SIGSTOP)
    for i in range(20_000):
        deaf.send(Command(knobs={"alpha": i / 10_000}))
    deaf.owner_left()
    reach(deaf, RunState.STOPPED)
    wait_until(lambda: not workers(), "the end of its process")
