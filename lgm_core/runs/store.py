"""The store: one folder a run, readable while it is written and after any crash.

``settings.json``, ``frames.bin`` (append-only), ``weights.safetensors``, ``result.json``.
Files written whole are renamed into place. A record of ``frames.bin`` is its length and CRC-32
(two little-endian uint32) and the bytes; a torn or damaged record ends the reading.
Reading is :mod:`lgm_core.runs.reader`.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from lgm_core.runs.kinds import RunSettings
from lgm_core.runs.limits import limit
from lgm_core.runs.reader import RECORD, RunReader, StoreError

if TYPE_CHECKING:
    import torch

_RUN_ID = re.compile(r"[0-9a-f]{16}")
#: A run without a result that was written to so lately may be another process's live one.
_LIVE_SECONDS = 600.0

__all__ = ["RunReader", "RunWriter", "Store", "StoreError", "default_root", "is_run_id"]


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
        max_bytes: the same for the bytes of all runs; ``LGM_MAX_RUNS_GB``, else 8 GB.
    """

    def __init__(
        self,
        root: Path | None = None,
        *,
        max_runs: int | None = None,
        max_bytes: int | None = None,
    ) -> None:
        self.root = root or default_root()
        self._max_runs = max_runs or int(limit("LGM_MAX_RUNS", 400, 2, 1e6))
        self._max_bytes = max_bytes or int(1e9 * limit("LGM_MAX_RUNS_GB", 8.0, 0.1, 1e6))

    def create(self, settings: RunSettings, *, keep: frozenset[str] = frozenset()) -> RunWriter:
        """A new run; old ones give way beyond the limits, except those in ``keep``.

        Raises:
            StoreError: if the folder cannot be written.
        """
        self.prune(self._max_runs - 1, self._max_bytes, keep=keep)
        run_id = secrets.token_hex(8)
        folder = self.root / run_id
        text = settings.model_dump_json(by_alias=True, indent=1)
        try:
            folder.mkdir(parents=True)
            _write_whole(folder / "settings.json", text.encode())
            return RunWriter(run_id, folder)
        except OSError as error:
            raise StoreError(
                f"Runs cannot be kept in {self.root}: {error.strerror}. "
                "Make room there, or name another folder in LGM_RUNS_DIR."
            ) from None

    def open(self, run_id: str) -> RunReader:
        """The reader of a run.

        Raises:
            StoreError: if there is no such run.
        """
        if not is_run_id(run_id) or not (self.root / run_id / "settings.json").is_file():
            raise StoreError("There is no such run; it may have been removed to make room.")
        return RunReader(run_id, self.root / run_id)

    def run_ids(self) -> list[str]:
        """All runs, the one written to longest ago first."""
        return [folder.name for folder, _, _ in self._folders()]

    def prune(self, count: int, size: int, *, keep: frozenset[str] = frozenset()) -> None:
        """Removes the oldest runs beyond ``count`` runs or ``size`` bytes; live ones stay."""
        folders = self._folders()
        total = sum(held for _, held, _ in folders)
        left = len(folders)
        for folder, held, written in folders:
            if left <= count and total <= size:
                return
            ended = (folder / "result.json").is_file()
            if folder.name in keep or (not ended and time.time() - written < _LIVE_SECONDS):
                continue
            shutil.rmtree(folder, ignore_errors=True)
            left, total = left - 1, total - held

    def _folders(self) -> list[tuple[Path, int, float]]:
        """Folder, bytes and time of the last writing of each run, oldest first."""
        if not self.root.is_dir():
            return []
        found = []
        for folder in self.root.iterdir():
            if not is_run_id(folder.name) or not folder.is_dir():
                continue
            with contextlib.suppress(OSError):  # another process has just removed it
                stats = [file.stat() for file in (folder, *folder.iterdir())]
                written = max(stat.st_mtime for stat in stats)
                found.append((folder, sum(stat.st_size for stat in stats[1:]), written))
        return sorted(found, key=lambda item: item[2])


class RunWriter:
    """Appends frames to a run and ends it. A run has one writer."""

    def __init__(self, run_id: str, folder: Path) -> None:
        self.run_id = run_id
        self.folder = folder
        # Unbuffered: a frame is the system's once append returns, whatever kills this process.
        self._file = (folder / "frames.bin").open("ab", buffering=0)
        self.size = os.fstat(self._file.fileno()).st_size  #: bytes of frames so far

    def append(self, frame: bytes) -> None:
        """Appends one encoded frame.

        Raises:
            StoreError: if the disk does not take it, or the file is not what was written to; the
                frames before it stay as they are.
        """
        record = RECORD.pack(len(frame), zlib.crc32(frame)) + frame
        try:
            held = os.fstat(self._file.fileno())
            if held.st_nlink == 0 or held.st_size != self.size:
                raise StoreError("The frames of this run were removed or cut by another program.")
            written = self._file.write(record)
            if written != len(record):
                # A torn record here would hide every one that follows.
                self._file.truncate(self.size)
                raise StoreError("The disk is full; the frames so far are kept.")
        except OSError as error:
            raise StoreError(f"The frames cannot be written: {error.strerror}.") from None
        self.size += len(record)

    def keep_alive(self) -> None:
        """Tells other processes, which may make room in the same folder, that the run lives."""
        with contextlib.suppress(OSError):
            os.utime(self.folder / "frames.bin")

    def finish(self, result: dict[str, Any], weights: dict[str, torch.Tensor] | None) -> None:
        """Writes the result and the weights."""
        if weights is not None:
            from safetensors.torch import save  # brings torch, which readers do without

            self.finish_bytes(result, save(weights))
        else:
            self.finish_bytes(result, None)

    def finish_bytes(self, result: dict[str, Any], weights: bytes | None) -> None:
        """The same, with the weights as safetensors bytes."""
        try:
            if weights is not None:
                _write_whole(self.folder / "weights.safetensors", weights)
            text = json.dumps(result, indent=1, allow_nan=False)
            _write_whole(self.folder / "result.json", text.encode())
        finally:
            self.close()

    def close(self) -> None:
        """Closes the frame file."""
        self._file.close()

    def __enter__(self) -> RunWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _write_whole(path: Path, data: bytes) -> None:
    part = path.with_suffix(path.suffix + ".part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
