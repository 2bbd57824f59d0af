"""From the name in the settings to the digits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache

from lgm_core.data import digits, own
from lgm_core.data.dataset import DataError, Dataset

# Held while full MNIST is read: the second of two people who press the button at once waits
# for the first one's download instead of starting another.
_full_lock = threading.Lock()
_full: list[Dataset] = []

_bundled = lru_cache(maxsize=1)(digits.bundled)


def load(name: str, *, progress: Callable[[int, int], None] | None = None) -> Dataset:
    """The digits with this name.

    MNIST is kept in memory once it is read: the same object comes back.

    Args:
        name: ``bundled``, ``full``, or ``own-<16 hex>`` as ``import_set`` gave it.
        progress: called with bytes downloaded so far and in all, about, while ``full`` is
            downloaded.

    Raises:
        DataError: if there is no such set, or it cannot be read.
    """
    if name == "bundled":
        return _bundled()
    if name == "full":
        with _full_lock:
            if not _full:
                _full.append(digits.full(progress=progress))
            return _full[0]
    if own.is_name(name):
        return own.read(name)
    raise DataError(f"digits is {name[:40]!r}; allowed: bundled, full, own-… (a set of your own).")
