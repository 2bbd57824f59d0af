"""The papers of a visitor: the lab's own articles, and what they bring or fetch in this session."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import streamlit as st
from starlette.concurrency import run_in_threadpool
from streamlit.runtime.uploaded_file_manager import UploadedFile

from app import article_files
from app.engine import engine, idle
from lgm_core.evidence.articles import SHIPPED as FORMATS
from lgm_core.evidence.articles import article, article_ids
from lgm_core.evidence.entry import Entry, Origin
from lgm_core.evidence.paper import MOST_BYTES, BusyError, EvidenceError

#: Papers that one session may hold, and the bytes of all its files together.
MOST_PAPERS = 60
MOST_TOGETHER = 5 * MOST_BYTES
#: Files that belong to a paper and are no paper themselves.
_COMPANIONS = (".bib", ".bbl", ".cls", ".sty", ".bst")
#: Papers that hold everything themselves.
_ALONE = (".pdf", ".xml", ".nxml")


_lock = threading.Lock()
_shipped: list[Entry] = []


class Read(NamedTuple):
    """What came of a file."""

    name: str
    entry: Entry | None
    problem: str | None  #: one plain sentence, where there is no entry

    @property
    def told(self) -> str:
        """The problem with the file's name, which some problems have in them already."""
        problem = self.problem or ""
        return problem if repr(self.name[:80]) in problem else f"{self.name}: {problem}"


def shipped(progress: Callable[[int, int], None]) -> tuple[Entry, ...]:
    """The articles that were written for this lab, read once for all visitors.

    Args:
        progress: hears how many of them have been read, and how many there are.

    Raises:
        EvidenceError: if they cannot be read.
    """
    total = len(article_ids())
    while len(_shipped) < total:
        progress(len(_shipped), total)
        _read_next()
    return tuple(_shipped)


async def prepare() -> None:
    """Reads them before the first visitor asks, one after the other while nobody trains."""
    with contextlib.suppress(EvidenceError):
        while len(_shipped) < len(article_ids()):
            await idle()
            await run_in_threadpool(_read_next)


def _read_next() -> None:
    ids = article_ids()
    with _lock:
        number = len(_shipped)
        if number < len(ids):
            name, data, companions = article(ids[number], FORMATS[ids[number]])
            origin = Origin(name, article_files.url_of(ids[number]), project=True)
            _shipped.append(engine().reading.read(data, origin, companions))


def read_files(
    files: Sequence[UploadedFile],
    *,
    key: str = "evidence.read",
    progress: Callable[[int, int, str], None] = lambda done, total, name: None,
) -> list[Read]:
    """What came of each paper among the files; a file is read once a session.

    A bibliography beside a LaTeX or Markdown file is taken for that file's. What is too large, or
    one too many, is not looked at and says so.

    Args:
        files: papers and what belongs to them.
        key: under which the session keeps what came of them.
        progress: hears how many of them are done, of how many, and the next one's name.
    """
    known: dict[tuple[str, ...], Read] = st.session_state.setdefault(key, {})
    refused = {file.file_id: Read(file.name, None, why) for file, why in _too_much(files)}
    taken = [file for file in files if file.file_id not in refused]
    companions = [file for file in taken if _is_companion(file.name)]
    papers = [file for file in taken if not _is_companion(file.name)]
    # An upload keeps its id and never changes.
    beside = tuple(file.file_id for file in companions)
    marks = {(file.file_id, *(() if _alone(file.name) else beside)): file for file in papers}
    for old in known.keys() - marks.keys():
        del known[old]  # taken away by the person: nothing of it is kept
    found = []
    for number, (mark, file) in enumerate(marks.items()):
        read = known.get(mark)
        if read is None:
            progress(number, len(marks), file.name)
            some = () if _alone(file.name) else companions
            held = {one.name: one.getvalue() for one in some}
            try:
                read = _read(file.name, file.getvalue(), held)
            except BusyError as error:  # it is tried again at the next touch of the page
                read = Read(file.name, None, str(error))
            else:
                known[mark] = read
        found.append(read)
    return [*found, *refused.values()]


def _too_much(files: Sequence[UploadedFile]) -> Iterator[tuple[UploadedFile, str]]:
    """The files that are not looked at, each with the reason; by their sizes alone."""
    together = beside = papers = 0
    for file in files:
        if file.size > MOST_BYTES:
            size, most = file.size / 1e6, MOST_BYTES // 10**6
            yield file, f"It has {size:.0f} MB; at most {most} MB are read."
        elif together + file.size > MOST_TOGETHER:
            most = MOST_TOGETHER // 10**6
            yield file, f"At most {most} MB of files are read together; take others away first."
        elif not _is_companion(file.name) and papers == MOST_PAPERS:
            yield file, f"At most {MOST_PAPERS} papers are read; take others away first."
        elif _is_companion(file.name) and beside + file.size > MOST_BYTES:
            # They go along with every paper.
            most = MOST_BYTES // 10**6
            told = f"At most {most} MB of bibliographies and styles are read together"
            yield file, f"{told}; take others away first."
        else:
            together += file.size
            beside += file.size * _is_companion(file.name)
            papers += not _is_companion(file.name)


def _read(name: str, data: bytes, companions: dict[str, bytes]) -> Read:
    try:
        return Read(name, engine().reading.read(data, Origin(name), companions), None)
    except BusyError:
        raise
    except EvidenceError as error:
        return Read(name, None, str(error))


def _alone(name: str) -> bool:
    return name.lower().endswith(_ALONE)


def _is_companion(name: str) -> bool:
    return name.lower().endswith(_COMPANIONS)
