"""Limits that a server's owner may set in the environment."""

from __future__ import annotations

import math
import os


def limit(name: str, default: float, low: float, high: float) -> float:
    """The number in an environment variable, or its default where it is not set.

    Raises:
        ValueError: if it is not a number from ``low`` to ``high``.
    """
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise ValueError(f"{name} is {text!r}; allowed: a number from {low:g} to {high:g}")
    return value
