"""Kept weights judge as the fitted ones do, and none but the right ones are taken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lgm_core.evidence.classify import own
from lgm_core.evidence.classify.labelled import load_labelled
from lgm_core.evidence.classify.model import Classifier
from lgm_core.evidence.classify.stored import from_json, to_json


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.fit(load_labelled()[::4], practice=())


@pytest.fixture
def place(tmp_path: Path, classifier: Classifier, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the weights will be kept, by a process that has not yet used them."""
    monkeypatch.setenv("LGM_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(own, "_held", None)
    monkeypatch.setattr(Classifier, "fit", lambda examples: classifier)
    return tmp_path / "cache" / "classifier" / "weights"


def test_what_was_stored_judges_the_same_to_the_bit(classifier: Classifier) -> None:
    contexts = [example.context for example in load_labelled()[1:200:2]]
    assert from_json(to_json(classifier)).classify(contexts) == classifier.classify(contexts)


def test_the_second_process_reads_what_the_first_has_fitted(
    place: Path, classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert own.the_classifier() is classifier
    assert place.stat().st_size < own.MAX_BYTES
    monkeypatch.setattr(own, "_held", None)
    second = own.the_classifier()
    assert second is not classifier
    assert second.temperature == classifier.temperature
    assert own.the_classifier() is second


@pytest.mark.parametrize("harm", ["a bit", "its end", "other code", "too much", "nothing in it"])
def test_weights_that_are_not_the_right_ones_are_fitted_anew(
    harm: str, place: Path, classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.the_classifier()
    good = place.read_bytes()
    if harm == "other code":
        monkeypatch.setattr(own, "_sources", lambda: b"\0" * 32)
    else:
        place.write_bytes({
            "a bit": good[:-9] + bytes([good[-9] ^ 1]) + good[-8:],
            "its end": good[:-1],
            "too much": good + b" " * own.MAX_BYTES,
            "nothing in it": b"",
        }[harm])  # fmt: skip
    monkeypatch.setattr(own, "_held", None)
    assert own.the_classifier() is classifier
    monkeypatch.setattr(own, "_held", None)
    assert own.the_classifier() is not classifier  # and the right ones are kept again


def test_a_folder_that_cannot_be_written_to_costs_the_keeping_alone(
    place: Path, classifier: Classifier
) -> None:
    place.parents[1].write_text("a file where the folder should be")
    assert own.the_classifier() is classifier


@pytest.mark.parametrize(
    "change",
    [
        {"temperature": 0},
        {"temperature": "warm"},
        {"temperature": 10**400},
        {"labels": ["contrasting", "mentioning"]},
        {"labels": None},
        {"intercept": [0.0]},
        {"coef": [[0.0]]},
        {"coef": [[1.0], [2.0, 3.0]]},
        {"idf": [float("nan")]},
        {"words": [1, 2]},
        {"words": ["b", "a"]},
        {"words": ["a", "a"]},
        {"cues": 7},
    ],
    ids=str,
)
def test_a_strange_file_is_no_classifier(classifier: Classifier, change: dict[str, Any]) -> None:
    held = json.loads(to_json(classifier))
    with pytest.raises(ValueError, match=r"."):
        from_json(json.dumps(held | change).encode())


@pytest.mark.parametrize("data", [b"", b"[]", b"7", b"{}", b"\xff", b"[" * 100_000], ids=len)
def test_neither_is_another_text(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_json(data)
