"""Files that a visitor brings: what is too much is told unread, and no room is no verdict."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from app import evidence_papers
from app.evidence_papers import MOST_PAPERS, read_files
from lgm_core.evidence.paper import BusyError, EvidenceError
from tests.evidence.making import entry

_ids = count()


@dataclass
class Upload:
    """As Streamlit hands one over."""

    name: str
    size: int = 10
    file_id: str = field(default_factory=lambda: str(next(_ids)))

    def getvalue(self) -> bytes:
        assert self.size <= 30_000_000, "a file that is too large was looked at"
        return self.name.encode()


class Reader:
    """Counts what it is asked, and answers by the file's name."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def read(self, data: bytes, origin: Any, companions: dict[str, bytes]) -> Any:
        self.asked.append((origin.name, *companions))
        if origin.name == "bad.pdf":
            raise EvidenceError("It is no paper.")
        if origin.name == "busy.pdf" and len(self.asked) == 1:
            raise BusyError("Too many papers.")
        return entry(origin.name)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    made = Reader()
    monkeypatch.setattr(evidence_papers, "engine", lambda: SimpleNamespace(reading=made))
    monkeypatch.setattr(evidence_papers.st, "session_state", {})
    return made


def test_a_file_is_read_once_and_again_with_another_bibliography(reader: Reader) -> None:
    paper, bad, bib = Upload("a.tex"), Upload("bad.pdf"), Upload("refs.bib")
    heard: list[tuple[int, int, str]] = []
    for files in ([paper, bad], [paper, bad], [paper, bad, bib]):
        found = read_files(files, progress=lambda *news: heard.append(news))  # type: ignore[arg-type]
        assert [read.problem for read in found] == [None, "It is no paper."]
    # A PDF holds its own, and is neither handed a bibliography nor read again for one.
    assert reader.asked == [("a.tex",), ("bad.pdf",), ("a.tex", "refs.bib")]
    assert heard == [(0, 2, "a.tex"), (1, 2, "bad.pdf"), (0, 2, "a.tex")]


def test_a_paper_that_found_no_room_is_tried_again(reader: Reader) -> None:
    files = [Upload("busy.pdf")]
    assert read_files(files)[0].problem == "Too many papers."  # type: ignore[arg-type]
    assert read_files(files)[0].entry is not None  # type: ignore[arg-type]


def test_what_is_too_much_is_told_and_not_looked_at(reader: Reader) -> None:
    large = Upload("large.pdf", size=62_000_000)
    many = [Upload(f"{n}.md") for n in range(MOST_PAPERS + 2)]
    found = read_files([large, *many])  # type: ignore[arg-type]
    problems = {read.name: read.problem for read in found if read.problem}
    assert problems["large.pdf"] == "It has 62 MB; at most 30 MB are read."
    assert problems["60.md"] == "At most 60 papers are read; take others away first."
    assert len(problems) == 3 and len(reader.asked) == MOST_PAPERS
    heavy = [Upload(f"heavy {n}.pdf", size=29_000_000) for n in range(7)]
    found = read_files(heavy)  # type: ignore[arg-type]
    assert [read.problem is None for read in found] == [True] * 5 + [False] * 2
    assert "At most 150 MB of files" in str(found[-1].problem)
    bibs = [Upload(f"{n}.bib", size=14_000_000) for n in range(3)]
    (paper, refused) = read_files([Upload("a.tex"), *bibs])  # type: ignore[arg-type]
    assert reader.asked[-1] == ("a.tex", "0.bib", "1.bib") and paper.problem is None
    assert refused.told == (
        "2.bib: At most 30 MB of bibliographies and styles are read together; "
        "take others away first."
    )


def test_the_labs_own_are_read_once_and_before_somebody_asks(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence_papers, "_shipped", [])
    waited: list[int] = []

    async def idle() -> None:
        waited.append(len(reader.asked))

    monkeypatch.setattr(evidence_papers, "idle", idle)
    ids = evidence_papers.article_ids()
    heard: list[tuple[int, int]] = []
    asyncio.run(evidence_papers.prepare())
    assert len(reader.asked) == len(ids) and waited == list(range(len(ids)))
    found = evidence_papers.shipped(lambda *news: heard.append(news))
    assert len(found) == len(ids) == len(reader.asked) and heard == []


def test_a_visitor_who_comes_first_sees_them_being_read(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence_papers, "_shipped", [])
    heard: list[tuple[int, int]] = []
    found = evidence_papers.shipped(lambda *news: heard.append(news))
    assert heard == [(number, len(found)) for number in range(len(found))]
    asyncio.run(evidence_papers.prepare())
    assert len(reader.asked) == len(found)
