"""When the loop shows a frame: by steps, which can be repeated to the bit, or by the clock."""

from __future__ import annotations

import time
from typing import Protocol


class Pace(Protocol):
    """Decides when frames are due. ``keyframes`` hold every displayed digit."""

    #: Test results older than this many seconds are not counted; None: by number alone.
    test_age: float | None

    def frame_due(self, step: int) -> bool:
        """Whether a frame is due after this step."""

    def keyframe_due(self, step: int) -> bool:
        """Whether that frame shall be a keyframe."""

    def shown(self, step: int, *, keyframe: bool) -> None:
        """Told of each frame shown."""


class StepPace:
    """A frame every so many steps: the same settings and seed give the same frames."""

    test_age: float | None = None

    def __init__(self, frame_every: int = 4, keyframe_every: int = 64) -> None:
        self.frame_every = frame_every
        self.keyframe_every = keyframe_every

    def frame_due(self, step: int) -> bool:
        """After every ``frame_every`` steps."""
        return step % self.frame_every == 0

    def keyframe_due(self, step: int) -> bool:
        """After every ``keyframe_every`` steps."""
        return step % self.keyframe_every == 0

    def shown(self, step: int, *, keyframe: bool) -> None:
        """Nothing to remember."""


class ClockPace:
    """Frames at a rate, for people who watch: the steps shown depend on the machine's speed."""

    def __init__(
        self,
        frames_per_second: float = 30.0,
        keyframe_seconds: float = 2.0,
        test_age: float = 2.0,
    ) -> None:
        self.test_age: float | None = test_age
        self._interval = 1.0 / frames_per_second
        self._keyframe_seconds = keyframe_seconds
        self._next = 0.0
        self._next_keyframe = 0.0

    def frame_due(self, step: int) -> bool:
        """Once an interval has passed since the last frame was due."""
        return time.monotonic() >= self._next

    def keyframe_due(self, step: int) -> bool:
        """Once ``keyframe_seconds`` have passed since the last keyframe."""
        return time.monotonic() >= self._next_keyframe

    def shown(self, step: int, *, keyframe: bool) -> None:
        """Sets the next due times. What a late frame missed is not made up for later, but it does
        not put off the next one either: where a step takes about an interval, each is shown."""
        now = time.monotonic()
        self._next = max(self._next + self._interval, now)
        if keyframe:
            self._next_keyframe = now + self._keyframe_seconds
