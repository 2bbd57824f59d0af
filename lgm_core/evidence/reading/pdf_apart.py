"""Lines that stand apart from the text of a page, above or below where the other pages have any."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from lgm_core.evidence.reading.headings import is_caption
from lgm_core.evidence.reading.pdf_layout import LaidLine
from lgm_core.evidence.reading.sections import section_of

_MOST_ROWS = 2  #: of a running head
_WHITE = 1.7  #: of the distance between lines of text, from which a row stands apart
_SMALLER = 0.97  #: of the size of running text
_SAME_PLACE = 2.0  #: points
_FEWEST_LETTERS = 12  #: of a head that is found again in another line of the paper
_HEADING_WORDS = 4
_NUMBERED = re.compile(r"(\d{1,4})\b.*|.*\b(\d{1,4})", re.DOTALL)


@dataclass(frozen=True)
class _Band:
    """The outermost rows of a page, with white between them and its text."""

    lines: frozenset[int]
    near: float  #: height of its row next to the text, in points upwards from the text
    far: float  #: of its outermost row


def apart(
    pages: Sequence[Sequence[LaidLine]], gone: Sequence[set[int]], body: float
) -> list[set[int]]:
    """Of each page but the first the lines that are a running head or a footer by their place.

    Such rows have white between them and the text and stand where no other page has text; and
    a second thing tells them: smaller letters, a page number, a line of theirs that repeats or
    that the first page has, or rows at the same height on another page.

    Args:
        pages: the lines of each, from top to bottom.
        gone: lines of each that are known to be no text.
        body: size of the running text, in points.
    """
    found: list[set[int]] = [set() for _ in pages]
    leading = _leading(pages, body)
    front = _plain(" ".join(line.text for line in pages[0][:12])) if pages else ""
    for sign in (1.0, -1.0):
        bands = [_band(page, sign, leading) for page in pages]
        ends = [
            _end(page, lost, band, sign)
            for page, lost, band in zip(pages, gone, bands, strict=True)
        ]
        for number, band in enumerate(bands):
            if number == 0 or band is None:
                continue
            others = [end for other, end in enumerate(ends) if other != number and end is not None]
            if not others or band.near < max(others) + 0.5 * leading:
                continue
            lines = [pages[number][index] for index in sorted(band.lines)]
            if any(line.size > 1.02 * body or _is_part(line.text, front) for line in lines):
                continue
            beside = any(
                other is not None and place != number and abs(other.far - band.far) <= _SAME_PLACE
                for place, other in enumerate(bands)
            )
            if (
                (beside and not lines[-1].text.endswith((".", "?", "!")))
                or band.lines & gone[number]
                or all(line.size < _SMALLER * body for line in lines)
                or any(_is_known(line.text, front) or _counts(line.text, number) for line in lines)
            ):
                found[number] |= band.lines
    return found


def _band(page: Sequence[LaidLine], sign: float, leading: float) -> _Band | None:
    rows = _rows(page, sign)
    for count in range(1, min(_MOST_ROWS, len(rows) - 1) + 1):
        near = sign * page[rows[count - 1][0]].y
        if near - sign * page[rows[count][0]].y >= _WHITE * leading:
            lines = frozenset(index for row in rows[:count] for index in row)
            return _Band(lines, near, sign * page[rows[0][0]].y)
    return None


def _rows(page: Sequence[LaidLine], sign: float) -> list[list[int]]:
    """The outermost rows of a page, from the edge on: lines on one height, over all columns."""
    rows: list[list[int]] = []
    for index in sorted(range(len(page)), key=lambda index: -sign * page[index].y):
        if rows and abs(page[rows[-1][0]].y - page[index].y) <= _SAME_PLACE:
            rows[-1].append(index)
        elif len(rows) > _MOST_ROWS:
            break
        else:
            rows.append([index])
    return rows


def _end(page: Sequence[LaidLine], lost: set[int], band: _Band | None, sign: float) -> float | None:
    """How far the text of a page reaches, upwards or downwards; a band is not counted."""
    left = lost | (band.lines if band is not None else frozenset())
    return max((sign * line.y for i, line in enumerate(page) if i not in left), default=None)


def _leading(pages: Sequence[Sequence[LaidLine]], body: float) -> float:
    """The usual distance between lines of running text that begin at the same edge, in points."""
    steps: list[float] = []
    for page in pages:
        starts: defaultdict[float, list[float]] = defaultdict(list)
        for line in page:
            if abs(line.size - body) < 0.02 * body:
                starts[round(line.x)].append(line.y)
        for heights in starts.values():
            steps += [
                one - two for one, two in pairwise(sorted(heights, reverse=True)) if one - two > 1
            ]
    near = [step for step in steps if step < 4 * body]
    return median(near) if near else 1.2 * body


def _is_part(text: str, front: str) -> bool:
    """Whether a line is a heading or begins a legend, which are text wherever they stand."""
    heading = len(text.split()) <= _HEADING_WORDS and section_of(text) != "other"
    return is_caption(text) or (heading and not _is_known(text, front))


def _is_known(text: str, front: str) -> bool:
    plain = _plain(text)
    return len(plain) >= _FEWEST_LETTERS and plain in front


def _counts(text: str, number: int) -> bool:
    """Whether a line begins or ends with the number of its page, the first being 1."""
    found = _NUMBERED.fullmatch(text)
    return found is not None and str(number + 1) in found.groups()


def _plain(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()
