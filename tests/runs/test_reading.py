"""Strangers' papers are read in a process of their own, and what goes wrong costs that alone."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import psutil
import pytest

from lgm_core.evidence.entry import Origin
from lgm_core.evidence.paper import EvidenceError
from lgm_core.runs.processes import Workers
from lgm_core.runs.reading import PATIENCE, Reading, _Line, _Seat, patience

PAPER = b"""---
title: A note on margins
year: 2025
---

# Results

In contrast to @wan2018, our classes did not tighten.

```bibtex
@inproceedings{wan2018,
  title = {Rethinking Feature Distribution for Loss Functions in Image Classification},
  author = {Wan, Weitao}, year = {2018}, eprint = {1803.02988}, archiveprefix = {arXiv}}
```
"""

#: Takes seconds to read.
SLOW = b"A sentence (Wan et al., 2018) that goes on and on, " * 15_000


@pytest.fixture(scope="module")
def reading() -> Iterator[Reading]:
    held = Reading(Workers(nice=0))
    yield held
    held.close()


def children() -> set[int]:
    found = psutil.Process().children(recursive=True)
    return {child.pid for child in found if child.status() != psutil.STATUS_ZOMBIE}


def test_a_paper_comes_back_read_and_judged(reading: Reading) -> None:
    entry = reading.read(PAPER, Origin("note.md", project=True))
    assert entry.paper.title == "A note on margins" and entry.origin.project
    (statement,), ((verdict,),) = entry.paper.statements, entry.verdicts
    assert statement.citations[0].key == "wan2018" and verdict.label == "contrasting"


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "empty"), (b"\x00\x01\x02", "format"), (b"%PDF-1.7\nnothing", "PDF")],
)
def test_what_cannot_be_read_is_one_sentence(reading: Reading, data: bytes, said: str) -> None:
    with pytest.raises(EvidenceError, match=said) as caught:
        reading.read(data, Origin("paper.bin"))
    assert str(caught.value).count("\n") == 0
    assert reading.read(PAPER, Origin("note.md")).paper.statements


def test_one_that_takes_too_long_is_stopped_and_the_next_is_read(reading: Reading) -> None:
    before = children()
    with pytest.raises(EvidenceError, match="too much time"):
        # A short one might be answered before the clock is looked at.
        reading.read(SLOW, Origin("long.txt"), seconds=0.0)
    assert reading.read(PAPER, Origin("note.md")).paper.statements
    assert len(children()) <= len(before) + 1


@pytest.mark.parametrize(
    ("files", "seconds"),
    [
        ([b"x" * 200_000], 12.0),
        ([b"x" * 1_000_000, b"y" * 1_000_000], 30.0),
        ([b"x" * 30_000_000], PATIENCE),
        ([b"%PDF-1.7"], PATIENCE),
        ([b"PK\x03\x04"], PATIENCE),
        ([b"\x1f\x8b", b"x"], PATIENCE),
        ([b"a text about %PDF"], pytest.approx(10.0, abs=0.01)),
    ],
)
def test_a_text_is_given_what_its_size_deserves(files: list[bytes], seconds: float) -> None:
    assert patience(files) == seconds


def test_a_killed_process_costs_the_paper_that_it_had_and_no_other(reading: Reading) -> None:
    reading.read(PAPER, Origin("note.md"))
    told: list[str] = []

    def read() -> None:
        try:
            reading.read(SLOW, Origin("long.txt"))
        except EvidenceError as error:
            told.append(str(error))

    thread = threading.Thread(target=read)
    thread.start()
    time.sleep(0.3)
    for seat in reading._all:
        if seat._process is not None:
            os.kill(seat._process.pid or 0, signal.SIGKILL)
    thread.join(30)
    assert not thread.is_alive()
    assert told == [
        "Reading this took too much time or memory and was stopped; try a shorter paper."
    ]
    assert reading.read(PAPER, Origin("note.md")).paper.statements


def test_a_process_that_died_with_nothing_to_do_costs_no_paper(reading: Reading) -> None:
    reading.read(PAPER, Origin("note.md"))
    for seat in reading._all:
        if seat._process is not None:
            dying = psutil.Process(seat._process.pid)
            dying.kill()
            dying.wait(30)
    assert reading.read(PAPER, Origin("note.md")).paper.statements


def test_seats_are_given_in_turn_and_waiting_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    line = _Line([_Seat(Workers(nice=0))])
    got: list[str] = []
    first = threading.Event()

    def often() -> None:
        for number in range(3):
            with line.seat():
                first.set()
                got.append(f"many {number}")
                time.sleep(0.2)

    def once(name: str) -> None:
        with line.seat():
            got.append(name)

    threads = [threading.Thread(target=often)]
    threads += [threading.Thread(target=once, args=(name,)) for name in ("one", "another")]
    threads[0].start()
    assert first.wait(10)
    for thread in threads[1:]:
        thread.start()
        time.sleep(0.05)
    for thread in threads:
        thread.join(30)
    assert got == ["many 0", "one", "another", "many 1", "many 2"]
    monkeypatch.setattr("lgm_core.runs.reading._QUEUE_PATIENCE", 0.05)
    with line.seat(), pytest.raises(EvidenceError, match="Too many papers"), line.seat():
        pass
    with line.seat():
        pass


# The last, since it closes what all share: a process of its own would fit one more classifier.
def test_closing_ends_the_processes_and_answers_in_words(reading: Reading) -> None:
    reading.read(PAPER, Origin("note.md"))
    mine = {seat._process.pid for seat in reading._all if seat._process is not None}
    assert mine and mine <= children()
    reading.close()
    with pytest.raises(EvidenceError):
        reading.read(PAPER, Origin("note.md"))
    deadline = time.monotonic() + 5
    while children() & mine and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not children() & mine
