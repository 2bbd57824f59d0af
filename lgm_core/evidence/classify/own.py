"""The lab's own classifier: fitted at its first use, then kept in the cache folder."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from pathlib import Path

import numpy
import scipy
import sklearn

from lgm_core.data.cache import cache_folder, read_bounded, write_whole
from lgm_core.evidence.classify.labelled import load_labelled
from lgm_core.evidence.classify.model import Classifier
from lgm_core.evidence.classify.stored import from_json, to_json

#: Bytes of the file; the weights take less than half of it.
MAX_BYTES = 8 << 20
#: Of the files of ``lgm_core.evidence`` that weights depend on; more than are needed, so that
#: none is forgotten.
_SUFFIXES = (".py", ".toml", ".jsonl")
_MAGIC = b"lgm-classifier-1\n"
_HEAD = len(_MAGIC) + 2 * hashlib.sha256().digest_size
_lock = threading.Lock()
_held: Classifier | None = None


def the_classifier() -> Classifier:
    """The lab's own, from every labelled statement; one per process.

    The first process fits it and keeps the weights as JSON in the cache folder, those after it
    read them there. Weights of other code or other statements, or a damaged file, count for
    nothing, and neither does a folder that cannot be written to.

    The published figures are of another one, which never saw the held-out third; this one has
    seen more, so it should be no worse.
    """
    global _held
    with _lock:
        if _held is None:
            _held = _kept() or _fitted()
        return _held


def _kept() -> Classifier | None:
    with contextlib.suppress(OSError, ValueError):
        data = read_bounded(_path(), MAX_BYTES)
        if len(data) <= MAX_BYTES and data[:_HEAD] == _head(data[_HEAD:]):
            return from_json(data[_HEAD:])
    return None


def _fitted() -> Classifier:
    classifier = Classifier.fit(load_labelled())
    weights = to_json(classifier)
    with contextlib.suppress(OSError):
        write_whole(_path(), _head(weights) + weights)
    return classifier


def _path() -> Path:
    return cache_folder() / "classifier" / "weights"


def _head(weights: bytes) -> bytes:
    """What the weights came from, and their own digest."""
    return _MAGIC + _sources() + hashlib.sha256(weights).digest()


def _sources() -> bytes:
    """A digest of all that the fit depends on: statements, code, versions of its libraries."""
    digest = hashlib.sha256()
    for module in (numpy, scipy, sklearn):
        digest.update(f"{module.__name__} {module.__version__}\n".encode())
    for path in sorted(Path(__file__).parents[1].rglob("*")):
        if path.suffix in _SUFFIXES:
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.digest()
