"""Where the sentences of a scholarly paragraph end."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from lgm_core.evidence.abbreviations import COUNTED, EITHER, LETTERED, NEVER, STARTERS

#: A bracket that stays open longer than this is taken for a slip and protects nothing.
LONGEST_BRACKET = 1500

_STOP = re.compile(r"[.?!…]+")
_CLOSERS = re.compile(r"[\"'”’»)\]]*")
_SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_GLUED = re.compile(
    rf"\[\d[\d\s,;–—-]*\]|[{_SUPERSCRIPT}]+(?:\s?[,–—-]\s?[{_SUPERSCRIPT}]+)*", re.UNICODE
)
_WORD_BEFORE = re.compile(r"[\w.'’-]+\Z")
_WORD = re.compile(r"[\w'’-]+")
_OPENERS = "\"'“‘«([{¿¡"


def sentences(text: str, markers: Sequence[tuple[int, int]] = ()) -> list[tuple[int, int]]:
    """Start and end of each sentence of ``text``, in order, without the blanks around it.

    ``markers`` are spans of citation markers: none is ever divided, and one that stands right
    after a stop belongs to the sentence that the stop ends. Nothing within brackets is divided.
    Time grows in proportion to the length of the text.
    """
    guarded = _guarded(text, markers)
    starts = [start for start, _ in guarded]
    by_start = dict(markers)
    spans: list[tuple[int, int]] = []
    begin = 0
    for stop in _STOP.finditer(text):
        if stop.start() < begin or _inside(stop, text, guarded, starts):
            continue
        end = _after_stop(text, stop.end(), by_start, guarded, starts)
        if end >= len(text) or _is_boundary(text, begin, stop, end, by_start):
            spans.append((begin, end))
            begin = end
    spans.append((begin, len(text)))
    return [trimmed for span in spans if (trimmed := _trim(text, span)) is not None]


def _trim(text: str, span: tuple[int, int]) -> tuple[int, int] | None:
    piece = text[span[0] : span[1]]
    start = span[0] + len(piece) - len(piece.lstrip())
    end = span[0] + len(piece.rstrip())
    return (start, end) if end > start else None


def _guarded(text: str, markers: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Disjoint spans, sorted, within which no sentence ends."""
    spans = [(start, end) for start, end in markers if 0 <= start < end <= len(text)]
    open_at: list[tuple[str, int]] = []
    for found in re.finditer(r"[()\[\]]", text):
        mark = found.group()
        if mark in "([":
            open_at.append((")" if mark == "(" else "]", found.start()))
        elif open_at and open_at[-1][0] == mark:
            start = open_at.pop()[1]
            if found.end() - start <= LONGEST_BRACKET:
                spans.append((start, found.end()))
        elif len(open_at) > 1 and open_at[-2][0] == mark:
            open_at = open_at[:-2]
    spans.sort()
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _inside(
    stop: re.Match[str], text: str, guarded: list[tuple[int, int]], starts: list[int]
) -> bool:
    """Whether a stop lies in a guarded span, other than as its last word."""
    index = bisect_right(starts, stop.start()) - 1
    if index < 0 or stop.start() >= guarded[index][1]:
        return False
    closers = _CLOSERS.match(text, stop.end())
    return closers is None or closers.end() < guarded[index][1]


def _after_stop(
    text: str,
    end: int,
    by_start: dict[int, int],
    guarded: list[tuple[int, int]],
    starts: list[int],
) -> int:
    """Where a sentence ends: past closing quotes and the markers that follow its stop."""
    closers = _CLOSERS.match(text, end)
    end = closers.end() if closers else end
    while True:
        spot = end
        while spot < len(text) and text[spot] == " " and spot - end < 2:
            spot += 1
        marker_end = by_start.get(spot)
        if marker_end is None:
            glued = _GLUED.match(text, spot)
            marker_end = glued.end() if glued else None
        if marker_end is None:
            return end
        bare = text[spot] not in "([" and text[spot] not in _SUPERSCRIPT
        # "Smith (2010) found" after a stop opens a sentence; so does "[12] found".
        if spot > end and (bare or not _opens_after(text, marker_end)):
            return end
        index = bisect_right(starts, spot) - 1
        end = max(marker_end, guarded[index][1] if index >= 0 and starts[index] == spot else 0)
        end += text[end : end + 1] == "."


def _opens_after(text: str, end: int) -> bool:
    rest = text[end : end + 40].lstrip()
    return not rest or rest[0].isupper() or rest[0] in "([" or rest[0] in _OPENERS


def _is_boundary(
    text: str, begin: int, stop: re.Match[str], end: int, by_start: dict[int, int]
) -> bool:
    if not text[end].isspace():
        return False
    follow = end
    while follow < len(text) and text[follow].isspace():
        follow += 1
    while follow < len(text) and text[follow] in _OPENERS and follow not in by_start:
        follow += 1
    if follow >= len(text):
        return True
    following = _WORD.match(text, follow)
    word = following.group() if following else text[follow]
    if not (_may_open(word) or follow in by_start):
        return False
    before = text[max(begin, stop.start() - 40) : stop.start()]
    if stop.group() == ".":
        marked = bool(text[stop.end() : end].strip("\"'”’»)]"))
        return _full_stop(before, text[follow : follow + 12], word, marked)
    if set(stop.group()) <= {".", "…"}:
        return bool(before) and not before[-1].isspace() and word[0].isupper()
    return True


def _may_open(word: str) -> bool:
    """Whether a sentence may begin with it: a capital, a figure, or a name like mRNA or p53."""
    first = word[0]
    if first.isupper() or first.isdigit() or not first.isascii():
        return True
    return any(letter.isupper() or letter.isdigit() for letter in word[1:])


def _full_stop(before: str, rest: str, word: str, marked: bool) -> bool:
    """Whether one full stop after ``before`` and ahead of ``word`` ends a sentence.

    ``marked``: a citation marker stands between the stop and the word.
    """
    found = _WORD_BEFORE.search(before)
    if found is None:
        return bool(before) and not before[-1].isspace()
    token = found.group().strip("'’-")
    lowered = token.lower().lstrip(".")
    counted = rest[0].isdigit() or bool(re.match(r"[A-Z]{0,2}\d|[IVXivx]+\b|[A-Z]\b", rest))
    starter = word.lower() in STARTERS and not counted
    if lowered in NEVER:
        return False
    if marked:
        return True
    if lowered in COUNTED and not (len(token) == 1 and token.isupper()):
        return not counted
    if lowered in EITHER or re.fullmatch(r"(?:[a-z]\.)+[a-z]", lowered):
        return starter
    if re.fullmatch(r"(?:[A-Z]\.?-)?[A-Z]", token):
        earlier = before[: found.start()].rstrip(" ").rsplit(" ", 1)[-1].lower()
        return starter or earlier in LETTERED
    # "2." that opens a line of a list is its number.
    return not (token.isdigit() and len(token) <= 2 and not before[: found.start()].strip())
