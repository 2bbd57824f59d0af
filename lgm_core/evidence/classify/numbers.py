"""Numbers of the citing work beside those of the cited one: close together, or far apart."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from lgm_core.evidence.classify.tokens import Span

Closeness = Literal["near", "apart", "between"]

_NEAR = 0.13  #: natural logarithm of a ratio; up to about 14 % is near
_APART = 0.30  #: from here on, a third more or a quarter less
_REACH = 70  #: characters between a citation and its number
_MOST = 24  #: numbers looked at
_NUMBER = re.compile(
    r"(?<![\w.\[])((?:\d{1,3}(?:,\d{3})+|\d+)(?:[.]\d+)?)(?![\w.]*\d)"
    r"\s?(?:[–-]\s?\d+(?:\.\d+)?\s?)?"
    r"(%|‰|per ?cent\b|percentage points?|×|[°µμÅ]?[A-Za-zΩ]{1,4}(?![A-Za-z])(?:[/·]\w+)?)?"
)
#: What a number after these words counts is no result.
_NO_RESULT = re.compile(
    r"(?:\b[pPnNtFrR]\s?[=<>≤≥]|\b(?:[Ff]igs?|[Ff]igures?|[Tt]ables?|[Ee]qs?|CI|SE|SD|s\.e\.)\.?"
    r"|±|\b[tF]\(|χ²\(|to the|[Aa]ged?|[Ii]n|[Ss]ince|[Bb]y)\s?$"
)
_INTERVAL = re.compile(r"\s?(?:%|per cent)?\s?(?:CI\b|confidence|credible)")
_NO_UNIT = {
    *("as", "and", "at", "but", "by", "for", "from", "had", "here", "in"),
    *("of", "on", "or", "per", "the", "to", "vs", "was", "were", "with"),
}
_FIRST_YEAR, _LAST_YEAR = 1500, 2100


class _Number(NamedTuple):
    value: float
    unit: str
    start: int
    end: int


def closeness(sentence: str, before: str, targets: Sequence[Span]) -> tuple[Closeness, Span] | None:
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


def _distance(number: _Number, targets: Sequence[Span], sentence: str) -> int:
    gaps = [
        sentence[number.end : start] if number.end <= start else sentence[end : number.start]
        for start, end in targets
    ]
    # What stands beyond a semicolon is said of somebody else.
    return min(len(gap) + (200 if ";" in gap else 0) for gap in gaps)


def _numbers(text: str) -> list[_Number]:
    found: list[_Number] = []
    for match in _NUMBER.finditer(text):
        start = match.start()
        counted = _NO_RESULT.search(text, max(0, start - 8), start)
        if counted or _INTERVAL.match(text, match.end(1)):
            continue
        unit = (match[2] or "").lower()
        unit = "%" if unit.startswith("per") else "" if unit in _NO_UNIT else unit
        value = float(match[1].replace(",", ""))
        year = not unit and value.is_integer() and _FIRST_YEAR <= value <= _LAST_YEAR
        if 0 < value < math.inf and unit != "×" and not year:
            found.append(_Number(value, unit, start, match.end()))
        if len(found) >= _MOST:
            break
    return found
