"""Runs the page's own modules in a browser tab, with arrays as base64 text.

Lists of numbers would be checked one by one on their way into the browser and back.
"""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike
from playwright.sync_api import Page

from app.panels.bundle import bundle

PANELS = Path(__file__).parents[2] / "app" / "panels"
SIDE = 48

_HELPERS = """
const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const floatsOf = (text) => new Float32Array(bytesOf(text).buffer);
const textOf = (array) => {
  let out = "";
  for (const byte of new Uint8Array(array.buffer)) out += String.fromCharCode(byte);
  return btoa(out);
};
"""


@cache
def source(entry: str) -> str:
    """A module with all that it imports, as base64."""
    text = bundle(PANELS / "face_warp/js", entry, shared=PANELS / "feature_space/js")
    return base64.b64encode(text.encode()).decode()


def run(page: Page, entry: str, code: str, argument: Any = None) -> Any:
    """Runs a function body with a module's names as ``m`` and the argument as ``a``.

    There ``bytesOf`` and ``floatsOf`` read what :func:`packed` has written, and ``textOf`` makes
    a typed array what :func:`unpacked` reads.
    """
    return page.evaluate(
        "async ([source, a]) => { const m = await import(`data:text/javascript;base64,${source}`);"
        + _HELPERS
        + code
        + "}",
        [source(entry), argument],
    )


def packed(values: ArrayLike, dtype: DTypeLike = np.float32) -> str:
    """The numbers' bytes as text."""
    return base64.b64encode(np.ascontiguousarray(values, dtype).tobytes()).decode()


def unpacked(text: str, dtype: DTypeLike = np.float32) -> Any:
    """[N] the numbers of a typed array."""
    return np.frombuffer(base64.b64decode(text), dtype)
