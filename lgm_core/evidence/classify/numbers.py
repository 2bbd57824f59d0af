"""Numbers of the citing work beside those of the cited one: close together, or far apart."""

from __future__ import annotations

import math
import re
from typing import Literal, NamedTuple

from lgm_core.evidence.classify.tokens import Span

Closeness = Literal["near", "apart", "between"]

_NEAR = 0.13  #: natural logarithm of a ratio; up to about 14 % is near
_APART = 0.30  #: from here on, a third more or a quarter less
_REACH = 70  #: characters between a citation and its number
_MOST = 24  #: numbers looked at
_NUMBER = re.compile(
    r"(?<![\w.\[])(?:\d{1,3}(?:,\d{3})+|\d+)(?:[.]\d+)?(?![\w.]*\d)"
    r"\s?(?:[–-]\s?\d+(?:\.\d+)?\s?)?"
    r"(%|‰|per ?cent\b|percentage points?|×|[°µμÅ]?[A-Za-zΩ]{1,6}(?:[/·]\w+)?)?"
)
#: What a number after these words counts is no result.
_NO_RESULT = re.compile(
    r"(?:\b[pPnNtFrR]\s?[=<>≤≥]|\b(?:[Ff]igs?|[Ff]igures?|[Tt]ables?|[Ee]qs?|CI|SE|SD|s\.e\.)\.?"
    r"|±|\b[tF]\(|χ²\(|to the|[Aa]ged?|[Ii]n|[Ss]ince|[Bb]y)\s?$"
)
_INTERVAL = re.compile(r"\s?(?:%|per cent)?\s?(?:CI\b|confidence|credible)")
_OWN_SIGN = re.compile(r"[−-]\s?$")
_COUNTED = frozenset(
    "patients participants subjects h min days weeks months years samples adults of and the in "
    "for to at with studies countries were seeds had was".split()
)


class _Number(NamedTuple):
    value: float
    unit: str
    start: int
    end: int


def closeness(sentence: str, before: str, targets: list[Span]) -> tuple[Closeness, Span] | None:
    """How the number beside the citation compares with another of the same unit.

    Args:
        sentence: that cites.
        before: the sentence before it, looked into where ``sentence`` has one number alone.
        targets: places of the citation in question.

    Returns:
        The outcome and the place of the cited number; None without two numbers that compare.
    """
    if not targets:
        return None
    numbers = [n for n in _numbers(sentence) if all(n.end <= a or n.start >= b for a, b in targets)]
    if not numbers:
        return None
    cited = min(numbers, key=lambda n: _distance(n, targets, sentence))
    others = [n for n in numbers if n is not cited and n.unit == cited.unit]
    if not others and len(numbers) == 1:
        others = [n for n in _numbers(before) if n.unit == cited.unit]
    if not others or _distance(cited, targets, sentence) > _REACH:
        return None
    gap = min(abs(math.log(other.value / cited.value)) for other in others)
    kind: Closeness = "near" if gap <= _NEAR else "apart" if gap >= _APART else "between"
    return kind, (cited.start, cited.end)


def _distance(number: _Number, targets: list[Span], sentence: str) -> int:
    best = 10_000
    for start, end in targets:
        between = (
            sentence[number.end : start] if number.end <= start else sentence[end : number.start]
        )
        # What follows a semicolon or a turn is said of somebody else.
        best = min(best, len(between) + (200 if ";" in between else 0))
    return best


def _numbers(text: str) -> list[_Number]:
    found = []
    for match in _NUMBER.finditer(text):
        start = match.start()
        if _NO_RESULT.search(text, max(0, start - 8), start):
            continue
        if _INTERVAL.match(text, re.match(r"[\d.,]+", match.group()).end() + start):  # type: ignore[union-attr]
            continue
        digits = re.match(r"[\d.,]+", match.group())
        assert digits
        value = float(digits.group().replace(",", "").rstrip(".") or 0)
        unit = (match[1] or "").lower()
        if unit.startswith("per"):
            unit = "%"
        if unit in _COUNTED:
            unit = ""
        if value <= 0 or unit == "×" or (not unit and 1500 <= value <= 2100 and value == int(value)):
            continue
        found.append(_Number(value, unit, start, match.end()))
        if len(found) >= _MOST:
            break
    return found
