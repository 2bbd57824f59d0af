"""Keeps the C library from holding on to the memory of threads that have ended."""

from __future__ import annotations

import ctypes
import sys

#: ``M_ARENA_MAX`` of glibc's malloc.h.
_ARENA_MAX = -8


def share_one_arena() -> bool:
    """Lets all threads take memory from one place; whether the C library could be told so.

    By itself glibc gives threads places of their own, up to eight a core, and what the threads of
    an ended run have freed there does not go back: a server grew by 2 MB with every two runs.
    Other systems and C libraries have no such places.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        return bool(ctypes.CDLL(None).mallopt(_ARENA_MAX, 1))
    except (OSError, AttributeError):
        return False


def give_back() -> bool:
    """Returns what has been freed to the system, after much was; whether there was a way to."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        return bool(ctypes.CDLL(None).malloc_trim(0))
    except (OSError, AttributeError):
        return False
