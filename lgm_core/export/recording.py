"""A stored run at chosen moments: where every displayed digit was, and the frame of that time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lgm_core.data import Dataset
from lgm_core.runs.reader import RunReader, StoreError
from lgm_core.training.frame import Frame, FrameError, decode
from lgm_core.training.settings import TrainSettings

Float = npt.NDArray[np.float32]


class ExportError(ValueError):
    """What was asked for cannot be made; the message is one plain sentence."""


class Recording(NamedTuple):
    """A run to be shown: its frames, its settings, its digits, and what to call it."""

    title: str
    reader: RunReader
    settings: TrainSettings
    dataset: Dataset

    @property
    def total_steps(self) -> int:
        """Steps of the whole training, whether it came that far or not."""
        settings = self.settings
        batches = len(self.dataset.train_labels) // settings.batch_size
        return settings.epochs * max(1, batches)


class Moment(NamedTuple):
    """A run at one moment: the newest place of each displayed digit. V = 2 or 3 view axes."""

    frame: Frame  #: the newest by then
    points: Float  #: [displayed, V]


def check_frames(recording: Recording) -> int:
    """The number of frames, 1 or more.

    Raises:
        ExportError: if the run has none yet.
    """
    count = recording.reader.count()
    if not count:
        raise ExportError(f"The run of {recording.title} has no frame yet.")
    return count


def moments(recording: Recording, steps: Sequence[int]) -> Iterator[Moment]:
    """The run at each of the ``steps``, which do not fall.

    The work is bounded by the number of steps, not of frames: nothing before the newest keyframe
    at or before a step is read for it.

    Raises:
        ExportError: if the run has no frame, or one that cannot be read.
    """
    reader = recording.reader
    check_frames(recording)
    points: Float | None = None
    at = -1
    try:
        for step in steps:
            index = max(reader.index_at(step), 0)
            start = reader.keyframe_before(index, not_before=at + 1)
            for number in range(at + 1 if start is None else start, index + 1):
                frame = decode(reader.frame(number))
                if points is None or points.shape[1] != frame.points.shape[1]:
                    shape = (len(recording.dataset.displayed), frame.points.shape[1])
                    points = np.full(shape, np.nan, np.float32)
                known = frame.ids < len(points)
                points[frame.ids[known]] = frame.points[known]
            at = index
            assert points is not None
            yield Moment(frame, points.copy())
    except (FrameError, StoreError) as error:
        raise ExportError(f"The run of {recording.title} cannot be read: {error}") from None


def thinned(recording: Recording, limit: int) -> list[bytes]:
    """The encoded frames, or as many of them, evenly spread, as fit into ``limit`` bytes.

    The first and the last frame are always among them. Keyframes stay before others do, because
    they put right what a frame that is left out would have told.

    Raises:
        ExportError: if the run has no frame, or one that cannot be read.
    """
    reader = recording.reader
    last = check_frames(recording) - 1
    try:
        sizes = [len(frame) for _, frame in zip(range(last + 1), reader.frames(), strict=False)]
        if sum(sizes) <= limit:
            return [reader.frame(index) for index in range(last + 1)]
        ends = [0, last] if last else [0]
        inner = range(1, last)
        keys = [index for index in inner if reader.header(index).keyframe]
        others = sorted(set(inner) - set(keys))
        left = limit - sum(sizes[index] for index in ends)
        kept = list(ends)
        for group in (keys, others):
            chosen = _spread(group, sizes, left)
            left -= sum(sizes[index] for index in chosen)
            kept += chosen
        return [reader.frame(index) for index in sorted(kept)]
    except StoreError as error:
        raise ExportError(f"The run of {recording.title} cannot be read: {error}") from None


def _spread(group: list[int], sizes: list[int], room: int) -> list[int]:
    """Every n-th of the group, with the smallest n for which they fit into the room."""
    for stride in range(1, len(group) + 1):
        chosen = group[stride - 1 :: stride]
        if sum(sizes[index] for index in chosen) <= room:
            return chosen
    return []
