"""From the laid-out lines of all pages to printed lines: indents, gaps, sizes, fullness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from lgm_core.evidence.reading.pdf_layout import LaidLine
from lgm_core.evidence.reading.printed_lines import PrintedLine

_GAP = 1.3  #: of the usual distance between lines


def printed_lines(pages: Sequence[Sequence[LaidLine]]) -> list[PrintedLine]:
    """The lines of a document in reading order, measured against its running text."""
    body = body_size(pages)
    leading = _leading(pages, body)
    lines: list[PrintedLine] = []
    for number, page in enumerate(pages):
        edges = {column: _edges(page, column, body) for column in (-1, 0, 1)}
        for index, line in enumerate(page):
            before = page[index - 1] if index else None
            left, right = edges[line.column]
            lines.append(
                PrintedLine(
                    text=line.text,
                    indent=max(0.0, line.x - left) / body,
                    gap=_is_gap(before, line, leading, body),
                    size=round(line.size / body, 2),
                    bold=line.bold,
                    filled=min(1.0, max(0.0, (line.end - left) / max(right - left, 1.0))),
                    page=number,
                )
            )
    return lines


def body_size(pages: Sequence[Sequence[LaidLine]]) -> float:
    """Size of most letters of a document, in points; 1 for one without any."""
    letters: Counter[float] = Counter()
    for page in pages:
        for line in page:
            letters[line.size] += len(line.text)
    return (letters.most_common(1)[0][0] if letters else 1.0) or 1.0


def _leading(pages: Sequence[Sequence[LaidLine]], body: float) -> float:
    steps = [
        one.y - two.y
        for page in pages
        for one, two in pairwise(page)
        if one.column == two.column
        and one.size == two.size == body
        and 0 < one.y - two.y < 4 * body
    ]
    return median(steps) if steps else 1.2 * body


def _is_gap(before: LaidLine | None, line: LaidLine, leading: float, body: float) -> bool:
    if before is None or before.column != line.column or before.y <= line.y:
        return False
    usual = leading * max(line.size, before.size, 0.7 * body) / body
    return before.y - line.y > _GAP * usual


def _edges(page: Sequence[LaidLine], column: int, body: float) -> tuple[float, float]:
    """Left and right edge of a column's running text, in points."""
    lines = [line for line in page if line.column == column]
    if not lines:
        return 0.0, 1.0
    starts = Counter(round(line.x, 0) for line in lines)
    most = max(starts.values())
    # Of the common places the leftmost: in a hanging list most lines stand in.
    left = min(place for place, count in starts.items() if count >= max(1, 0.15 * most))
    ends = sorted(line.end for line in lines)
    return left, ends[int(0.9 * (len(ends) - 1))]
