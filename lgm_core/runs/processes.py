"""Worker processes of this machine: how they begin and how their end is learnt."""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.spawn as spawn
import os
import select
import signal
import socket
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from lgm_core.runs import worker

# An exit status can be read once, and multiprocessing reads it in join and in every start:
# two threads at once would make one of them find nothing.
_reading = threading.Lock()


class Workers:
    """Makes workers from a fork server that has torch and the bundled digits loaded.

    Args:
        nice: how far workers stand back behind the server and the browser.
    """

    def __init__(self, nice: int) -> None:
        self._nice = nice
        _forget_main()
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["lgm_core.runs.preload"])
        # The fork server imports by its own path, which begins at the current folder.
        root = str(Path(__file__).resolve().parents[2])
        paths = [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p]
        if root not in paths:
            os.environ["PYTHONPATH"] = os.pathsep.join([root, *paths])
        # Torch's threads sleep while they wait for each other: those that spin make training
        # many times slower as soon as the browser or another run wants their core.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

    def start(self, settings: str, threads: int, paused: bool) -> tuple[BaseProcess, Connection]:
        """A worker for these settings (JSON), and our end of its pipe."""
        return self.begin(worker.work, settings, threads, paused, self._nice)

    def begin(self, target: Callable[..., None], *args: Any) -> tuple[BaseProcess, Connection]:
        """A process that runs ``target`` with its end of a pipe and ``args``, and our end."""
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=target, args=(theirs, *args), daemon=True)
        with theirs, _reading:
            process.start()
        return process, ours

    def warm_up(self) -> None:
        """Starts the fork server, so that the first worker does not wait for it."""
        process = self._context.Process(target=_nothing)
        with _reading:
            process.start()
        exit_code(process, 60.0)


def _forget_main() -> None:
    """Workers do not run the program that started them once more.

    multiprocessing would: in the server that is Streamlit and the page's own script, a second of
    every worker's start. All that workers call is importable by its name.
    """
    told = spawn.get_preparation_data
    if getattr(told, "without_main", False):
        return

    def without_main(name: str) -> dict[str, Any]:
        data = told(name)
        return {key: value for key, value in data.items() if not key.startswith("init_main_")}

    without_main.without_main = True  # type: ignore[attr-defined]
    spawn.get_preparation_data = without_main


def awaits_question(process: BaseProcess, connection: Connection) -> bool:
    """Whether a process that owes no answer is there to be asked.

    Its pipe tells its end at once; ``is_alive`` learns it from the fork server, a little later.
    """
    try:
        return process.is_alive() and not connection.poll(0)
    except OSError:
        return False


def exit_code(process: BaseProcess, timeout: float) -> int | None:
    """Waits for a process; its exit code, or None if it lives on after ``timeout`` seconds."""
    wait([process.sentinel], timeout)
    with _reading:
        process.join(0)
        return process.exitcode


def cause_of_death(code: int | None) -> str:
    """What an exit code without a word of farewell means, in a sentence."""
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            name = signal.Signals(-code).name
            return (
                f"The training process was killed (signal {-code}, {name}); "
                "the frames so far are kept."
            )
    return "The training process ended unexpectedly; the frames so far are kept."


def cores() -> int:
    """How many cores this process may use: the machine's, or fewer by ``OMP_NUM_THREADS``."""
    if hasattr(os, "sched_getaffinity"):
        count = len(os.sched_getaffinity(0))
    else:
        count = os.cpu_count() or 1
    # A list is allowed there: by how deep loops lie in each other.
    wanted = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    return min(count, int(wanted)) if wanted.isdecimal() and int(wanted) > 0 else count


def hang_up(connection: Connection) -> None:
    """Lets a process hear that nobody listens, even one that can no longer be killed.

    After the end of the fork server multiprocessing takes its children for dead, and to close the
    connection is not enough while a thread of ours reads from it.
    """
    if os.name != "posix":
        return
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(connection.fileno())) as ours:
        ours.shutdown(socket.SHUT_RDWR)


def leave_with(connection: Connection) -> None:
    """Ends the process as soon as the other end is gone, amid whatever it computes."""
    if not hasattr(select, "poll"):
        return
    watch = select.poll()
    watch.register(connection.fileno(), 0)  # of the end alone, which cannot be left out
    watch.poll()
    os._exit(1)


def _nothing() -> None:
    """The first process of a fork server, which makes it start."""
