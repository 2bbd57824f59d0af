"""Sets of faces in the cache folder: those that were downloaded, and people's own.

One safetensors file a set. What is read from the disk is trusted no more than an upload is.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as save_tensors

from lgm_core.data.cache import cache_folder, write_whole
from lgm_core.data.dataset import DataError
from lgm_core.data.own import is_name, prune
from lgm_core.data.people import Pairs, People

#: Bytes of one set's file; LFW's has 54 MB.
MAX_FILE = 100 << 20
_MAX_TITLE = 200
_FETCHED = ("olivetti", "lfw")


def save(people: People) -> None:
    """Keep a set; the ones that were not used for longest go when there is no room for all.

    Raises:
        DataError: if it cannot be written.
    """
    about = json.dumps({"title": people.title, "names": people.names})
    arrays: dict[str, npt.NDArray[Any]] = {"images": people.images, "people": people.people}
    if people.pairs is not None:
        arrays |= {f"pair_{key}": array for key, array in people.pairs._asdict().items()}
    path = _path(people.name)
    try:
        write_whole(path, save_tensors(arrays, metadata={"set": about}))
        prune(path)
    except OSError as error:
        raise DataError(
            f"The faces cannot be kept on this server: {error.strerror or 'the disk failed'}."
        ) from None


def is_kept(name: str) -> bool:
    """Whether a set lies under this name; reading it may still fail.

    Raises:
        DataError: if it is no set's name.
    """
    return _path(name).is_file()


def read(name: str) -> People:
    """The set that was kept under this name.

    Raises:
        DataError: if it is not here, or its file is damaged.
    """
    path = _path(name)
    damaged = DataError(f"The faces {name} are damaged on this server.")
    try:
        if path.stat().st_size > MAX_FILE:
            raise damaged
        os.utime(path)  # used just now: the last to be removed
    except OSError:
        raise DataError(f"The faces {name} are not on this server; bring them again.") from None
    try:
        with safe_open(path, framework="numpy") as file:
            arrays = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
            about = json.loads((file.metadata() or {})["set"])
        title, names = about["title"], about["names"]
        if not isinstance(title, str) or not all(isinstance(text, str) for text in names):
            raise damaged
        pairs = None
        if "pair_left" in arrays:
            pairs = Pairs(*(arrays[f"pair_{key}"] for key in Pairs._fields))
        title = title[:_MAX_TITLE]
        return People(name, title, arrays["images"], arrays["people"], tuple(names), pairs)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError, IndexError, RecursionError):
        # DataError is a ValueError: a file with wrong shapes ends here as well.
        raise damaged from None


def _path(name: str) -> Path:
    if not is_name(name) and name not in _FETCHED:
        raise DataError(
            f"{name[:40]!r} is not the name of kept faces; allowed: {', '.join(_FETCHED)}, "
            "own-<16 hex digits>."
        )
    return cache_folder() / "people" / f"{name}.safetensors"
