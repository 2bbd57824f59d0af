"""Questions about trained models, answered by processes beside this one, whatever befalls them."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from safetensors.numpy import load as load_arrays

from lgm_core.data import load
from lgm_core.pretrained import FOLDER, LGM
from lgm_core.runs import bench as bench_module
from lgm_core.runs.bench import MAX_WAITING, PROCESSES, Bench, BenchError, Job, serve
from lgm_core.runs.processes import Workers
from tests.runs.conftest import workers
from tests.runs.waiting import PATIENCE, wait_until

ENDED = "The process that worked on this has ended; try again."


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    """One for most tests: a process takes seconds to load scikit-learn."""
    wait_until(lambda: not workers(), "the end of another file's processes")
    made = Bench(Workers(0))
    yield made
    made.close()
    wait_until(lambda: not workers(), "the end of its processes")
    names = ("bench-quick", "bench-steady", "bench-long")
    wait_until(
        lambda: not [t for t in threading.enumerate() if t.name in names], "the end of its threads"
    )


@pytest.fixture
def own_bench() -> Iterator[Bench]:
    """Of one's own; its processes end with the test."""
    before, made = workers(), Bench(Workers(0))
    yield made
    made.close()
    wait_until(lambda: set(workers()) <= set(before), "the end of its processes")


def only_process() -> psutil.Process:
    """The one that has begun so far: all questions have the same seat."""
    (process,) = workers()
    return process


def ask(folder: Path = FOLDER / LGM, **settings: Any) -> dict[str, Any]:
    wanted = {"attack": "fgsm", "count": 20, **settings}
    return {"run": folder.name, "folder": str(folder), "settings": wanted}


def over(job: Job, seconds: float = PATIENCE) -> Job:
    event = threading.Event()
    job.when_over(event.set)
    assert event.wait(seconds), "no answer"
    return job


def failure(job: Job, seconds: float = PATIENCE) -> str:
    over(job, seconds)
    with pytest.raises(BenchError) as failed:
        job.result()
    return str(failed.value)


def test_a_study_comes_back_as_bytes_that_decode(bench):
    arrays = load_arrays(over(bench.submit(ask(), "quick")).result())
    assert arrays["labels"].tolist() == load("bundled").test_labels[:20].tolist()
    assert arrays["abnormal"].shape == (20, 784)
    process = only_process()
    again = load_arrays(over(bench.submit(ask(count=7), "quick")).result())
    assert again["labels"].shape == (7,)
    assert only_process() == process


def test_a_drawing_is_judged(bench):
    digits = load("bundled")
    question = {"run": LGM, "folder": str(FOLDER / LGM)}
    picture = {"picture": base64.b64encode(digits.test_images[0].tobytes()).decode()}
    told = json.loads(over(bench.submit(question | picture, "quick")).result())
    assert told["predicted"] == digits.test_labels[0]
    short = {"picture": base64.b64encode(b"x" * 783).decode()}
    words = "a picture has 783 pixels; allowed: 784"
    assert failure(bench.submit(question | short, "quick")) == words


def test_progress_of_an_attack_is_told_before_the_answer(bench):
    told: list[tuple[int, int]] = []
    job = bench.submit(
        ask(attack="pgd", count=30, steps=20), "quick", progress=lambda *now: told.append(now)
    )
    assert load_arrays(over(job).result())["path"].shape == (22, 30, 2)
    assert told
    assert told == sorted(set(told))
    assert all(1 <= done <= total == 20 for done, total in told)


def test_a_cancelled_quick_job_ends_with_its_step_and_keeps_the_process(bench):
    over(bench.submit(ask(), "quick")).result()
    process, begun = only_process(), threading.Event()
    # It would take a minute and more.
    question = ask(attack="pgd", count=1000, steps=200)
    job = bench.submit(question, "quick", progress=lambda *_: begun.set())
    waits = bench.submit(ask(count=3), "quick")
    assert begun.wait(PATIENCE)
    job.cancel()
    assert failure(job) == "Cancelled."
    assert load_arrays(over(waits, 10).result())["labels"].shape == (3,)
    assert only_process() == process


def test_a_cancel_that_comes_too_late_does_no_harm(bench):
    for _ in range(5):
        job = bench.submit(ask(count=2), "quick")
        job.cancel()
        job.when_over(lambda: None)
    assert load_arrays(over(bench.submit(ask(count=4), "quick")).result())["labels"].shape == (4,)


