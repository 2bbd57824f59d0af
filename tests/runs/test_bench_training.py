"""Models that are trained once for a comparison, by the process of the long lane."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from lgm_core.data import load
from lgm_core.detection.settings import DetectSettings
from lgm_core.detection.study import Subject, study
from lgm_core.runs.bench import Bench, BenchError, Job
from lgm_core.runs.bench_process import newest_keyframe
from lgm_core.runs.bench_training import finished_runs, trained
from lgm_core.runs.model import load_classifier
from lgm_core.runs.processes import Workers
from lgm_core.runs.store import Store
from lgm_core.training import loop
from lgm_core.training.settings import TrainSettings
from tests.runs.conftest import workers
from tests.runs.waiting import PATIENCE, wait_until

SHORT = TrainSettings(epochs=1, batch_size=500)
LONG = TrainSettings(epochs=500)


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "runs")


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    made = Bench(Workers(0))
    yield made
    made.close()
    wait_until(lambda: not workers(), "the end of its processes")


def quiet(done: int, total: int) -> None:
    """A listener that does not care."""


def ask(store: Store, settings: TrainSettings) -> dict[str, Any]:
    return {"train": settings.model_dump(by_alias=True), "runs": str(store.root)}


def over(job: Job) -> Job:
    event = threading.Event()
    job.when_over(event.set)
    assert event.wait(PATIENCE), "no answer"
    return job


def test_a_model_is_trained_once_and_then_found(store):
    told: list[tuple[int, int]] = []
    run_id = trained(store, SHORT, lambda *now: told.append(now))
    assert told[0] == (0, 8)
    assert told[-1] == (8, 8)
    reader = store.open(run_id)
    assert reader.count() == 1
    assert newest_keyframe(reader).step == 8
    assert load_classifier(reader, SHORT, 10).loss.has_density
    told.clear()
    assert trained(store, SHORT, lambda *now: told.append(now)) == run_id
    assert told == []
    other = SHORT.model_copy(update={"seed": 1})
    assert finished_runs(store, [SHORT, other]) == {SHORT: run_id}


def test_a_run_that_may_have_been_steered_or_did_not_end_is_not_taken(store):
    model = store.open(trained(store, SHORT, quiet))
    weights = (model.folder / "weights.safetensors").read_bytes()
    result = model.result() or {}
    by_hand = {name: value for name, value in result.items() if name != "unattended"}
    for ended in (by_hand, result | {"state": "stopped"}):
        with store.create(SHORT) as writer:
            writer.finish_bytes(ended, weights)
    with store.create(SHORT) as writer:  # killed before its result was written
        (writer.folder / "weights.safetensors").write_bytes(weights)
    assert finished_runs(store, [SHORT]) == {SHORT: model.run_id}
    (model.folder / "weights.safetensors").unlink()
    (model.folder.parent / "0123456789abcdef").mkdir()
    assert finished_runs(store, [SHORT]) == {}
    again = store.open(trained(store, SHORT, quiet))
    assert again.run_id != model.run_id
    assert (again.folder / "weights.safetensors").read_bytes() == weights


def test_no_run_of_anybody_is_removed_for_it(store):
    first = [store.create(SHORT).finish({"state": "finished"}, None) for _ in range(2)]
    crowded = Store(store.root, max_runs=2)
    trained(crowded, SHORT, quiet)
    assert len(store.run_ids()) == len(first) + 1


def test_a_training_that_diverges_is_told_in_a_sentence_and_not_kept(store, monkeypatch):
    def diverge(*_: object, **__: object) -> None:
        raise loop.Diverged("Training diverged at step 5.")

    monkeypatch.setattr(loop.Trainer, "run", diverge)
    with pytest.raises(ValueError, match="Training diverged at step 5"):
        trained(store, SHORT, quiet)
    assert store.run_ids() == []


def test_the_bench_trains_and_tells_figures_and_a_cancelled_training_leaves_nothing(bench, store):
    begun = threading.Event()
    job = bench.submit(ask(store, LONG), "long", progress=lambda *_: begun.set())
    waits = bench.submit(ask(store, SHORT), "long")
    same = bench.submit(ask(store, SHORT), "long")
    assert begun.wait(PATIENCE)
    job.cancel()
    with pytest.raises(BenchError, match="Cancelled"):
        over(job).result()
    run_id = over(waits).result().decode()
    assert over(same).result().decode() == run_id
    assert store.run_ids() == [run_id]

    asked = DetectSettings(attack="fgsm", count=30)
    question = {"run": run_id, "folder": str(store.root / run_id), "summary": True}
    told: list[tuple[int, int]] = []
    figures = bench.submit(
        question | {"settings": asked.model_dump()}, "long", progress=lambda *now: told.append(now)
    )
    answer = json.loads(over(figures).result())
    assert told[0] == (0, 1)
    reader = store.open(run_id)
    subject = Subject(load_classifier(reader, SHORT, 10), load("bundled"))
    expected = study(subject, asked).summary()
    assert answer["scores"].keys() == expected["scores"].keys()
    assert answer["accuracy_attacked"] == pytest.approx(expected["accuracy_attacked"], abs=0.05)


def test_settings_that_are_none_are_refused(bench, store):
    bad = bench.submit({"train": {"epochs": 0}, "runs": str(store.root)}, "long")
    with pytest.raises(BenchError, match="epochs"):
        over(bad).result()
