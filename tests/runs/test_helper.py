"""The process that answers what needs torch: the server's own has none of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from lgm_core.export.script import run_script
from lgm_core.runs.engine import RunState
from lgm_core.runs.inspect import inspect
from lgm_core.runs.reader import StoreError
from tests.runs.conftest import workers
from tests.runs.test_local import SHORT, reach, start
from tests.runs.waiting import wait_until

LABELS = [0] * 2000


def test_it_answers_as_the_functions_do(make_engine):
    engine = make_engine()
    run = start(engine, SHORT)
    reach(run, RunState.FINISHED)
    asked = (run.reader, run.settings, LABELS, 3, 5)
    assert engine.helper.inspect(*asked) == inspect(*asked)
    scripted = (run.reader, run.settings, 10)
    assert engine.helper.script(*scripted) == run_script(*scripted)
    with pytest.raises(StoreError, match="allowed: 0 to 1999"):
        engine.helper.inspect(run.reader, run.settings, LABELS, 5000, 5)


@pytest.mark.parametrize("learnt", [True, False])
def test_it_begins_again_after_its_end(make_engine, monkeypatch, learnt):
    engine = make_engine()
    run = start(engine, SHORT)
    reach(run, RunState.FINISHED)
    asked = (run.reader, run.settings, LABELS, 3, 5)
    first = engine.helper.inspect(*asked)
    process = engine.helper._process
    os.kill(process.pid, signal.SIGKILL)
    wait_until(lambda: not workers(), "its end")
    # What multiprocessing knows of an end comes by way of the fork server, and may come late.
    wait_until(lambda: not process.is_alive(), "the news of it")
    if not learnt:
        monkeypatch.setattr(process, "is_alive", lambda: True)
    assert engine.helper.inspect(*asked) == first


def test_one_that_does_not_answer_is_given_up(make_engine, monkeypatch):
    engine = make_engine()
    run = start(engine, SHORT)
    reach(run, RunState.FINISHED)
    asked = (run.reader, run.settings, LABELS, 3, 5)
    engine.helper.inspect(*asked)
    os.kill(engine.helper._process.pid, signal.SIGSTOP)
    monkeypatch.setattr("lgm_core.runs.helper._PATIENCE", 0.3)
    with pytest.raises(StoreError, match="took too long"):
        engine.helper.inspect(*asked)
    monkeypatch.undo()
    assert engine.helper.inspect(*asked)["digit"] == 3


def test_the_server_does_without_torch():
    code = "import sys, app.main; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=120, check=False).returncode == 0
