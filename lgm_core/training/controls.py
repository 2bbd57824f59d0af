"""How a running training is steered: commands, and where the loop takes them from."""

from __future__ import annotations

import queue
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from lgm_core.training.settings import Knobs, SettingsError, explain

Action = Literal["play", "pause", "step", "stop"]


class ControlsClosed(Exception):  # noqa: N818 - it is an end, not an error
    """The other end is gone: nobody can steer this run any more."""


class Command(BaseModel):
    """One order to a running training: new knob values, an action, or both.

    ``knobs`` is any part of ``alpha``, ``lambda``, ``learning_rate``, in the ranges of
    :class:`Knobs`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    knobs: dict[str, float] = Field(default_factory=dict)
    action: Action | None = None

    @field_validator("knobs")
    @classmethod
    def _in_range(cls, knobs: dict[str, float]) -> dict[str, float]:
        public = {info.alias or name for name, info in Knobs.model_fields.items()}
        if unknown := sorted(set(knobs) - public):
            raise ValueError(f"{unknown[0][:20]!r} is not a setting")
        try:
            Knobs.model_validate(knobs)
        except ValidationError as error:
            raise ValueError(" ".join(explain(error, Knobs).values())) from None
        return knobs

    def turn(self, knobs: Knobs) -> Knobs:
        """The knobs as they are after this command."""
        return Knobs.model_validate(knobs.model_dump(by_alias=True) | self.knobs)


def parse_command(text: str | bytes) -> Command:
    """A command from untrusted JSON.

    Raises:
        SettingsError: with a plain sentence that names the bad value.
    """
    try:
        return Command.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "command"
        raise SettingsError(f"{where}: {first['msg'].removeprefix('Value error, ')}") from None


class Controls(Protocol):
    """Where a training loop takes its commands from, between two steps."""

    def take(self, *, wait: bool) -> list[Command]:
        """The pending commands; with ``wait``, blocks until there is at least one.

        Raises:
            ControlsClosed: when the other end is gone.
        """


class QueueControls:
    """Controls for one process: another thread, or the loop's own caller, gives commands."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Command | None] = queue.SimpleQueue()

    def give(self, command: Command) -> None:
        """Hands a command to the running loop."""
        self._queue.put(command)

    def close(self) -> None:
        """Ends the run at its next step."""
        self._queue.put(None)

    def take(self, *, wait: bool) -> list[Command]:
        """See :meth:`Controls.take`."""
        commands: list[Command] = []
        while True:
            try:
                command = self._queue.get(block=wait and not commands)
            except queue.Empty:
                return commands
            if command is None:
                raise ControlsClosed
            commands.append(command)
