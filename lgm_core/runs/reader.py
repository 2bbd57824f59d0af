"""Reading a run: its settings, its result, and its frames by number or step."""

from __future__ import annotations

import json
import struct
import threading
import zlib
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lgm_core.runs.kinds import RunSettings, parse_settings
from lgm_core.training.frame import MAX_FRAME_BYTES, FrameError, FrameScalars, read_header
from lgm_core.training.settings import TrainSettings

RECORD = struct.Struct("<II")  #: length and CRC-32 before each frame
#: Frames of a run at most: a file of tiny ones must not fill the memory.
MAX_FRAMES = 1 << 20
_HEADER_LENGTH = struct.Struct("<Q")
_MAX_JSON_BYTES = 1 << 20
_MAX_HEADER_BYTES = 1 << 16


class StoreError(ValueError):
    """A run that is not there or cannot be read or kept, in one plain sentence."""


M = TypeVar("M", bound=BaseModel)


class Stamp(BaseModel):
    """What every kind of frame says of itself."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    step: int = Field(ge=0)
    keyframe: bool


class Header(FrameScalars):
    """The numbers of a stored frame, and when in the training it was shown."""

    seconds: float | None = None


class RunReader:
    """Reads a run, also while another process or thread writes it. Safe to share by threads.

    It holds where each frame lies, 12 bytes a frame, and no frame.
    """

    def __init__(self, run_id: str, folder: Path) -> None:
        self.run_id = run_id
        self.folder = folder
        self._path = folder / "frames.bin"
        self._offsets = array("Q")
        self._lengths = array("I")
        self._end = 0
        self._lock = threading.Lock()

    def settings(self) -> RunSettings:
        """The run's settings, of whatever kind.

        Raises:
            StoreError: if the file is missing or not valid.
        """
        try:
            return parse_settings(_read(self.folder / "settings.json"))
        except (OSError, ValidationError):
            raise StoreError("The settings of this run cannot be read.") from None

    def digits_settings(self) -> TrainSettings:
        """The settings of a run that was trained on digits.

        Raises:
            StoreError: if they cannot be read, or the run was trained on faces.
        """
        settings = self.settings()
        if not isinstance(settings, TrainSettings):
            raise StoreError("This run was trained on faces; allowed: runs trained on digits.")
        return settings

    def result(self) -> dict[str, Any] | None:
        """The result, or None if the run has not ended in order."""
        try:
            result = json.loads(_read(self.folder / "result.json"))
        except (OSError, ValueError, RecursionError):
            return None
        return result if isinstance(result, dict) else None

    def count(self) -> int:
        """How many whole frames there are by now."""
        with self._lock:
            self._extend()
            return len(self._offsets)

    def frame(self, index: int) -> bytes:
        """The encoded frame number ``index``, from 0.

        Raises:
            IndexError: if there is none.
            StoreError: if it cannot be read any more.
        """
        offset, length = self._place(index)
        return self._bytes(offset, length)

    def header(self, index: int) -> Header:
        """The numbers of frame ``index``, without reading its arrays.

        Raises:
            IndexError: if there is none.
            StoreError: if it cannot be read.
        """
        return self._header(index, Header)

    def stamp(self, index: int) -> Stamp:
        """Which step frame ``index`` shows, of a run of any kind; raises as :meth:`header`."""
        return self._header(index, Stamp)

    def _header(self, index: int, model: type[M]) -> M:
        offset, length = self._place(index)
        (size,) = _HEADER_LENGTH.unpack(self._bytes(offset, min(length, 8)).ljust(8, b"\0"))
        if size > _MAX_HEADER_BYTES:
            raise StoreError("A frame of this run cannot be read.")
        try:
            return model.model_validate(read_header(self._bytes(offset, min(length, 8 + size))))
        except (FrameError, ValidationError, RecursionError):
            raise StoreError("A frame of this run cannot be read.") from None

    def frames(self, start: int = 0) -> Iterator[bytes]:
        """The frames from ``start`` to the newest at the time of the call."""
        for index in range(start, self.count()):
            yield self.frame(index)

    def index_at(self, step: int) -> int:
        """Number of the newest frame at or before a step, -1 if none: steps never fall."""
        low, high = 0, self.count()
        while low < high:
            middle = (low + high) // 2
            if self.stamp(middle).step <= step:
                low = middle + 1
            else:
                high = middle
        return low - 1

    def keyframe_before(self, index: int, *, not_before: int = 0) -> int | None:
        """Number of the newest keyframe from ``not_before`` to ``index``, both included."""
        for candidate in range(index, not_before - 1, -1):
            if self.stamp(candidate).keyframe:
                return candidate
        return None

    def _place(self, index: int) -> tuple[int, int]:
        with self._lock:
            if index >= len(self._offsets):
                self._extend()
            if not 0 <= index < len(self._offsets):
                raise IndexError(f"frame {index}; there are {len(self._offsets)}")
            return self._offsets[index], self._lengths[index]

    def _bytes(self, offset: int, length: int) -> bytes:
        try:
            with self._path.open("rb") as file:
                file.seek(offset)
                return file.read(length)
        except OSError:
            raise StoreError("This run has been removed to make room.") from None

    def _extend(self) -> None:
        """Indexes the records that came since the last look, up to the first torn one."""
        try:
            if self._path.stat().st_size <= self._end:
                return
            file = self._path.open("rb")
        except OSError:
            return
        with file:
            file.seek(self._end)
            while len(head := file.read(RECORD.size)) == RECORD.size:
                length, crc = RECORD.unpack(head)
                # Zeros, as a disk may leave them after a power cut, would be frames of no bytes.
                if not 0 < length <= MAX_FRAME_BYTES or len(self._offsets) >= MAX_FRAMES:
                    return
                data = file.read(length)
                if len(data) < length or zlib.crc32(data) != crc:
                    return
                self._offsets.append(self._end + RECORD.size)
                self._lengths.append(length)
                self._end += RECORD.size + length


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MAX_JSON_BYTES)
