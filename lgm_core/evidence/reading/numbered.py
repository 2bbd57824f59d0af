"""Citation markers that are numbers: where they stand in a text, and what they count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_RANGE = 200  #: "[1-500]" is not a list of citations

_DASH = r"[-–—‐‑−]"
_NUMBER = r"\d{1,4}"
_RANGE = rf"{_NUMBER}(?:\s?{_DASH}\s?{_NUMBER})?"
_NOTE = (
    r"(?:,?\s(?:pp?\.|p|Sec(?:tion|t?\.)|Chap(?:ter|\.)|Ch\.|Thm\.|Theorem|Fig\.|Table|Eq\.)"
    r"[^\[\]()]{1,30})?"
)
_LEAD = r"(?:(?:see|see also|e\.g\.,?|cf\.|and|but see)\s+)?"
_LISTED = rf"{_RANGE}(?:\s?[,;]\s?{_RANGE}){{0,60}}"
_BRACKETED = re.compile(
    rf"\[\s?{_LEAD}({_LISTED}){_NOTE}\s?\](?:\s?{_DASH}\s?\[\s?({_NUMBER})\s?\])?"
)
_ROUND = re.compile(rf"\(\s?{_LEAD}({_LISTED})\s?\)")
SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_TO_DIGITS = str.maketrans(SUPERSCRIPTS, "0123456789")
_RAISED = re.compile(
    rf"(?<![{SUPERSCRIPTS}⁻⁺])[{SUPERSCRIPTS}]{{1,3}}"
    rf"(?:\s?[,–—⁻˒-]\s?[{SUPERSCRIPTS}]{{1,3}}){{0,60}}(?![{SUPERSCRIPTS}⁺])"
)
#: After a word, and two of them after "et al.," or a quotation.
_STOP = r"[.,;:?!\"’”)]"
_GLUED = re.compile(
    rf"(?:(?<=[a-z]{{3}})|(?<=[a-z)]{_STOP})|(?<=[a-z)]{_STOP}{_STOP}))"
    rf"({_NUMBER}(?:[,–-]{_NUMBER}){{0,60}})(?=[\s.,;:)]|\Z)"
)
_INTERVAL_BEFORE = re.compile(
    r"(?:\b(?:intervals?|range[sd]?|domain|within|between|scaled? (?:to|into)|over|values? in)\s?"
    r"|[∈=×^]\s?|\\in\s?)\Z",
    re.IGNORECASE,
)
_EQUATION_BEFORE = re.compile(
    r"(?:\b(?:eqs?|eqns?|equations?|figs?|figures?|tables?|steps?|items?|cases?|schemes?|"
    r"compounds?|conditions?)\.?,?\s?)\Z",
    re.IGNORECASE,
)
#: "by (3) and (4)" speaks of equations, "by (3, 4)" of works.
_ALONE_BEFORE = re.compile(r"\b(?:in|and|from|by|of|to|that)\s\Z", re.IGNORECASE)
_EXPONENT_BEFORE = re.compile(
    r"(?:[\d)\]]|[=×·*/^−]|(?<![^\W\d_])(?:[^\W\d_]|[kcmµμn]m|kg|min|sec|ml|mg))\Z"
)


@dataclass(frozen=True)
class Numbers:
    """A place in a text that may be a marker, and the numbers it lists in printed order."""

    start: int
    end: int
    numbers: tuple[int, ...]
    listed: bool  #: more than one number, or a range


def bracketed(text: str) -> Iterator[Numbers]:
    """Numbers in square brackets: ``[1]``, ``[2,5–7]``, ``[3]-[5]``, ``[4, p. 7]``."""
    for found in _BRACKETED.finditer(text):
        listed = found[1] + (f"-{found[2]}" if found[2] else "")
        before = text[max(0, found.start() - 24) : found.start()]
        if not _INTERVAL_BEFORE.search(before) or ("," not in listed and ";" not in listed):
            yield from _numbers(found, listed)


def in_round_brackets(text: str) -> Iterator[Numbers]:
    """Numbers in round brackets, save those that an "Eq." or its like introduces."""
    for found in _ROUND.finditer(text):
        before = text[max(0, found.start() - 16) : found.start()]
        alone = found[1].isdecimal() and _ALONE_BEFORE.search(before)
        if not alone and not _EQUATION_BEFORE.search(before):
            yield from _numbers(found, found[1])


def raised(text: str) -> Iterator[Numbers]:
    """Superscript figures after a word or a stop; powers such as 10² and m² are left out."""
    for found in _RAISED.finditer(text):
        before = text[max(0, found.start() - 4) : found.start()]
        if before.strip() and not _EXPONENT_BEFORE.search(before):
            listed = found.group().translate(_TO_DIGITS).replace("⁻", "-").replace("˒", ",")
            yield from _numbers(found, listed)


def glued(text: str) -> Iterator[Numbers]:
    """Figures set directly after a word or its stop, as superscripts come out of some files."""
    for found in _GLUED.finditer(text):
        yield from _numbers(found, found[1])


def _numbers(found: re.Match[str], listed: str) -> Iterator[Numbers]:
    numbers: list[int] = []
    for part in re.split(r"\s?[,;]\s?", listed):
        ends = [int(digits) for digits in re.findall(r"\d+", part)]
        if len(ends) == 2 and not 0 < ends[1] - ends[0] < LONGEST_RANGE:
            return
        numbers += range(ends[0], ends[-1] + 1)
    several = len(numbers) > 1
    yield Numbers(found.start(), found.end(), tuple(dict.fromkeys(numbers)), several)
