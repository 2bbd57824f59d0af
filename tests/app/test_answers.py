"""Answers are kept while there is room, the latest asked for longest."""

from __future__ import annotations

from app.answers import Answers


def test_the_one_longest_not_asked_for_makes_room():
    answers = Answers(max_bytes=10)
    answers.put({"run": "a", "settings": {"epsilon": 0.1}}, b"1234")
    answers.put({"run": "b"}, b"5678")
    assert answers.get({"settings": {"epsilon": 0.1}, "run": "a"}) == b"1234"
    answers.put({"run": "c"}, b"90ab")
    assert answers.get({"run": "b"}) is None
    assert answers.get({"run": "a", "settings": {"epsilon": 0.1}}) == b"1234"
    assert answers.get({"run": "a", "settings": {"epsilon": 0.2}}) is None


def test_one_that_is_larger_than_all_room_is_not_kept():
    answers = Answers(max_bytes=3)
    answers.put({"run": "a"}, b"1234")
    assert answers.get({"run": "a"}) is None
