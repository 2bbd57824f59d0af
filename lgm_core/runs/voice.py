"""What a run's process is told. A process that does not listen holds up nobody."""

from __future__ import annotations

import threading
from multiprocessing.connection import Connection

from lgm_core.runs.worker import BESIDE
from lgm_core.training.controls import Command

#: Orders that wait for a process; one with so many unheard hears of no more but its end.
_MOST_ORDERS = 64


class Voice:
    """Tells a process what it is given, from a thread of its own, which ends with the pipe.

    Knobs that wait are told at once, the newest values winning; so is the newest pace.

    Args:
        connection: to the process.
        name: of the thread.
    """

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._orders: list[Command] = []
        self._pace: bytes | None = None
        self._closed = False
        self._news = threading.Condition()
        threading.Thread(target=self._speak, name=name, daemon=True).start()

    def order(self, command: Command) -> None:
        """Tells a command."""
        with self._news:
            if self._orders and self._orders[-1].action is None:
                merged = self._orders.pop().knobs | command.knobs
                command = Command(knobs=merged, action=command.action)
            if len(self._orders) < _MOST_ORDERS:
                self._orders.append(command)
            self._news.notify()

    def pace(self, step: int | None) -> None:
        """Tells how far the run beside has come; None: there is none to wait for."""
        with self._news:
            self._pace = BESIDE + (b"" if step is None else str(step).encode())
            self._news.notify()

    def close(self) -> None:
        """Tells nothing more."""
        with self._news:
            self._closed = True
            self._news.notify()

    def _speak(self) -> None:
        while True:
            with self._news:
                while not (self._orders or self._pace or self._closed):
                    self._news.wait()
                if self._closed:
                    return
                orders, self._orders = self._orders, []
                pace, self._pace = self._pace, None
            try:
                if pace is not None:
                    self._connection.send_bytes(pace)
                for command in orders:
                    self._connection.send_bytes(command.model_dump_json().encode())
            except (OSError, ValueError):
                return  # it has died, which the thread that listens to it notices, or is put away
