from __future__ import annotations

import os
import time

import pytest

from lgm_core.data import kept_answers
from lgm_core.data.kept_answers import keep, read

URL = "https://api.openalex.org/works/doi:10.1/../../etc/passwd?select=id"


def files(cache):
    return sorted(path for path in cache.rglob("*") if path.is_file())


def backdate(path, seconds):
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_an_answer_is_read_as_it_was_kept(cache):
    for answer in (b"", b"{}", bytes(range(256)) * 100):
        keep(URL, answer)
        assert read(URL) == answer
    assert read(URL + "x") is None
    assert len(files(cache)) == 1


def test_no_part_of_an_address_is_in_the_path(cache):
    keep(URL, b"one")
    (path,) = files(cache)
    assert path.parent == cache / "answers"
    assert len(path.stem) == 64
    assert set(path.stem) <= set("0123456789abcdef")


@pytest.mark.parametrize(("age", "found"), [(0, b"a"), (6.9, b"a"), (7.1, None), (-1, None)])
def test_an_answer_is_good_for_seven_days(cache, age, found):
    keep(URL, b"a")
    backdate(files(cache)[0], age * 86400)
    assert read(URL) == found


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data[:20],
        lambda data: data + b" ",
        lambda data: data[:-1] + b"?",
        lambda data: b"other" + data[5:],
    ],
)
def test_a_damaged_file_is_no_answer_and_is_replaced(cache, damage):
    keep(URL, b"an answer")
    path = files(cache)[0]
    path.write_bytes(damage(path.read_bytes()))
    assert read(URL) is None
    keep(URL, b"an answer")
    assert read(URL) == b"an answer"


def test_a_renamed_file_is_not_taken_for_another_answer(cache):
    keep(URL, b"one")
    keep("https://elsewhere", b"two")
    first, second = files(cache)
    content = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(content)
    assert (read(URL), read("https://elsewhere")) == (None, None)


def test_the_oldest_go_first_and_the_newest_stays(cache):
    for number in range(5):
        keep(f"https://a/{number}", b"x" * 1000)
        for path in files(cache):
            backdate(path, time.time() - path.stat().st_mtime + 60)
    # Each file has some 45 bytes more than its answer: three fit into 3,200.
    keep("https://a/5", b"x" * 1000, max_total=3200)
    kept = [number for number in range(6) if read(f"https://a/{number}") is not None]
    assert kept == [3, 4, 5]


def test_the_newest_stays_where_the_clock_was_put_back(cache):
    keep("https://a/before", b"x" * 1000)
    backdate(files(cache)[0], -50)
    keep("https://a/now", b"x" * 1000, max_total=1500)
    assert (read("https://a/before"), read("https://a/now")) == (None, b"x" * 1000)


def test_what_is_too_long_is_not_kept(cache, monkeypatch):
    monkeypatch.setattr(kept_answers, "MAX_ANSWER", 100)
    keep("https://a/long", b"x" * 101)
    keep("https://a/right", b"x" * 100)
    keep("https://a/small-cache", b"x" * 60, max_total=90)
    assert read("https://a/right") == b"x" * 100
    assert len(files(cache)) == 1


def test_a_folder_that_cannot_be_written_to_is_no_error(tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("LGM_CACHE_DIR", str(tmp_path / "file"))
    keep(URL, b"a")
    assert read(URL) is None
