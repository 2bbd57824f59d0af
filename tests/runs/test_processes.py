"""A worker is what it was asked to be, and not the program that asked."""

from __future__ import annotations

import json
import sys
import threading
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from types import ModuleType

import pytest

from lgm_core.runs.processes import Workers, cores, hang_up


def what_is_loaded(connection: Connection) -> None:
    """Runs in the worker."""
    loaded = [name for name in ("streamlit", "torch._dynamo") if name in sys.modules]
    connection.send_bytes(json.dumps(loaded).encode())


@pytest.mark.parametrize("kind", ["a script", "a module"])
def test_a_worker_does_not_run_the_program_that_starts_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path, kind: str
) -> None:
    program = ModuleType("__main__")
    if kind == "a script":
        program.__file__ = str(tmp_path / "page.py")
        (tmp_path / "page.py").write_text("raise SystemExit('the page ran in a worker')\n")
    else:
        import streamlit.__main__

        program.__spec__ = streamlit.__main__.__spec__
    monkeypatch.setitem(sys.modules, "__main__", program)
    process, connection = Workers(nice=0).begin(what_is_loaded)
    assert connection.poll(60)
    assert json.loads(connection.recv_bytes()) == []
    process.join(10)
    assert process.exitcode == 0


@pytest.mark.parametrize(
    ("wanted", "count"),
    [("1", 1), ("2,1", 2), (" 3 ", 3), ("64", 4), ("0", 4), ("-1", 4), ("many", 4), ("", 4)],
)
def test_cores_are_the_machines_or_fewer_if_told(
    monkeypatch: pytest.MonkeyPatch, wanted: str, count: int
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: {0, 1, 2, 3}, raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", wanted)
    assert cores() == count


def test_who_waits_for_words_hears_that_nobody_will_speak() -> None:
    ours, theirs = Pipe()
    ends: list[type[BaseException]] = []

    def read() -> None:
        try:
            ours.recv_bytes()
        except (EOFError, OSError) as error:
            ends.append(type(error))

    reader = threading.Thread(target=read)
    reader.start()
    hang_up(ours)  # while the thread still reads: to close would not wake it
    reader.join(10)
    assert not reader.is_alive() and len(ends) == 1
    with pytest.raises(EOFError):
        theirs.recv_bytes()
    ours.close()
    hang_up(ours)  # a second time, and too late
