import pytest
from safetensors.numpy import load_file

from lgm_core.runs import local
from lgm_core.runs.engine import Run, RunState, RunStatus
from lgm_core.runs.local import LocalEngine
from lgm_core.runs.store import Store
from lgm_core.training.controls import Command
from lgm_core.training.frame import Frame, decode
from lgm_core.training.settings import TrainSettings
from tests.runs.conftest import workers
from tests.runs.waiting import wait_until

SHORT = TrainSettings(epochs=1, batch_size=256)
SHORT_STEPS = 4000 // 256
#: Longer than any test waits.
LONG = TrainSettings(epochs=500, batch_size=64)
PLAY, PAUSE, STEP, STOP = (Command(action=a) for a in ("play", "pause", "step", "stop"))


def start(engine: LocalEngine, settings: TrainSettings, *, paused: bool = False) -> Run:
    """A run with one thread: two wait for each other where a machine is busy."""
    return engine.start(settings, paused=paused, company=64)


def reach(run: Run, state: RunState) -> RunStatus:
    """Wait for a state, and fail at once if the run ends in another."""
    wait_until(lambda: run.status.state == state or run.status.state.over, f"{run.status}: {state}")
    assert run.status.state == state, run.status
    return run.status


def more_frames(run: Run, number: int = 2) -> None:
    before = run.reader.count()
    wait_until(lambda: run.reader.count() >= before + number, f"{number} more frames")


def frames(run: Run) -> list[Frame]:
    return [decode(frame) for frame in run.reader.frames()]


def newest(run: Run) -> Frame:
    return decode(run.reader.frame(run.reader.count() - 1))


def prepared(run: Run) -> Run:
    wait_until(lambda: run.reader.count() == 1, "the first frame")
    return run


def test_a_prepared_run_shows_its_first_frame_plays_and_leaves_its_result(make_engine):
    engine = make_engine()
    run = prepared(start(engine, SHORT, paused=True))
    assert run.status == RunStatus(RunState.PREPARED)
    run.send(PLAY)
    reach(run, RunState.FINISHED)

    shown = frames(run)
    steps = [frame.step for frame in shown]
    assert steps == sorted(steps)
    assert steps.count(0) == 1
    assert steps[-1] == SHORT_STEPS
    assert shown[0].scalars.keyframe
    assert shown[-1].scalars.keyframe
    reader = Store(engine.store.root).open(run.id)
    assert reader.settings() == SHORT
    result = reader.result()
    assert result["state"] == "finished"
    assert result["steps"] == SHORT_STEPS
    assert result["test_accuracy"] == shown[-1].scalars.test_accuracy
    weights = load_file(reader.folder / "weights.safetensors")
    assert (weights["loss.means"] == shown[-1].parameters["means"]).all()


def test_the_same_run_is_found_while_it_lives_and_after(make_engine):
    engine = make_engine()
    run = start(engine, SHORT)
    assert engine.get(run.id) is run
    reach(run, RunState.FINISHED)
    later = make_engine().get(run.id)
    assert later.settings == SHORT
    assert later.status == RunStatus(RunState.FINISHED)
    assert later.token is None
    assert list(later.reader.frames()) == list(run.reader.frames())
    later.send(PLAY)
    assert later.status.state.over
    assert engine.get("0" * 16) is None
    assert engine.get("../" * 5) is None


def test_a_run_tells_its_listeners(make_engine):
    engine = make_engine()
    run = start(engine, LONG, paused=True)
    calls: list[RunStatus] = []
    unsubscribe = run.subscribe(lambda: calls.append(run.status))
    prepared(run)
    run.send(PLAY)
    wait_until(lambda: len(calls) > 3, "news")
    assert calls[-1].state == RunState.RUNNING
    unsubscribe()
    run.send(STOP)
    reach(run, RunState.STOPPED)
    assert all(status.state != RunState.STOPPED for status in calls)


def test_one_runs_and_the_others_wait_in_line(make_engine):
    engine = make_engine(max_running=1)
    first, second, third = (start(engine, LONG) for _ in range(3))
    reach(first, RunState.RUNNING)
    assert second.status == RunStatus(RunState.QUEUED, position=1)
    assert third.status == RunStatus(RunState.QUEUED, position=2)
    more_frames(first)

    first.send(PAUSE)
    reach(first, RunState.PAUSED)
    reach(second, RunState.RUNNING)
    assert third.status.position == 1
    at_rest = first.reader.count()
    more_frames(second)
    assert first.reader.count() == at_rest

    first.send(PLAY)
    assert first.status == RunStatus(RunState.QUEUED, position=2)
    third.send(STOP)
    assert third.status.state == RunState.STOPPED
    assert first.status.position == 1
    second.send(STOP)
    reach(second, RunState.STOPPED)
    reach(first, RunState.RUNNING)
    more_frames(first)
    steps = [frame.step for frame in frames(first)]
    assert steps == sorted(steps)


def test_a_run_that_waits_in_line_can_be_taken_out_again(make_engine):
    engine = make_engine(max_running=1)
    first = start(engine, LONG)
    second = prepared(start(engine, LONG, paused=True))
    second.send(PLAY)
    assert second.status == RunStatus(RunState.QUEUED, position=1)
    second.send(PAUSE)
    assert second.status == RunStatus(RunState.PREPARED)
    first.send(STOP)
    reach(first, RunState.STOPPED)
    assert second.status == RunStatus(RunState.PREPARED)


