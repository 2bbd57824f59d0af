"""What every trainer obeys: knobs, pause, play, a single step, stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from lgm_core.training.controls import Command, Controls
from lgm_core.training.settings import Knobs


class _Learner(Protocol):
    knobs: Knobs


class Orders(NamedTuple):
    """What the orders between two steps have asked for."""

    single: bool  #: one step, though in a pause
    turned: bool  #: a knob has another value


class Steered:
    """A training that is steered between its steps."""

    def __init__(self) -> None:
        #: Told True when the loop begins to wait in a pause, False when it goes on.
        self.on_idle: Callable[[bool], None] | None = None
        self.stopped = False
        self._paused = False

    def _orders(self, controls: Controls, learner: _Learner) -> Orders:
        """Carries out the pending commands; in a pause, waits until there is one."""
        single, turned = False, False
        for command in controls.take(wait=False) or self._wait(controls):
            learner.knobs = command.turn(learner.knobs)
            if command.action == "stop":
                self.stopped = True
            elif command.action is not None:
                self._paused = command.action != "play"
            single = command.action == "step" or single
            turned = turned or bool(command.knobs)
        return Orders(single, turned)

    def _wait(self, controls: Controls) -> list[Command]:
        if not self._paused:
            return []
        if self.on_idle:
            self.on_idle(True)
        commands = controls.take(wait=True)
        if self.on_idle and any(c.action in ("play", "stop") for c in commands):
            self.on_idle(False)
        return commands
