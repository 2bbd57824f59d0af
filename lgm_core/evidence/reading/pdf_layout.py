"""From the pieces of a page to its lines in reading order, over one or two columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lgm_core.evidence.reading.numbered import SUPERSCRIPTS
from lgm_core.evidence.reading.pdf_pieces import Piece, width_of
from lgm_core.evidence.reading.printed_lines import clean

_RAISABLE = re.compile(r"[\d,;\s–-]*\d[\d,;\s–-]*")
_TO_RAISED = str.maketrans("0123456789;", SUPERSCRIPTS + ",")
#: A line that reaches so far into the right column stands across both; widths are but estimates.
_OVER = 0.15


@dataclass(frozen=True)
class LaidLine:
    """A line of a page."""

    text: str
    x: float  #: of its first letter, in points
    end: float  #: about where it ends, in points
    y: float  #: of its base line, in points from the bottom
    size: float  #: of most of its letters, in points
    bold: bool
    column: int = 0  #: 0 for the left or only one, 1 for the right, -1 for across both


def lines_of_page(pieces: Sequence[Piece]) -> list[LaidLine]:
    """The lines of a page from top to bottom, whatever its columns."""
    groups: list[list[Piece]] = []
    broken = True
    for piece in pieces:
        if not piece.level:
            continue
        lead = piece.text.startswith("\n")
        if piece.text.strip():
            if groups and not _parted(groups[-1], piece, broken or lead):
                groups[-1].append(piece)
            else:
                groups.append([piece])
            broken = piece.text.rstrip(" ").endswith("\n")
        else:
            broken = broken or "\n" in piece.text
            if groups and " " in piece.text:
                groups[-1].append(piece)
    lines = [line for group in groups if (line := _line(group)) is not None]
    return sorted(lines, key=lambda line: (-round(line.y, 1), line.x))


def in_reading_order(pages: Sequence[Sequence[LaidLine]]) -> list[list[LaidLine]]:
    """The lines of each page in order; of two columns, the left before the right in every band.

    A page on which the columns are hard to see, such as the last, follows the others.
    """
    starts = [_right_column(page) for page in pages]
    found = Counter(round(start) for start in starts if start is not None)
    usual = float(found.most_common(1)[0][0]) if found else None
    ordered = []
    for page, own in zip(pages, starts, strict=True):
        start = own
        if own is None and usual is not None and _may_begin_at(usual, page):
            start = usual
        ordered.append(list(page) if start is None else _in_columns(page, start))
    return ordered


def _may_begin_at(start: float, page: Sequence[LaidLine]) -> bool:
    beside = sum(abs(line.x - start) <= 4 for line in page)
    across = sum(line.x < start - 4 and line.end > start + 30 for line in page)
    return beside >= 2 and across <= 0.5 * len(page)


def _parted(group: Sequence[Piece], piece: Piece, broken: bool) -> bool:
    """Whether a piece begins another line than that of the pieces before it."""
    base = max(group, key=lambda one: one.size)
    apart = abs(piece.y - base.y)
    if apart > 0.75 * max(base.size, piece.size):
        return True
    if not broken:
        return False
    start = group[0].x
    end = max(one.x + width_of(one.text, one.size) for one in group)
    if piece.x == group[-1].x and piece.y == group[-1].y:
        return True
    # What is drawn further right on the same base line belongs to it, unless a column is between.
    return not (start < piece.x < end + 1.8 * base.size and piece.x > end - 6 * base.size)


def _line(group: Sequence[Piece]) -> LaidLine | None:
    weights: Counter[float] = Counter()
    bold = 0
    for piece in group:
        # In "it.2,4,19" the figures outnumber the letters, but the letters tell the line's size.
        figures = _RAISABLE.fullmatch(piece.text.strip()) is not None
        letters = 0 if figures else len(piece.text.strip())
        weights[round(piece.size, 1)] += letters
        bold += letters if piece.bold else 0
    size = max(weights, key=lambda one: (weights[one], one))
    base = next((piece.y for piece in group if round(piece.size, 1) == size), group[0].y)
    text = ""
    for piece in group:
        part = piece.text.replace("\n", " ") if not piece.text.strip() else piece.text.strip("\n")
        part = part.replace("\n", " ")
        if _is_raised(piece, size, base) and text.strip():
            # Blanks before a raised figure come of the way it is drawn, not of the author.
            text = text.rstrip() + part.strip().translate(_TO_RAISED)
            text += " " if part.endswith(" ") else ""
        else:
            text += part
    text = clean(text)
    if not text:
        return None
    end = max(group[0].x + width_of(text, size), *(p.x + width_of(p.text, p.size) for p in group))
    return LaidLine(text, group[0].x, end, base, size, bold * 2 > sum(weights.values()))


def _is_raised(piece: Piece, size: float, base: float) -> bool:
    if piece.size > 0.87 * size or not _RAISABLE.fullmatch(piece.text.strip()):
        return False
    return piece.rise > 0.1 * size or piece.y - base > 0.12 * size


def _in_columns(lines: Sequence[LaidLine], start: float) -> list[LaidLine]:
    across = start + _OVER * (max(line.end for line in lines) - start)
    ordered: list[LaidLine] = []
    columns: tuple[list[LaidLine], list[LaidLine]] = ([], [])
    for line in lines:
        if line.x >= start - 4:
            columns[1].append(_in_column(line, 1))
        elif line.end <= across:
            columns[0].append(line)
        else:
            ordered += columns[0] + columns[1] + [_in_column(line, -1)]
            columns = ([], [])
    return ordered + columns[0] + columns[1]


def _in_column(line: LaidLine, column: int) -> LaidLine:
    return LaidLine(line.text, line.x, line.end, line.y, line.size, line.bold, column)


def _right_column(lines: Sequence[LaidLine]) -> float | None:
    """Where the right column begins, or None on a page with one."""
    if len(lines) < 8:
        return None
    left = min(line.x for line in lines)
    right = max(line.end for line in lines)
    span = right - left
    starts = Counter(
        round(line.x / 3) for line in lines if 0.38 * span < line.x - left < 0.68 * span
    )
    if not starts:
        return None
    # Indented lines stand a little to the right of the edge, centred ones anywhere.
    most = max(starts.values())
    edge = min(place for place, count in starts.items() if count >= 0.35 * most)
    start = edge * 3.0
    beside = sum(line.x >= start - 4 for line in lines)
    over = start + _OVER * (right - start)
    across = sum(line.x < start - 4 and line.end > over for line in lines)
    within = len(lines) - beside - across
    if beside < max(4, 0.15 * len(lines)) or within < 0.1 * len(lines) or most < 3:
        return None
    return None if across > 0.6 * len(lines) else start
