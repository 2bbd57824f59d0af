"""The folder where data is kept between runs, and whole-file writes into it."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path

import platformdirs


def cache_folder() -> Path:
    """``LGM_CACHE_DIR`` if it is set, else the folder that the system has for caches."""
    return Path(os.environ.get("LGM_CACHE_DIR") or platformdirs.user_cache_path("lgm-lab"))


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees the old one or all of the new one, never a part.

    Raises:
        OSError: if the folder cannot be made or written to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # The temporary file lies beside its goal: a rename is atomic within one file system only.
    with tempfile.NamedTemporaryFile(
        dir=path.parent, prefix=f".{path.name}-", suffix=".part", delete=False
    ) as part:
        temporary = Path(part.name)
        try:
            part.write(data)
            part.close()
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def read_bounded(path: Path, limit: int) -> bytes:
    """The file's bytes; at most ``limit + 1`` of them, so that a longer one can be told.

    Raises:
        OSError: if it cannot be read.
    """
    # Who opens a pipe would wait for ever for somebody to write into it.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(handle, "rb") as stream:  # noqa: PTH123 - takes it over, and closes it
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "not a file", str(path))
        return stream.read(limit + 1)