def test_play_right_after_pause_is_not_lost(make_engine):
    run = start(make_engine(), LONG)
    more_frames(run)
    for _ in range(20):
        run.send(PAUSE)
        run.send(PLAY)
    more_frames(run, 5)
    assert run.status.state == RunState.RUNNING


def test_a_knob_reaches_the_frames(make_engine):
    run = start(make_engine(), LONG)
    more_frames(run)
    run.send(Command(knobs={"alpha": 2.5, "lambda": 0.7, "learning_rate": 0.001}))

    def reached() -> bool:
        numbers = newest(run).scalars
        return (numbers.alpha, numbers.lambda_, numbers.learning_rate) == (2.5, 0.7, 0.001)

    wait_until(reached, "a frame trained with the new knobs")


def test_a_knob_turned_before_play_is_in_force_from_the_first_step(make_engine):
    run = prepared(start(make_engine(), LONG, paused=True))
    run.send(Command(knobs={"alpha": 2.0}))
    run.send(PLAY)
    wait_until(lambda: newest(run).step > 0, "a step")
    assert {frame.scalars.alpha for frame in frames(run) if frame.step > 0} == {2.0}


def test_each_step_is_one_step_and_one_frame(make_engine):
    run = prepared(start(make_engine(), LONG, paused=True))
    for step in range(1, 4):
        run.send(STEP)
        wait_until(lambda: newest(run).step == step, "the step's frame")  # noqa: B023
        reach(run, RunState.PAUSED)
    assert [frame.step for frame in frames(run)] == [0, 1, 2, 3]


def test_a_stopped_run_keeps_frames_weights_and_result(make_engine):
    engine = make_engine()
    run = start(engine, LONG)
    wait_until(lambda: run.reader.count() > 3, "some frames")
    run.send(STOP)
    assert reach(run, RunState.STOPPED).message is None
    result = run.reader.result()
    assert result["state"] == "stopped"
    assert result["steps"] == newest(run).step
    assert (run.reader.folder / "weights.safetensors").is_file()
    before = run.reader.count()
    for command in (PLAY, STEP, PAUSE, STOP, Command(knobs={"alpha": 0.0})):
        run.send(command)
    assert run.status.state == RunState.STOPPED
    assert run.reader.count() == before


@pytest.mark.parametrize("wish", ["", "shown"])
def test_a_run_that_never_trained_stops_at_once(make_engine, wish):
    run = start(make_engine(), LONG, paused=True)
    if wish:
        prepared(run)
    run.send(STOP)
    assert run.status.state == RunState.STOPPED
    wait_until(lambda: not workers(), "the end of its process")


def test_beyond_the_places_a_prepared_run_is_put_away_until_play(make_engine):
    engine = make_engine(max_workers=2)
    oldest = prepared(start(engine, LONG, paused=True))
    others = [prepared(start(engine, LONG, paused=True)) for _ in range(2)]
    wait_until(lambda: len(workers()) <= 2, "at most two processes")
    assert oldest.status == RunStatus(RunState.PREPARED)
    oldest.send(Command(knobs={"alpha": 0.5}))
    oldest.send(PLAY)
    wait_until(lambda: newest(oldest).step > 0, "a step of the revived run")
    assert [frame.step for frame in frames(oldest)].count(0) == 1
    assert newest(oldest).scalars.alpha == 0.5
    assert [run.status.state for run in others] == [RunState.PREPARED] * 2
    wait_until(lambda: len(workers()) <= 2, "at most two processes")


def test_a_run_waits_where_every_place_is_taken_by_runs_that_have_begun(make_engine):
    engine = make_engine(max_workers=1)
    first = start(engine, LONG)
    more_frames(first)
    second = start(engine, LONG, paused=True)
    assert second.status.state == RunState.QUEUED
    assert "places are taken" in second.status.message
    first.send(STOP)
    reach(second, RunState.PREPARED)
    prepared(second)


def test_ended_runs_are_let_go_and_found_in_the_store(make_engine, monkeypatch):
    monkeypatch.setattr(local, "_REMEMBERED", 3)
    engine = make_engine()
    ids = []
    for _ in range(8):
        run = start(engine, SHORT, paused=True)
        run.send(STOP)
        ids.append(run.id)
    # The newest one lives when the others are counted.
    assert len(engine._runs) <= 3 + 1
    for run_id in ids:
        found = engine.get(run_id)
        assert found.id == run_id
        assert found.status.state == RunState.STOPPED
    assert len(engine._stored.known) <= 3


def test_a_closed_engine_starts_nothing(make_engine):
    engine = make_engine()
    engine.close()
    with pytest.raises(RuntimeError, match="closed"):
        engine.start(SHORT)


def test_closing_ends_every_run_in_words(make_engine):
    engine = make_engine(max_running=1)
    runs = [start(engine, LONG), start(engine, LONG), prepared(start(engine, LONG, paused=True))]
    more_frames(runs[0])
    engine.close()
    wait_until(lambda: not workers(), "the end of all processes")
    for run in runs:
        assert run.status == RunStatus(RunState.STOPPED, "The server was stopped.")
        assert make_engine().get(run.id).status == run.status
