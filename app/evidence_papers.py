"""The papers of a visitor: the lab's own articles, and what they bring or fetch in this session."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from app import article_files
from app.engine import engine
from lgm_core.evidence.articles import SHIPPED as FORMATS
from lgm_core.evidence.articles import article, article_ids
from lgm_core.evidence.entry import Entry, Origin
from lgm_core.evidence.paper import EvidenceError

#: Papers that one session may hold.
MOST_PAPERS = 60
#: Files that belong to a paper and are no paper themselves.
_COMPANIONS = (".bib", ".bbl", ".cls", ".sty", ".bst")


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
    ids = article_ids()
    with _lock:
        for number in range(len(_shipped), len(ids)):
            progress(number, len(ids))
            name, data, companions = article(ids[number], FORMATS[ids[number]])
            origin = Origin(name, article_files.url_of(ids[number]), project=True)
            _shipped.append(engine().reading.read(data, origin, companions))
        return tuple(_shipped)


def read_files(files: Sequence[UploadedFile], *, key: str = "evidence.read") -> list[Read]:
    """What came of each paper among the files; a file is read once a session.

    A bibliography beside a LaTeX or Markdown file is taken for that file's.
    """
    known: dict[str, Read] = st.session_state.setdefault(key, {})
    companions = {file.name: file.getvalue() for file in files if _is_companion(file.name)}
    papers = [file for file in files if not _is_companion(file.name)][:MOST_PAPERS]
    marks = {_mark(file.getvalue(), companions): file for file in papers}
    for old in known.keys() - marks.keys():
        del known[old]  # taken away by the person: nothing of it is kept
    for mark, file in marks.items():
        if mark not in known:
            known[mark] = _read(file.name, file.getvalue(), companions)
    return [known[mark] for mark in marks]


def _read(name: str, data: bytes, companions: dict[str, bytes]) -> Read:
    try:
        return Read(name, engine().reading.read(data, Origin(name), companions), None)
    except EvidenceError as error:
        return Read(name, None, str(error))


def _mark(data: bytes, companions: dict[str, bytes]) -> str:
    digest = hashlib.sha256(data)
    for name, held in sorted(companions.items()):
        digest.update(name.encode() + hashlib.sha256(held).digest())
    return digest.hexdigest()


def _is_companion(name: str) -> bool:
    return name.lower().endswith(_COMPANIONS)
