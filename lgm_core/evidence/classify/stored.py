"""A fitted classifier as JSON: its columns and its numbers, and nothing that could be run."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from lgm_core.evidence.classify.model import Classifier, Columns
from lgm_core.evidence.paper import LABELS


def to_json(classifier: Classifier) -> bytes:
    """The classifier; what :func:`from_json` makes of it judges the same, to the bit."""
    columns, model = classifier.columns, classifier.model
    return json.dumps({
        "labels": model.classes_.tolist(),
        "cues": columns.cues,
        "words": columns.words,
        "idf": columns.idf.tolist(),
        "coef": model.coef_.tolist(),
        "intercept": model.intercept_.tolist(),
        "temperature": classifier.temperature,
    }).encode()  # fmt: skip


def from_json(data: bytes) -> Classifier:
    """The classifier that was stored.

    Raises:
        ValueError: this is not one: names that are no text or stand twice, numbers that are not
            finite or not as many as the columns.
    """
    try:
        held = json.loads(data)
        labels, cues, words = (_names(held[name]) for name in ("labels", "cues", "words"))
        temperature = float(held["temperature"])
        idf, coef, intercept = (_numbers(held[name]) for name in ("idf", "coef", "intercept"))
    except (TypeError, KeyError, OverflowError, RecursionError) as error:
        raise ValueError(f"No stored classifier: {error!r}") from None
    shapes = {"idf": (len(words),), "coef": (len(labels), len(cues) + len(words))}
    right = idf.shape == shapes["idf"] and coef.shape == shapes["coef"]
    if sorted(LABELS) != labels or not right or intercept.shape != (len(labels),):
        raise ValueError("No stored classifier: labels, columns and numbers do not fit.")
    if not 0 < temperature < np.inf:
        raise ValueError(f"No stored classifier: temperature {temperature}.")
    model = LogisticRegression()
    model.classes_ = np.array(labels)
    model.coef_, model.intercept_ = coef, intercept
    return Classifier(Columns(cues, words, idf), model, temperature)


def _names(held: Any) -> list[str]:
    names = [name for name in held if isinstance(name, str)]
    if len(names) != len(held) or names != sorted(set(names)):
        raise ValueError("No stored classifier: names are texts, in order, each once.")
    return names


def _numbers(held: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    numbers = np.array(held, dtype=np.float64)
    if not np.isfinite(numbers).all():
        raise ValueError("No stored classifier: a number is not finite.")
    return numbers