def test_a_process_ends_with_the_server_amid_its_work():
    seen = set(workers())
    process, pipe = Workers(0).begin(serve, 0)
    pipe.send_bytes(json.dumps(ask(attack="cw", count=300)).encode())
    wait_until(lambda: len(set(workers()) - seen) == 1, "its begin")
    time.sleep(5.0)  # amid its first batch
    pipe.close()
    process.join(3.0)
    assert process.exitcode == 1


def test_a_listener_that_fails_does_not_cost_the_answer(bench):
    def fail(done: int, total: int) -> None:
        raise RuntimeError("the listener's own trouble")

    job = bench.submit(ask(attack="pgd", count=5, steps=3), "quick", progress=fail)
    assert load_arrays(over(job).result())["labels"].shape == (5,)


def test_a_bad_question_is_answered_with_a_sentence(bench, tmp_path):
    gone = bench.submit(ask(tmp_path / "gone"), "quick")
    assert failure(gone) == "The settings of this run cannot be read."
    process = only_process()
    (tmp_path / "settings.json").write_bytes((FOLDER / LGM / "settings.json").read_bytes())
    early = bench.submit(ask(tmp_path), "quick")
    assert failure(early) == "This run has not ended yet; its weights come with its end."
    assert over(bench.submit(ask(), "quick")).result()
    assert only_process() == process


def test_a_process_that_died_while_idle_costs_nobody_an_answer(bench):
    over(bench.submit(ask(), "quick")).result()
    process = only_process()
    process.kill()
    assert load_arrays(over(bench.submit(ask(), "quick")).result())["labels"].shape == (20,)
    assert only_process() != process


def test_a_killed_process_costs_the_job_that_it_had_and_no_other(bench, monkeypatch):
    monkeypatch.setattr(bench_module, "_AT_ONCE", 0.0)
    begun = threading.Event()
    question = ask(attack="pgd", count=1000, steps=200)
    job = bench.submit(question, "quick", progress=lambda *_: begun.set())
    waits = bench.submit(ask(), "quick")
    assert begun.wait(PATIENCE)
    process = only_process()
    process.kill()
    assert failure(job) == ENDED
    assert load_arrays(over(waits).result())["labels"].shape == (20,)
    assert only_process() != process


def test_a_cancelled_long_job_makes_way_at_once(own_bench):
    bench, before = own_bench, workers()
    job = bench.submit(ask(attack="cw", count=200), "long")
    waits = bench.submit(ask(), "long")
    after = bench.submit(ask(), "long")
    wait_until(lambda: len(workers()) == len(before) + 1, "the start of its process")
    waits.cancel()
    start = time.monotonic()
    job.cancel()
    assert failure(job) == "Cancelled."
    assert time.monotonic() - start < 2
    assert failure(waits) == "Cancelled."
    assert load_arrays(over(after).result())["labels"].shape == (20,)


def test_one_job_more_than_may_wait_is_refused_and_closing_answers_all(own_bench):
    bench, before = own_bench, workers()
    bench.warm_up()
    bench.warm_up()
    question = ask(attack="pgd", count=1000, steps=200)
    jobs = [bench.submit(question, "long")]
    count = PROCESSES["quick"] + PROCESSES["long"]
    wait_until(lambda: len(workers()) == len(before) + count, "a process each")
    jobs += [bench.submit(question, "long") for _ in range(MAX_WAITING)]
    with pytest.raises(BenchError, match="Too many others wait"):
        bench.submit(question, "long")
    mine = [process for process in workers() if process not in before]
    assert len(mine) == count
    bench.close()
    assert {failure(job, 10) for job in jobs} == {ENDED}
    _, left = psutil.wait_procs(mine, timeout=10)
    assert not left
    with pytest.raises(BenchError, match="has ended"):
        bench.submit(ask(), "quick")


def test_who_asks_after_the_end_is_called_back_all_the_same():
    job = Job({}, lambda done, total: None)
    called = []
    job.when_over(lambda: called.append("before"))
    assert not called
    job.settle(answer=b"answer")
    job.when_over(lambda: called.append("after"))
    assert called == ["before", "after"]
    assert job.result() == b"answer"
