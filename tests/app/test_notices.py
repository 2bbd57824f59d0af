"""A bad link is told of, and does not cover the page with what is wrong about it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app import notices


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    sentences: list[str] = []

    def toast(sentence: str, *, duration: str) -> None:
        assert duration == "infinite"
        sentences.append(sentence)

    monkeypatch.setattr(notices, "st", SimpleNamespace(toast=toast))
    return sentences


def test_each_sentence_is_told_once(told: list[str]) -> None:
    notices.refused(["a is 1.", "b is 2.", "a is 1."] * 50)
    assert told == ["a is 1.", "b is 2."]


@pytest.mark.parametrize(
    ("count", "last"),
    [(3, "2."), (4, "In the link, 1 more value is not allowed."),
     (149, "In the link, 146 more values are not allowed.")],
)  # fmt: skip
def test_beyond_a_few_they_are_counted(told: list[str], count: int, last: str) -> None:
    notices.refused(f"{number}." for number in range(count))
    assert told[:3] == ["0.", "1.", "2."]
    assert told[-1] == last and len(told) == min(count, 4)
