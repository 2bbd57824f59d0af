"""Claims measured on the server's engine: in its queue, to be watched, and to be cancelled."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from lgm_core.evidence.engine_runner import EngineRunner
from lgm_core.evidence.local_runner import LocalRunner
from lgm_core.evidence.measure import Cancelled, Progress, Row, measure
from lgm_core.evidence.paper import EvidenceError
from lgm_core.runs.engine import AnyRun, RunState
from lgm_core.runs.local import LocalEngine
from lgm_core.runs.store import Store
from lgm_core.training.controls import Command
from tests.evidence.measuring import SEEDS, detection, digits
from tests.runs.waiting import PATIENCE, wait_until


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    made = LocalEngine(Store(tmp_path_factory.mktemp("engine") / "runs"), grace_seconds=1.0, nice=0)
    made.warm_up()
    yield made
    made.close()


def quiet(share: float) -> None:
    """A listener that does not care."""


def test_a_row_of_the_engine_is_the_row_of_the_command_line(engine):
    claim, began, heard = detection(), list[AnyRun](), list[Progress]()
    runner = EngineRunner(engine, began=began.append)
    *steps, row = measure(claim, claim.variants[0], SEEDS, runner, tell=heard.append)
    assert isinstance(row, Row)
    assert len(steps) == 6
    # Each run was one of the engine's, with an owner, and is over.
    ids = [run for runs in zip(*row.run_ids.values(), strict=True) for run in runs]
    assert [run.id for run in began] == ids
    assert all(run.status.state == RunState.FINISHED for run in began)
    assert all(engine.get(run_id) for run_id in ids)
    assert all(0 <= now.done <= now.total for now in heard)
    # The same settings found in the same store give the same figures in this process.
    *_, local = measure(claim, claim.variants[0], SEEDS, LocalRunner(engine.store))
    assert isinstance(local, Row)
    assert local.run_ids == row.run_ids
    assert local.values == pytest.approx(row.values, abs=1e-3)
    # And the engine trains nothing that it has.
    assert runner.train([digits(seed=0), digits(seed=1)], quiet) == [ids[2], ids[0]]
    assert len(began) == 4


def test_cancelling_stops_the_runs_and_ends_the_measurement(engine):
    began, ended = list[AnyRun](), list[Exception]()
    runner = EngineRunner(engine, began=began.append)

    def work() -> None:
        try:
            runner.train([digits(epochs=500), digits(epochs=500, loss="softmax")], quiet)
        except EvidenceError as error:
            ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    wait_until(lambda: len(began) == 2 and began[0].reader.count() > 1, "a run that trains")
    runner.cancel()
    thread.join(PATIENCE)
    assert [type(error) for error in ended] == [Cancelled]
    wait_until(lambda: all(run.status.state.over for run in began), "the end of both runs")
    assert {run.status.state for run in began} == {RunState.STOPPED}
    with pytest.raises(Cancelled):
        next(measure(detection(), detection().variants[0], SEEDS, runner))


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (Command(action="stop"), "stopped before its end"),
        (Command(knobs={"alpha": 3.0}), "knobs of run .* were turned"),
    ],
)
def test_a_run_that_somebody_else_has_steered_is_no_evidence(engine, command, words):
    seed = 10 if command.knobs else 11
    runner = EngineRunner(engine, began=lambda run: run.send(command))
    with pytest.raises(EvidenceError, match=words):
        runner.train([digits(seed=seed, epochs=2)], quiet)


def test_the_end_of_one_run_is_told_without_waiting_for_the_others(engine):
    began = list[AnyRun]()

    def start(run: AnyRun) -> None:
        began.append(run)
        if len(began) == 2:
            began[0].send(Command(action="stop"))

    with pytest.raises(EvidenceError, match="stopped before its end"):
        EngineRunner(engine, began=start).train(
            [digits(epochs=500), digits(epochs=500, loss="softmax")], quiet
        )
    wait_until(lambda: all(run.status.state.over for run in began), "the end of both runs")


def test_what_the_engine_cannot_do_is_one_sentence(engine):
    runner = EngineRunner(engine)
    with pytest.raises(EvidenceError, match="own-"):
        runner.train([digits(data="own-" + "0" * 16)], quiet)
    with pytest.raises(EvidenceError, match="is gone"):
        runner.figures("0" * 16)
