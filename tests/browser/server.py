"""The app as a process of its own, the way `make run` starts it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

import psutil

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
STOP_SECONDS = 15.0
CHILD_SECONDS = 5.0


class ServerError(RuntimeError):
    """The server did not start or did not stop as it should; the message ends in its log."""


class Server:
    """A running app on a free port of 127.0.0.1, with folders of its own.

    Args:
        folder: where runs, cache and log go.
        environment: further variables, for example ``LGM_GRACE_SECONDS``.
        script: what `streamlit run` starts, relative to the repository.
        options: further Streamlit options.
    """

    def __init__(
        self,
        folder: Path,
        *,
        environment: Mapping[str, str] | None = None,
        script: str = "app/main.py",
        options: tuple[str, ...] = (),
    ) -> None:
        self.runs = folder / "runs"
        self.log = folder / "server.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [
            sys.executable, "-m", "streamlit", "run", script, "--server.headless", "true",
            "--server.address", "127.0.0.1", "--server.port", str(self.port), *options,
        ]  # fmt: skip
        self._environment = {
            # With every core, as a person has it.
            **{name: held for name, held in os.environ.items() if name != "OMP_NUM_THREADS"},
            "LGM_RUNS_DIR": str(self.runs),
            "LGM_CACHE_DIR": str(folder / "cache"),
            **(environment or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Server:
        """Start and wait until the app answers.

        Raises:
            ServerError: if it exits or does not answer within a minute.
        """
        self.runs.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._healthy():
            if self._process.poll() is not None:
                raise ServerError(f"the server exited with {self._process.returncode}\n{self.tail}")
            if time.monotonic() > deadline:
                end(self.kill())
                raise ServerError(f"no answer within {START_SECONDS:.0f} s\n{self.tail}")
            time.sleep(0.05)
        return self

    @property
    def process(self) -> psutil.Process:
        """The server's own process; its children are the workers."""
        if self._process is None:
            raise ServerError("the server was not started")
        return psutil.Process(self._process.pid)

    def children(self) -> list[psutil.Process]:
        """Every process below the server that lives now."""
        return self.process.children(recursive=True)

    def stop(self) -> list[psutil.Process]:
        """End the server with SIGTERM; returns the children that outlived it, after ending those.

        Raises:
            ServerError: if the server itself does not end in time.
        """
        if self._process is None or self._process.poll() is not None:
            return []
        children = self.children()
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            end(self.kill())
            raise ServerError(f"alive {STOP_SECONDS:.0f} s after SIGTERM\n{self.tail}") from None
        return end(outlived(children, CHILD_SECONDS))

    def kill(self) -> list[psutil.Process]:
        """End the server alone with SIGKILL; returns the children it had."""
        if self._process is None or self._process.poll() is not None:
            return []
        children = self.children()
        self._process.kill()
        self._process.wait()
        return children

    @property
    def tail(self) -> str:
        """The last lines that the server wrote."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-40:])

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if left := self.stop():
            raise ServerError(f"processes outlived the server: {left}\n{self.tail}")


def outlived(processes: Sequence[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Those that still live after at most so many seconds; a zombie counts as dead."""
    deadline = time.monotonic() + seconds
    while (left := [p for p in processes if _lives(p)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def end(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    """End these with SIGKILL; returns them."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    return list(processes)


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def free_port() -> int:
    """A TCP port that nothing on 127.0.0.1 listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
