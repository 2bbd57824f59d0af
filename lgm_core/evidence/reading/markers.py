"""Citation markers in running text, each matched to the entries of a bibliography."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from lgm_core.evidence.paper import Marker, Reference
from lgm_core.evidence.reading.named import Named, named, without_opening
from lgm_core.evidence.reading.numbered import (
    Numbers,
    bracketed,
    glued,
    in_round_brackets,
    raised,
)
from lgm_core.evidence.reading.works import Works

_LABELLED = re.compile(r"\[([^\[\]\n]{2,200})\]")
_ALPHA = r"[A-Z][A-Za-z]{1,7}\+?[’']?\d{2}[a-z]?"
_FORMAL = re.compile(
    rf"\[{_ALPHA}(?:[,;]\s?{_ALPHA})*\]|\\[Cc]ite[a-z]*\*?(?:\[[^\[\]]*\]){{0,2}}\{{[^{{}}]*\}}"
    r"|\[[^\[\]@]{0,40}@[^\[\]]{1,200}\]"
)
_COMMA_YEAR = re.compile(r",\s?(?:1[6-9]|20|in press|n\.d|to appear|forthcoming)")
_NOT_NAMES = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Spring|Summer|Autumn|Fall|Winter|Table|Figure|Fig|Section|Version|Since|Until|From|In|Of|"
    r"Year|Christmas|Copyright|Vol|Volume|Edition|Windows|Office)\b"
)


class MarkerFinder:
    """Finds the markers of one paper.

    The style is judged on the whole paper once: numbers in round brackets, and figures glued to
    words, are markers only where the list is numbered and the paper uses no plainer form.
    """

    def __init__(self, references: Sequence[Reference], whole_text: str) -> None:
        self._works = Works(references)
        self._keys = {reference.key for reference in references}
        digits = [int(key) for key in self._keys if key.isdecimal() and len(key) <= 4]
        self._last = max(digits, default=0)
        numbered = bool(digits) and len(digits) >= 0.8 * len(self._keys)
        self._labelled = any(not key.isdecimal() for key in self._keys)
        self._brackets = bool(digits)
        plain = bool(digits) and any(self._known(bracketed(whole_text)))
        self._raised = numbered and not plain and any(self._known(raised(whole_text)))
        plain = plain or self._raised
        self._round = numbered and not plain and self._uses_round(whole_text)
        self._glued = numbered and not plain and not self._round and self._uses_glued(whole_text)

    def find(self, text: str) -> tuple[Marker, ...]:
        """The markers of one paragraph, in order, none overlapping another."""
        found = [*self._numbers(text), *self._named(text)]
        if self._labelled:
            found += self._labels(text)
        return _disjoint(found)

    def _numbers(self, text: str) -> Iterator[Marker]:
        forms: list[Iterable[Numbers]] = []
        forms += [bracketed(text)] if self._brackets else []
        forms += [raised(text)] if self._raised else []
        forms += [in_round_brackets(text)] if self._round else []
        forms += [glued(text)] if self._glued else []
        for form in forms:
            for numbers in self._known(form):
                keys = tuple(str(n) for n in numbers.numbers if str(n) in self._keys)
                yield Marker(numbers.start, numbers.end, keys)

    def _known(self, found: Iterable[Numbers]) -> Iterator[Numbers]:
        """Those whose every number could be an entry, and one at least is."""
        for numbers in found:
            within = all(1 <= number <= self._last for number in numbers.numbers)
            if within and any(str(number) in self._keys for number in numbers.numbers):
                yield numbers

    def _uses_round(self, text: str) -> bool:
        found = list(self._known(in_round_brackets(text)))
        cited = {number for numbers in found for number in numbers.numbers}
        return any(numbers.listed for numbers in found) and len(cited) >= len(self._keys) / 2

    def _uses_glued(self, text: str) -> bool:
        found = list(self._known(glued(text)))
        cited = {number for numbers in found for number in numbers.numbers}
        return len(found) >= 2 and len(cited) >= len(self._keys) / 2

    def _named(self, text: str) -> Iterator[Marker]:
        for place in named(text):
            keys: list[str] = []
            start = place.start
            for index, work in enumerate(place.works):
                match = self._works.match(work)
                if match is None:
                    continue
                keys.append(match.key)
                if index == 0 and not place.bracketed:
                    start += max(0, text[place.start : place.end].find(match.name))
            if keys:
                yield Marker(start, place.end, tuple(dict.fromkeys(keys)))

    def _labels(self, text: str) -> Iterator[Marker]:
        """Labels that are neither numbers nor names: ``[Smi10, LW11a]``."""
        for found in _LABELLED.finditer(text):
            keys = [part.strip() for part in re.split(r"[,;]", found[1])]
            if all(key in self._keys for key in keys):
                yield Marker(found.start(), found.end(), tuple(dict.fromkeys(keys)))


def find_markers(text: str, references: Sequence[Reference]) -> tuple[Marker, ...]:
    """Markers of ``text`` that point into ``references``, in order.

    Numbers are matched by the reference's key, names by first author and year (then by the year's
    letter and the second author). What points nowhere, such as "[0, 1]", is no marker. The style
    is judged by this text alone; for the paragraphs of one paper use a ``MarkerFinder``.
    """
    return MarkerFinder(references, text).find(text)


def marker_spans(sentence: str) -> list[tuple[int, int]]:
    """Places in a bare sentence that are markers by their form, start and end, in order.

    There is no list to check them by: numbers in square brackets without a zero, names with
    years, superscripts after words, keys of LaTeX and Markdown. Numbers in round brackets count
    only if there is nothing else and they do not enumerate from (1).
    """
    found = [Marker(match.start(), match.end(), ()) for match in _FORMAL.finditer(sentence)]
    for numbers in (*bracketed(sentence), *raised(sentence)):
        if 0 not in numbers.numbers:
            found.append(Marker(numbers.start, numbers.end, ()))
    found += [place for one in named(sentence) if (place := _by_form(sentence, one))]
    if not found:
        found = list(_in_round_by_form(sentence))
    return [(marker.start, marker.end) for marker in _disjoint(found)]


def _in_round_by_form(sentence: str) -> Iterator[Marker]:
    round_ones = list(in_round_brackets(sentence))
    if any(numbers.numbers[0] < 2 and not numbers.listed for numbers in round_ones):
        return
    for numbers in round_ones:
        # A year alone is no marker.
        if all(0 < number < 1000 for number in numbers.numbers):
            yield Marker(numbers.start, numbers.end, ())


def _by_form(text: str, place: Named) -> Marker | None:
    first = place.works[0]
    names = without_opening(first.names)
    if not names or _NOT_NAMES.match(names[0]):
        return None
    several = first.others or len(names) > 1
    if not (place.bracketed or place.narrative or first.others):
        return None
    if place.bracketed and not several and not _COMMA_YEAR.search(text, place.start, place.end):
        return None
    moved = not place.bracketed and names != first.names
    start = text.find(names[0], place.start) if moved else place.start
    return Marker(start, place.end, ())


def _disjoint(found: Iterable[Marker]) -> tuple[Marker, ...]:
    kept: list[Marker] = []
    for marker in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or marker.start >= kept[-1].end:
            kept.append(marker)
    return tuple(kept)
