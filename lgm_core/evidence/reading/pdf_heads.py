"""Running heads, footers and page numbers of a PDF, which are no part of its text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from lgm_core.evidence.reading.pdf_apart import apart
from lgm_core.evidence.reading.pdf_layout import LaidLine

_EDGE_LINES = 3  #: at the top and at the bottom of a page, where running heads may stand
_SAME_HEIGHT = 15.0  #: points between a first page's head and that of the others, at most
_STANDS_OUT = 1.08  #: of the size of running text, from which a line is a title or a heading
_PAGE_NUMBER = re.compile(
    r"[-–—|\s]*(?:page\s+)?(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:of|/)\s*\d{1,4})?[-–—|\s]*",
    re.IGNORECASE,
)


def without_running_heads(
    pages: Sequence[Sequence[LaidLine]], body: float
) -> tuple[list[list[LaidLine]], str]:
    """Pages without running heads, footers and page numbers, and what the first page lost.

    Lines go that repeat at the edges of pages, page numbers, and lines that stand apart from the
    text where the other pages have none, even if they appear once. The largest letters at the
    top of the first page are its title and stay, whatever repeats them.

    Args:
        pages: the lines of each, from top to bottom.
        body: size of the running text, in points.
    """
    gone = _repeated(pages)
    for number, more in enumerate(apart(pages, gone, body)):
        gone[number] |= more
    if pages:
        gone[0] -= _title(pages[0], body)
    kept = [
        [line for index, line in enumerate(page) if index not in lost]
        for page, lost in zip(pages, gone, strict=True)
    ]
    first = [line.text for index, line in enumerate(pages[0]) if index in gone[0]] if pages else []
    return kept, "\n".join(first)


def _repeated(pages: Sequence[Sequence[LaidLine]]) -> list[set[int]]:
    """Of each page the lines at its edges that other pages have too, and page numbers."""
    edges = [_edges(page) for page in pages]
    heights: defaultdict[str, dict[int, float]] = defaultdict(dict)
    for number, (page, edge) in enumerate(zip(pages, edges, strict=True)):
        for index in edge:
            heights[_told_apart(page[index].text)][number] = page[index].y
    least = max(2, round(0.25 * len(pages)))
    gone: list[set[int]] = []
    for number, (page, edge) in enumerate(zip(pages, edges, strict=True)):
        first, last = _outermost(page)
        middle = (page[first].y + page[last].y) / 2 if page else 0.0
        lost = set()
        for index in edge:
            line, found = page[index], heights[_told_apart(page[index].text)]
            repeats = len(found) >= least and not (
                # The title of a paper may be the head of its other pages.
                number == 0 and line.y > middle and not _elsewhere(found, line.y)
            )
            if repeats or (index in (first, last) and _PAGE_NUMBER.fullmatch(line.text)):
                lost.add(index)
        gone.append(lost)
    return gone


def _elsewhere(heights: dict[int, float], y: float) -> bool:
    return any(abs(other - y) <= _SAME_HEIGHT for page, other in heights.items() if page)


def _title(page: Sequence[LaidLine], body: float) -> set[int]:
    """The lines of the largest letters in the upper half of a page, if larger than its text."""
    if not page:
        return set()
    middle = (max(line.y for line in page) + min(line.y for line in page)) / 2
    largest = max(line.size for line in page if line.y >= middle)
    if largest <= body * _STANDS_OUT:
        return set()
    return {
        index
        for index, line in enumerate(page)
        if line.y >= middle and line.size >= largest - 0.02 * body
    }


def _told_apart(text: str) -> str:
    return re.sub(r"[\d\s]+", "#", text.lower())


def _outermost(page: Sequence[LaidLine]) -> tuple[int, int]:
    order = sorted(range(len(page)), key=lambda index: -page[index].y)
    return (order[0], order[-1]) if order else (-1, -1)


def _edges(page: Sequence[LaidLine]) -> list[int]:
    order = sorted(range(len(page)), key=lambda index: -page[index].y)
    return list(dict.fromkeys(order[:_EDGE_LINES] + order[-_EDGE_LINES:]))
