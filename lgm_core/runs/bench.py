"""Processes beside the server that attack and judge trained models, one job after the other.

There are two lanes: quick answers, which a person waits for with a slider in hand, have two
processes; what takes minutes, long attacks and models that are trained for a comparison, has one,
which stands back behind the others. A process keeps the models that it was asked about last, with
the densities fitted to them, so that the next answer comes at once.

Down the pipe goes a question as JSON; up come ``P`` progress (two whole numbers), and at the end
``R`` the answer's bytes or ``X`` a plain sentence.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Literal

from lgm_core.runs.processes import Workers, awaits_question

Lane = Literal["quick", "steady", "long"]

PROGRESS, RESULT, SENTENCE = b"P", b"R", b"X"
#: Down the pipe while a job is worked on: nobody wants its answer any more.
CANCEL = b"C"
#: Seconds that a job may take, by lane.
PATIENCE: dict[Lane, float] = {"quick": 60.0, "steady": 300.0, "long": 1800.0}
#: Processes of a lane: the two models of a page are asked at once.
PROCESSES: dict[Lane, int] = {"quick": 2, "steady": 2, "long": 1}
#: How far a lane's process stands back behind the server, the browser and the runs.
NICE: dict[Lane, int] = {"quick": 0, "steady": 2, "long": 5}
#: Jobs that may wait for one process.
MAX_WAITING = 32
#: A process that is gone within so many seconds of a question was gone before it.
_AT_ONCE = 0.5
_ENDED = "The process that worked on this has ended; try again."
_TOO_LONG = "This took too long and was stopped; ask for fewer digits or steps."
_FULL = "Too many others wait for an answer; try again in a moment."
_CANCELLED = "Cancelled."


class BenchError(RuntimeError):
    """A job without an answer; the message is one plain sentence."""


class RefusedError(BenchError):
    """A job whose process has said why it has no answer: asking again gives the same."""


class Job:
    """One question and, later, its answer.

    Args:
        question: goes to the process as JSON.
        progress: called with the steps done and all steps, from another thread.
    """

    def __init__(self, question: dict[str, Any], progress: Callable[[int, int], None]) -> None:
        self.question = question
        self.progress = progress
        self.cancelled = threading.Event()
        self._lock = threading.Lock()
        self._over = False
        self._callback: Callable[[], None] | None = None
        self._answer: bytes | None = None
        self._error = _ENDED

    def cancel(self) -> None:
        """Nobody wants the answer any more."""
        self.cancelled.set()

    def when_over(self, callback: Callable[[], None]) -> None:
        """Calls back once, from any thread, as soon as the job is over."""
        with self._lock:
            if not self._over:
                self._callback = callback
                return
        callback()

    def result(self) -> bytes:
        """The answer of a job that is over.

        Raises:
            BenchError: if there is none.
        """
        if self._answer is None:
            trouble = self._error in (_ENDED, _TOO_LONG, _FULL, _CANCELLED)
            raise (BenchError if trouble else RefusedError)(self._error)
        return self._answer

    def settle(self, *, answer: bytes | None = None, error: str = _ENDED) -> None:
        """Gives the answer, or says why there is none."""
        with self._lock:
            self._answer, self._error, self._over = answer, error, True
            callback, self._callback = self._callback, None
        if callback is not None:
            callback()


class Bench:
    """Takes jobs and answers them in turn, in two lanes.

    Args:
        workers: makes the processes.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._closed = threading.Event()
        self._warm: set[Lane] = set()
        self._lanes: dict[Lane, list[queue.Queue[Job]]] = {
            lane: [queue.Queue(MAX_WAITING) for _ in range(count)]
            for lane, count in PROCESSES.items()
        }
        for lane, queues in self._lanes.items():
            for waiting in queues:
                work = partial(self._run, lane, waiting)
                threading.Thread(target=work, name=f"bench-{lane}", daemon=True).start()

    def submit(
        self,
        question: dict[str, Any],
        lane: Lane,
        *,
        seat: int = 0,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> Job:
        """Puts a question into a lane.

        Args:
            question: what the process is to know, ready for JSON.
            lane: how long the answer may take.
            seat: questions with the same number wait for the same process.
            progress: called with the steps done and all steps, from another thread.

        Raises:
            BenchError: if too many wait there, or the server ends.
        """
        job = Job(question, progress)
        if self._closed.is_set():
            raise BenchError(_ENDED)
        try:
            queues = self._lanes[lane]
            queues[seat % len(queues)].put_nowait(job)
        except queue.Full:
            raise BenchError(_FULL) from None
        return job

    def warm_up(self, lane: Lane = "quick") -> None:
        """Starts the processes of a lane, if there are none: somebody will soon ask."""
        if lane not in self._warm:
            self._warm.add(lane)
            for seat in range(PROCESSES[lane]):
                with contextlib.suppress(BenchError):
                    self.submit({}, lane, seat=seat)

    def close(self) -> None:
        """Ends the processes; what waits gets no answer."""
        self._closed.set()

    def _run(self, lane: Lane, waiting: queue.Queue[Job]) -> None:
        """A process's thread: a job at a time; the process is renewed when it has died."""
        seat = _Seat(self._workers, NICE[lane])
        while not self._closed.is_set():
            try:
                job = waiting.get(timeout=0.2)
            except queue.Empty:
                continue
            if job.cancelled.is_set():
                job.settle(error=_CANCELLED)
                continue
            try:
                self._answer(job, seat, lane)
            except Exception:  # whatever befalls one job, the next one finds its lane
                job.settle()
                seat.end()
        seat.end()
        while not waiting.empty():
            waiting.get().settle()

    def _answer(self, job: Job, seat: _Seat, lane: Lane) -> None:
        used, begun = seat.occupied, time.monotonic()
        try:
            pipe = seat.pipe()
            pipe.send_bytes(json.dumps(job.question).encode())
            if not self._listen(job, pipe, lane):
                seat.end()
        except (EOFError, OSError):
            seat.end()
            # It may have died while it had nothing to do, which is no reason to trouble anybody.
            if used and time.monotonic() - begun < _AT_ONCE:
                self._answer(job, seat, lane)
            else:
                job.settle()

    def _listen(self, job: Job, pipe: Connection, lane: Lane) -> bool:
        """Takes in what comes up until the job is over; whether the process is free again."""
        waited, beat, told = 0.0, 0.05, False
        while waited < PATIENCE[lane] and not self._closed.is_set():
            if job.cancelled.is_set() and lane == "long":
                job.settle(error=_CANCELLED)
                return False
            if job.cancelled.is_set() and not told:
                # A process of the other lanes stays: it has models at hand. It ends with its step.
                pipe.send_bytes(CANCEL)
                told = True
            if not pipe.poll(beat):
                waited += beat
                continue
            message = pipe.recv_bytes()
            kind, content = message[:1], message[1:]
            if kind == PROGRESS:
                with contextlib.suppress(Exception):  # the listener's trouble is not the job's
                    job.progress(*json.loads(content))
            elif kind == RESULT:
                job.settle(answer=content)
                return True
            else:
                job.settle(error=content.decode())
                return True
        job.settle(error=_ENDED if self._closed.is_set() else _TOO_LONG)
        return False


class _Seat:
    """A lane's process, begun when it is needed.

    Args:
        workers: makes it.
        nice: how far it stands back.
    """

    def __init__(self, workers: Workers, nice: int) -> None:
        self._workers = workers
        self._nice = nice
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    @property
    def occupied(self) -> bool:
        """Whether there is a process, as far as is known."""
        return self._process is not None

    def pipe(self) -> Connection:
        """Our end of the process's pipe; begins one if there is none."""
        process, pipe = self._process, self._pipe
        if process is None or pipe is None or not awaits_question(process, pipe):
            self.end()
            self._process, pipe = self._workers.begin(serve, self._nice)
            self._pipe = pipe
        return pipe

    def end(self) -> None:
        """Ends the process."""
        process, self._process = self._process, None
        pipe, self._pipe = self._pipe, None
        if process is not None:
            process.kill()
        if pipe is not None:
            pipe.close()


def serve(connection: Connection, nice: int) -> None:
    """What a lane's process runs."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(nice)
    # The server imports this module too: torch and scikit-learn stay out of its start.
    from lgm_core.runs.bench_process import serve_answers

    serve_answers(connection)
