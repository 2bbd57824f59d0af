"""A run neither fills the disk nor outlives a full one, and its processes start clean."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

from lgm_core.runs import local_run
from lgm_core.runs.engine import RunState
from lgm_core.runs.store import RunWriter, StoreError
from lgm_core.training.frame import read_header
from tests.runs.conftest import workers
from tests.runs.test_local import LONG, PLAY, more_frames, prepared, reach, start
from tests.runs.waiting import wait_until


def test_a_run_that_has_filled_its_share_goes_on_with_keyframes_alone(make_engine, monkeypatch):
    run = prepared(start(make_engine(), LONG, paused=True))
    first = len(run.reader.frame(0))
    # The first frame fills more than its share, but nothing comes near twice of it.
    monkeypatch.setattr(local_run, "MAX_RUN_BYTES", first - 1)
    monkeypatch.setattr(local_run, "MAX_RUN_FACTOR", 100)
    run.send(PLAY)
    more_frames(run, 2)
    assert all(read_header(frame)["keyframe"] for frame in run.reader.frames())


def test_a_run_that_has_filled_far_more_is_stopped_in_words(make_engine, monkeypatch):
    run = start(make_engine(), LONG)
    more_frames(run, 5)
    kept = run.reader.count()
    monkeypatch.setattr(local_run, "MAX_RUN_BYTES", 10)
    status = reach(run, RunState.FAILED)
    assert status.message.startswith("Stopped: the frames of this run fill ")
    assert run.reader.count() >= kept
    wait_until(lambda: not workers(), "the end of its process")


def test_a_full_disk_ends_the_run_in_words_and_keeps_its_frames(make_engine, monkeypatch):
    engine = make_engine()
    run, other = start(engine, LONG), start(engine, LONG)
    more_frames(run)
    more_frames(other)
    append = RunWriter.append

    def full(writer: RunWriter, frame: bytes) -> None:
        if writer.run_id == run.id:
            raise StoreError("The disk is full; the frames so far are kept.")
        append(writer, frame)

    monkeypatch.setattr(RunWriter, "append", full)
    assert reach(run, RunState.FAILED).message == "The disk is full; the frames so far are kept."
    assert run.reader.count() > 0
    more_frames(other)
    assert other.status.state == RunState.RUNNING


def test_a_worker_that_does_not_end_when_told_to_is_ended(make_engine, monkeypatch):
    monkeypatch.setattr("lgm_core.runs.watch._STOP_SECONDS", 0.5)
    run = start(make_engine(), LONG)
    more_frames(run)
    worker = psutil.Process(run._process.pid)
    worker.suspend()
    run.send(local_run.Command(action="stop"))
    reach(run, RunState.STOPPED)
    wait_until(lambda: not workers(), "the end of its process")


def test_when_no_process_can_be_started_the_run_says_so(make_engine, monkeypatch):
    engine = make_engine(max_running=1)

    def refuse(*_: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(engine._workers, "start", refuse)
    run = start(engine, LONG)
    assert "No process could be started for this run" in reach(run, RunState.FAILED).message
    monkeypatch.undo()
    # Its turn is free again.
    more_frames(start(engine, LONG))


def test_the_fork_server_has_started_no_threads_of_torch(make_engine):
    prepared(start(make_engine(), LONG, paused=True))
    server = next(child for child in psutil.Process().children() if child.children())
    names = {
        name
        for thread in server.threads()
        if (name := _thread_name(server.pid, thread.id)).startswith(("omp", "pt_"))
    }
    assert names == set()
    # One thread is Python's own; the others are those that numpy starts when it is imported.
    assert server.num_threads() <= (os.cpu_count() or 1) + 1


def _thread_name(process: int, thread: int) -> str:
    return Path(f"/proc/{process}/task/{thread}/comm").read_text().strip()
