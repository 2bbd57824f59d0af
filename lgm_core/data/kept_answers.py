"""Answers of web services, kept in the cache folder so that none is asked twice in a week.

One file an answer, named by the SHA-256 of its address alone: nothing that a server or a
person wrote becomes part of a path. What is read from the disk is checked before it is used.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from pathlib import Path

from lgm_core.data.cache import cache_folder, read_bounded, write_whole

#: Bytes of all kept answers together; the oldest go first.
MAX_TOTAL = 200 << 20
#: Bytes of one answer; a longer one is not kept.
MAX_ANSWER = 24 << 20
#: Seconds that an answer is good for: seven days.
MAX_AGE = 7 * 24 * 3600.0

_MAGIC = b"lgm-answer-1\n"
_HEAD = len(_MAGIC) + hashlib.sha256().digest_size


def keep(url: str, answer: bytes, *, max_total: int = MAX_TOTAL) -> None:
    """Keep an answer; older ones are removed where the room that all may take is used up.

    A folder that cannot be written to is no error: the next time the service is asked again.

    Args:
        url: where the answer came from, without any secret.
        answer: its bytes; more than ``MAX_ANSWER`` are not kept.
        max_total: bytes that all kept answers may take, this one included.
    """
    if len(answer) > min(MAX_ANSWER, max_total - _HEAD):
        return
    path = _path(url)
    with contextlib.suppress(OSError):
        write_whole(path, _MAGIC + _seal(url, answer) + answer)
        _prune(path, max_total)


def read(url: str, *, max_age: float = MAX_AGE) -> bytes | None:
    """The answer that was kept for this address.

    Args:
        url: the same address that it was kept under.
        max_age: seconds after which an answer is too old.

    Returns:
        Its bytes, or None if there is none, it is too old, or its file is damaged.
    """
    path = _path(url)
    try:
        # A clock that was put back leaves files from the future; they are not trusted either.
        if not -60 <= time.time() - path.stat().st_mtime <= max_age:
            return None
        data = read_bounded(path, MAX_ANSWER + _HEAD)
    except OSError:
        return None
    answer = data[_HEAD:]
    whole = len(answer) <= MAX_ANSWER and data[:_HEAD] == _MAGIC + _seal(url, answer)
    return answer if whole else None


def _seal(url: str, answer: bytes) -> bytes:
    # The address is part of it: a file that was renamed is not taken for another answer.
    return hashlib.sha256(url.encode() + b"\n" + answer).digest()


def _folder() -> Path:
    return cache_folder() / "answers"


def _path(url: str) -> Path:
    return _folder() / f"{hashlib.sha256(url.encode()).hexdigest()}.answer"


def _prune(newest: Path, max_total: int) -> None:
    """Remove the oldest files until all fit; others may be doing the same at this moment."""
    found: list[tuple[float, int, Path]] = []
    for path in _folder().glob("*.answer"):
        with contextlib.suppress(OSError):
            about = path.stat()
            found.append((about.st_mtime, about.st_size, path))
    total = sum(size for _, size, _ in found)
    for _, size, path in sorted(found, key=lambda one: one[0]):
        if total <= max_total:
            return
        if path != newest:
            with contextlib.suppress(OSError):
                path.unlink()
            total -= size
