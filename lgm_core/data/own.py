"""The sets that people brought, kept in the cache folder until room is needed.

One safetensors file a set, its metadata within it: there is no moment at which a set is there
by half. What is read from the disk is trusted no more than an upload is.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as save_tensors

from lgm_core.data.cache import cache_folder, write_whole
from lgm_core.data.dataset import DataError, Dataset

#: Bytes of all kept sets together; the ones that were not used for longest go first.
MAX_TOTAL = 2 << 30
#: Bytes of one set's file.
MAX_FILE = 400 << 20
MAX_NOTE = 1000

_NAME = re.compile(r"own-[0-9a-f]{16}")
_ARRAYS = ("train_images", "train_labels", "test_images", "test_labels")


def is_name(name: str) -> bool:
    """Whether this is a name that a set of one's own can have."""
    return _NAME.fullmatch(name) is not None


def save(dataset: Dataset) -> None:
    """Keep a set; older sets are removed where the room that all may take is used up.

    Raises:
        DataError: if it cannot be written.
    """
    about = json.dumps({"class_names": dataset.class_names, "note": dataset.note})
    arrays = {name: getattr(dataset, name) for name in _ARRAYS}
    path = _path(dataset.name)
    try:
        write_whole(path, save_tensors(arrays, metadata={"set": about}))
        prune(path)
    except OSError as error:
        raise DataError(
            f"The set cannot be kept on this server: {error.strerror or 'the disk failed'}."
        ) from None


def read(name: str) -> Dataset:
    """The set that was kept under this name.

    Raises:
        DataError: if it is no longer here, or its file is damaged.
    """
    path = _path(name)
    try:
        if path.stat().st_size > MAX_FILE:
            raise _damaged(name)
        os.utime(path)  # used just now: the last to be removed
    except OSError:
        raise DataError(
            f"The set {name} is no longer on this server; upload its file again."
        ) from None
    try:
        with safe_open(path, framework="numpy") as file:
            arrays = {key: file.get_tensor(key) for key in _ARRAYS}
            about = json.loads((file.metadata() or {})["set"])
        names, note = about["class_names"], about["note"]
        if not isinstance(note, str) or not all(isinstance(text, str) for text in names):
            raise _damaged(name)
        return Dataset(name=name, class_names=tuple(names), note=note[:MAX_NOTE], **arrays)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError, RecursionError):
        # DataError is a ValueError: a file with wrong shapes ends here as well.
        raise _damaged(name) from None


def _path(name: str) -> Path:
    if not is_name(name):
        raise DataError(f"{name[:40]!r} is not the name of a set; allowed: own-<16 hex digits>.")
    return cache_folder() / "own" / f"{name}.safetensors"


def _damaged(name: str) -> DataError:
    return DataError(f"The set {name} is damaged on this server; upload its file again.")


def prune(kept: Path) -> None:
    """Remove the files used least recently, ``kept`` never, until all fit in MAX_TOTAL."""
    files = []
    for path in kept.parent.iterdir():
        with contextlib.suppress(OSError):  # another process may have removed it
            info = path.stat()
            files.append((info.st_mtime_ns, info.st_size, path))
    total = sum(size for _, size, _ in files)
    for _, size, path in sorted(files):
        if total <= MAX_TOTAL:
            break
        if path != kept:
            path.unlink(missing_ok=True)
            total -= size
