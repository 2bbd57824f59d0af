"""The store: one folder a run, readable while it is written and after any crash.

``settings.json``, ``frames.bin`` (append-only), ``weights.safetensors``, ``result.json``.
Files written whole are renamed into place. A record of ``frames.bin`` is its length and CRC-32
(two little-endian uint32) and the bytes; a torn or damaged record ends the reading.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import struct
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import platformdirs
import torch
from pydantic import ValidationError
from safetensors.torch import save

from lgm_core.training.frame import MAX_FRAME_BYTES
from lgm_core.training.settings import TrainSettings

_RECORD = struct.Struct("<II")
_RUN_ID = re.compile(r"[0-9a-f]{16}")
_MAX_JSON_BYTES = 1 << 20


class StoreError(ValueError):
    """A run that is not there or cannot be read, in one plain sentence."""


def default_root() -> Path:
    """``LGM_RUNS_DIR``, else the user's data folder."""
    given = os.environ.get("LGM_RUNS_DIR")
    return Path(given) if given else platformdirs.user_data_path("lgm-lab") / "runs"


def is_run_id(text: str) -> bool:
    """Whether a text has the form of a run id, 16 lower-case hexadecimal digits."""
    return _RUN_ID.fullmatch(text) is not None


class Store:
    """The runs below one root folder.

    Args:
        root: the folder; :func:`default_root` if not given.
        max_runs: beyond this many runs the oldest are removed when a new one is made;
            ``LGM_MAX_RUNS``, else 400.
    """

    def __init__(self, root: Path | None = None, *, max_runs: int | None = None) -> None:
        self.root = root or default_root()
        self._max_runs = max_runs or int(os.environ.get("LGM_MAX_RUNS", "400"))

    def create(self, settings: TrainSettings, *, keep: frozenset[str] = frozenset()) -> RunWriter:
        """A new run; old ones give way beyond the limit, except those in ``keep``."""
        self.prune(self._max_runs - 1, keep=keep)
        run_id = secrets.token_hex(8)
        folder = self.root / run_id
        folder.mkdir(parents=True)
        text = settings.model_dump_json(by_alias=True, indent=1)
        _write_whole(folder / "settings.json", text.encode())
        return RunWriter(run_id, folder)

    def open(self, run_id: str) -> RunReader:
        """The reader of a run.

        Raises:
            StoreError: if there is no such run.
        """
        if not is_run_id(run_id) or not (self.root / run_id / "settings.json").is_file():
            raise StoreError("There is no such run; it may have been removed to make room.")
        return RunReader(run_id, self.root / run_id)

    def run_ids(self) -> list[str]:
        """All runs, oldest first."""
        if not self.root.is_dir():
            return []
        folders = [f for f in self.root.iterdir() if is_run_id(f.name) and f.is_dir()]
        return [f.name for f in sorted(folders, key=lambda f: f.stat().st_mtime)]

    def prune(self, count: int, *, keep: frozenset[str] = frozenset()) -> None:
        """Removes the oldest runs beyond ``count``."""
        runs = self.run_ids()
        for run_id in runs[: max(0, len(runs) - count)]:
            if run_id not in keep:
                shutil.rmtree(self.root / run_id, ignore_errors=True)


class RunWriter:
    """Appends frames to a run and ends it. A run has one writer."""

    def __init__(self, run_id: str, folder: Path) -> None:
        self.run_id = run_id
        self.folder = folder
        # Unbuffered: a frame is the system's once append returns, whatever kills this process.
        self._file = (folder / "frames.bin").open("ab", buffering=0)

    def append(self, frame: bytes) -> None:
        """Appends one encoded frame."""
        self._file.write(_RECORD.pack(len(frame), zlib.crc32(frame)) + frame)

    def finish(self, result: dict[str, Any], weights: dict[str, torch.Tensor] | None) -> None:
        """Writes the result and the weights."""
        if weights is not None:
            self.finish_bytes(result, save(weights))
        else:
            self.finish_bytes(result, None)

    def finish_bytes(self, result: dict[str, Any], weights: bytes | None) -> None:
        """The same, with the weights as safetensors bytes."""
        if weights is not None:
            _write_whole(self.folder / "weights.safetensors", weights)
        text = json.dumps(result, indent=1, allow_nan=False)
        _write_whole(self.folder / "result.json", text.encode())
        self.close()

    def close(self) -> None:
        """Closes the frame file."""
        self._file.close()

    def __enter__(self) -> RunWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class RunReader:
    """Reads a run, also while another process or thread writes it. Safe to share by threads."""

    def __init__(self, run_id: str, folder: Path) -> None:
        self.run_id = run_id
        self.folder = folder
        self._offsets: list[tuple[int, int]] = []
        self._end = 0
        self._lock = threading.Lock()

    def settings(self) -> TrainSettings:
        """The run's settings.

        Raises:
            StoreError: if the file is missing or not valid.
        """
        try:
            return TrainSettings.model_validate_json(_read(self.folder / "settings.json"))
        except (OSError, ValidationError):
            raise StoreError("The settings of this run cannot be read.") from None

    def result(self) -> dict[str, Any] | None:
        """The result, or None if the run has not ended in order."""
        try:
            result = json.loads(_read(self.folder / "result.json"))
        except (OSError, ValueError):
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
        """
        with self._lock:
            if not 0 <= index < len(self._offsets):
                self._extend()
            if not 0 <= index < len(self._offsets):
                raise IndexError(f"frame {index}; there are {len(self._offsets)}")
            offset, length = self._offsets[index]
        with self._path.open("rb") as file:
            file.seek(offset)
            return file.read(length)

    def frames(self, start: int = 0) -> Iterator[bytes]:
        """The frames from ``start`` to the newest at the time of the call."""
        for index in range(start, self.count()):
            yield self.frame(index)

    @property
    def _path(self) -> Path:
        return self.folder / "frames.bin"

    def _extend(self) -> None:
        """Indexes the records that came since the last look, up to the first torn one."""
        try:
            size = self._path.stat().st_size
        except OSError:
            return
        if size <= self._end:
            return
        with self._path.open("rb") as file:
            file.seek(self._end)
            while len(head := file.read(_RECORD.size)) == _RECORD.size:
                length, crc = _RECORD.unpack(head)
                if length > MAX_FRAME_BYTES:
                    return
                data = file.read(length)
                if len(data) < length or zlib.crc32(data) != crc:
                    return
                self._offsets.append((self._end + _RECORD.size, length))
                self._end += _RECORD.size + length


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MAX_JSON_BYTES)


def _write_whole(path: Path, data: bytes) -> None:
    part = path.with_suffix(path.suffix + ".part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
