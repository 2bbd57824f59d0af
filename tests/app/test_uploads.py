"""People who bring pictures at once take turns, so that memory is taken once."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from app import uploads
from tests.runs.waiting import wait_until


def test_the_second_waits_is_told_so_and_comes_next(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    place = SimpleNamespace(caption=told.append, empty=lambda: None)
    monkeypatch.setattr(uploads, "st", SimpleNamespace(empty=lambda: place))
    returned: list[bool] = []
    monkeypatch.setattr(uploads, "give_back", lambda: returned.append(True))
    inside: list[str] = []

    def second() -> None:
        with uploads._turn():
            inside.append("second")

    with uploads._turn():
        waiting = threading.Thread(target=second)
        waiting.start()
        wait_until(lambda: bool(told), "a word to the one who waits")
        assert inside == [] and "yours are next" in told[0]
    waiting.join(10)
    assert inside == ["second"] and len(returned) == 2


def test_one_who_fails_or_leaves_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    place = SimpleNamespace(caption=lambda text: None, empty=lambda: None)
    monkeypatch.setattr(uploads, "st", SimpleNamespace(empty=lambda: place))
    with pytest.raises(SystemExit), uploads._turn():
        raise SystemExit
    assert not uploads._reading.locked()
