"""What stands before the text of a printed paper: its title, its authors, its identifiers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lgm_core.evidence.identifiers import arxiv_of_doi, find_arxiv, find_doi
from lgm_core.evidence.names import family_first
from lgm_core.evidence.reading.front_year import year_of
from lgm_core.evidence.reading.groups import is_group
from lgm_core.evidence.reading.numbered import SUPERSCRIPTS
from lgm_core.evidence.reading.printed_lines import PrintedLine
from lgm_core.evidence.reading.sections import section_of

_FURTHEST = 60  #: lines from the top within which the text of a paper begins
_MOST_LINES = 200  #: of a first page
_LONGEST_TITLE = 300
_BEGINS = re.compile(
    r"(?:abstract|summary)\b.*|(?:(?:1|I)[.)]?\s+)?introduction\s*", re.IGNORECASE | re.DOTALL
)
_FIRST = re.compile(
    r"(?:background|(?:materials? and )?methods|results|discussion|conclusions?)", re.IGNORECASE
)
_SHORT_FRONT = 10  #: lines before a first section that is neither abstract nor introduction
_MOST_LETTERS = 3000
_NAME = re.compile(
    r"(?:[^\W\d_a-z](?:\.|[\w'’-]+)[\s-]){1,3}(?:(?:van|von|de|der|den|del|di|da|la|le)\s){0,3}"
    r"[^\W\d_a-z][\w'’-]+"
)
_WORKPLACE = re.compile(r"university|department|school|college|institute|faculty", re.IGNORECASE)
_NOTE_MARKS = re.compile(rf"[{SUPERSCRIPTS}\d*†‡§¶∗]+")
_NO_TITLE = re.compile(
    r"untitled|anonymous|microsoft word|\.(?:docx?|tex|dvi|pdf|indd)\b|^\W*$", re.I
)


@dataclass(frozen=True)
class Front:
    """What the first lines say, and how many of them are no running text."""

    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str | None = None
    arxiv: str | None = None
    lines: int = 0  #: to leave out


def front_of(lines: Sequence[PrintedLine], title: str = "", aside: str = "") -> Front:
    """The front of a paper whose lines are in reading order.

    Args:
        lines: all of them, or the first hundred.
        title: as the file's own record has it; "" if that says nothing of use.
        aside: further lines of the first page, such as a stamp in its margin or its head.
    """
    top = list(lines[:_FURTHEST])
    begin = _beginning(top)
    recorded = "" if _NO_TITLE.search(title) or len(title) > _LONGEST_TITLE else title.strip()
    start, end = _title_lines(top, begin)
    printed = " ".join(line.text for line in top[start:end])
    if recorded and _plain(recorded) not in _plain(" ".join(line.text for line in top)):
        recorded = recorded if not printed else ""
    head = top[: begin if begin is not None else end]
    said = "\n".join(line.text for line in head) + "\n" + aside
    doi = find_doi(said)
    text = _prose(head, end)
    outside = [line.text for i, line in enumerate(head[:text]) if not start <= i < end]
    return Front(
        title=recorded or printed,
        authors=_authors(top[end:begin]) if begin is not None else (),
        year=year_of([*outside, *aside.split("\n")], _below(lines, text)),
        doi=doi,
        arxiv=find_arxiv(said) or arxiv_of_doi(doi),
        lines=begin if begin is not None else end,
    )


def _prose(lines: Sequence[PrintedLine], start: int) -> int:
    """Where running text begins after a title, such as an abstract without a heading."""
    for index in range(start, len(lines) - 2):
        several = lines[index : index + 3]
        full = all(line.filled > 0.85 and len(line.text) > 40 for line in several)
        if full and not any(line.gap for line in several[1:]):
            return index
    return len(lines)


def _below(lines: Sequence[PrintedLine], start: int) -> list[str]:
    """What follows the front on its page, up to the references."""
    texts: list[str] = []
    for line in lines[start : start + _MOST_LINES]:
        if line.page != lines[0].page or line.text.lower() in {"references", "bibliography"}:
            break
        texts.append(line.text)
    return texts


def _beginning(top: Sequence[PrintedLine]) -> int | None:
    """Index of the heading of the abstract or the first section, if only a front is before it."""
    letters = 0
    for index, line in enumerate(top):
        if _BEGINS.fullmatch(line.text) or (index == 0 and _FIRST.fullmatch(line.text)):
            return index
        stands_out = line.bold or line.size > 1.08 or line.gap
        smaller = line.size < top[0].size - 0.05 or top[0].size < 1.1
        known = len(line.text) <= 40 and section_of(line.text) != "other"
        if 0 < index <= _SHORT_FRONT and stands_out and smaller and known:
            return index
        letters += len(line.text)
        if letters > _MOST_LETTERS:
            return None
    return None


def _plain(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


def _title_lines(lines: Sequence[PrintedLine], begin: int | None) -> tuple[int, int]:
    """Start and end of the lines of the title: the largest letters, or the first lines alone."""
    top = lines[: begin if begin is not None else 12]
    if not top:
        return 0, 0
    largest = max(line.size for line in top)
    if largest >= 1.15:
        start = next(i for i, line in enumerate(top) if line.size >= largest - 0.02)
        end = start + 1
        while end < len(top) and top[end].size >= largest - 0.02:
            end += 1
        return start, end
    end = 1
    while end < len(top) and end < 4 and not top[end].gap:
        end += 1
    text = " ".join(line.text for line in top[:end])
    alone = end < len(lines) and lines[end].gap and not text.endswith((".", ":", ";", ","))
    return (0, end) if alone and len(text) <= _LONGEST_TITLE else (0, 0)


def _authors(lines: Sequence[PrintedLine]) -> tuple[str, ...]:
    """Names in the first line after the title that is made of nothing else."""
    groups: tuple[str, ...] = ()
    for line in lines[:3]:
        text = re.sub(r"^by\s+", "", _NOTE_MARKS.sub(" ", line.text), flags=re.IGNORECASE)
        text = re.sub(r"\s+", " ", text).strip()
        parts = [part.strip() for part in re.split(r"[,;]|\band\b|&", text) if part.strip()]
        named = all(is_group(part) or _NAME.fullmatch(part) for part in parts)
        if parts and named and not is_group(parts[0]):
            return tuple(part if is_group(part) else family_first(part) for part in parts)
        # The place where persons work may stand before them.
        if is_group(text) and not groups and not _WORKPLACE.search(text):
            groups = (text,)
    return groups
