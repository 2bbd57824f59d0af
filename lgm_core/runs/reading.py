"""Processes beside the server that read strangers' papers, with a limit on time and memory.

A PDF can be made so that its reader never ends or fills the machine; here that costs one process
and nobody else's page. The server itself loads neither parsers nor the classifier.
"""

from __future__ import annotations

import base64
import contextlib
import json
import queue
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from lgm_core.evidence.entry import Entry, Origin, from_json
from lgm_core.evidence.paper import BusyError, EvidenceError
from lgm_core.runs.processes import Workers, awaits_question, leave_with

#: Seconds that one paper may take: the most pages of a PDF that are read, 300, take half of it.
PATIENCE = 60.0
#: The same for plain text, such as LaTeX: to begin with, and for each megabyte. It is read and
#: judged in some two seconds a megabyte, so that one which was made to last does not keep a seat.
_TEXT_PATIENCE = (10.0, 10.0)
#: Seconds that a process may take to load the parsers and, the first time, fit the classifier.
_START_PATIENCE = 180.0
#: Papers that are read at once; more wait.
SEATS = 2
#: Seconds to wait for a seat.
_QUEUE_PATIENCE = 120.0
#: Bytes that a process may take on top of what it begins with.
_MEMORY = 2 << 30
_RESULT, _SENTENCE = b"R", b"X"
_READY = b"!"
_ENDED = "Reading this took too much time or memory and was stopped; try a shorter paper."
_FULL = "Too many papers are being read at the moment; try again in a minute."


class Reading:
    """Reads papers; safe to call from many threads.

    Args:
        workers: makes the processes, each at its first paper and again after one was ended.
    """

    def __init__(self, workers: Workers) -> None:
        self._all = [_Seat(workers) for _ in range(SEATS)]
        self._line = _Line(self._all)

    def read(
        self,
        data: bytes,
        origin: Origin,
        companions: Mapping[str, bytes] | None = None,
        *,
        seconds: float | None = None,
    ) -> Entry:
        """The paper in a file, judged.

        Args:
            data: the file.
            origin: where it came from.
            companions: further files by name, such as the .bib of a .tex.
            seconds: that it may take; by default as its form and size deserve.

        Raises:
            EvidenceError: with one plain sentence, for a file that cannot be read, or not within
                ``seconds``; a BusyError if there was no room to try.
        """
        question = {
            "origin": [origin.name, origin.url, origin.project],
            "data": _packed(data),
            "companions": {name: _packed(held) for name, held in (companions or {}).items()},
        }
        if seconds is None:
            seconds = patience([data, *(companions or {}).values()])
        return from_json(self._ask(question, seconds))

    def warm_up(self) -> None:
        """Loads the classifier in the process that will be asked first."""
        self._ask({}, PATIENCE)

    def close(self) -> None:
        """Ends the processes."""
        for seat in self._all:
            seat.close()

    def _ask(self, question: dict[str, Any], seconds: float) -> bytes:
        with self._line.seat() as seat:
            answer = seat.ask(json.dumps(question).encode(), seconds)
        if answer.startswith(_SENTENCE):
            raise EvidenceError(answer[1:].decode())
        return answer[1:]


def patience(files: Iterable[bytes]) -> float:
    """Seconds that reading a paper out of ``files`` may take."""
    held = list(files)
    if any(one.startswith((b"PK", b"\x1f\x8b")) or b"%PDF-" in one[:1024] for one in held):
        return PATIENCE  # packed: its size tells little
    first, each = _TEXT_PATIENCE
    return min(PATIENCE, first + each * sum(map(len, held)) / 1e6)


class _Line:
    """Who waits for a seat gets one in turn: somebody with sixty papers asks for each anew."""

    def __init__(self, seats: Sequence[_Seat]) -> None:
        self._lock = threading.Lock()
        self._free = list(seats)
        self._waiting: deque[queue.Queue[_Seat]] = deque()

    @contextlib.contextmanager
    def seat(self) -> Iterator[_Seat]:
        """A seat for as long as the context lasts; raises BusyError if none becomes free."""
        own: queue.Queue[_Seat] = queue.Queue(1)
        with self._lock:
            # The last that became free comes first: a single reader keeps to one process.
            if self._free:
                own.put(self._free.pop())
            else:
                self._waiting.append(own)
        try:
            seat = own.get(timeout=_QUEUE_PATIENCE)
        except queue.Empty:
            with self._lock:
                if own in self._waiting:
                    self._waiting.remove(own)
                    raise BusyError(_FULL) from None
            seat = own.get()  # it came at the last moment
        try:
            yield seat
        finally:
            with self._lock:
                if self._waiting:
                    self._waiting.popleft().put(seat)
                else:
                    self._free.append(seat)


class _Seat:
    """One process, which lives from its first question until it fails one."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._lock = threading.Lock()  #: over which process is the seat's
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._closed = False

    def ask(self, question: bytes, seconds: float) -> bytes:
        try:
            connection = self._connect()
            connection.send_bytes(question)
            if connection.poll(seconds):
                return connection.recv_bytes()
        except (EOFError, OSError):
            pass
        self._end()
        return _SENTENCE + _ENDED.encode()

    def close(self) -> None:
        self._closed = True
        self._end()

    def _connect(self) -> Connection:
        with self._lock:
            if self._closed:
                raise EOFError
            process, connection = self._process, self._connection
            if process and connection:
                if awaits_question(process, connection):
                    return connection
                process.kill()
                connection.close()
            self._process, connection = self._workers.begin(serve_papers)
            self._connection = connection
        if not connection.poll(_START_PATIENCE) or connection.recv_bytes() != _READY:
            raise EOFError
        return connection

    def _end(self) -> None:
        with self._lock:
            process, self._process = self._process, None
            connection, self._connection = self._connection, None
        if process is not None:
            process.kill()
        if connection is not None:
            connection.close()


def serve_papers(connection: Connection) -> None:
    """Reads papers until the server goes; what runs in the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=leave_with, args=(connection,), daemon=True).start()
    _limit_memory()
    from lgm_core.evidence.classify.own import the_classifier

    the_classifier()
    with contextlib.suppress(EOFError, OSError):
        connection.send_bytes(_READY)
        while True:
            question = json.loads(connection.recv_bytes())
            try:
                answer = _RESULT + _answer(question)
            except EvidenceError as error:
                answer = _SENTENCE + str(error).encode()
            except (MemoryError, RecursionError):
                answer = _SENTENCE + _ENDED.encode()
            except Exception:  # whatever a stranger's file has found
                answer = _SENTENCE + b"This file cannot be read as a paper."
            connection.send_bytes(answer)


def _answer(question: dict[str, Any]) -> bytes:
    if not question:
        return b""
    from lgm_core.evidence.entry import read_entry, to_json

    companions = {name: _unpacked(held) for name, held in question["companions"].items()}
    return to_json(read_entry(_unpacked(question["data"]), Origin(*question["origin"]), companions))


def _limit_memory() -> None:
    """Lets the process fail rather than the machine; not every system can."""
    if sys.platform == "win32":
        return
    import resource

    pages = 0
    with contextlib.suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    if pages:
        limit = pages * resource.getpagesize() + _MEMORY
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _packed(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _unpacked(text: str) -> bytes:
    return base64.b64decode(text)
