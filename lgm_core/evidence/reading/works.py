"""Which entry of a bibliography a name and a year mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from lgm_core.evidence.paper import Reference
from lgm_core.evidence.reading.named import Work

_UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe"})
_ANY_YEAR = re.compile(r"(?<!\d)((?:1[6-9]|20)\d\d)([a-z])?(?!\d)")
_LEAD = 80  #: characters of a printed entry in which its first author is looked for


@dataclass(frozen=True)
class Match:
    """An entry, and how the text spells the name that led to it."""

    key: str
    name: str


@dataclass(frozen=True)
class _Entry:
    reference: Reference
    families: tuple[str, ...]
    letters: frozenset[str]  #: that follow its year in print
    lead: str  #: beginning of the entry as printed, folded
    initials: str  #: of an organisation: "who" for the World Health Organization


class Works:
    """A bibliography, looked up by first author and year."""

    def __init__(self, references: Sequence[Reference]) -> None:
        self._by_year: dict[str, list[_Entry]] = {}
        self._undated: list[_Entry] = []
        for reference in references:
            entry = _entry(reference)
            years = {year for year, _ in _ANY_YEAR.findall(reference.text)}
            years = {str(reference.year)} if reference.year is not None else years
            for year in years:
                self._by_year.setdefault(year, []).append(entry)
            if not years:
                self._undated.append(entry)

    def match(self, work: Work) -> Match | None:
        """The entry that a marker's name and year mean, or None; of equals, the first listed."""
        dated = work.year[:4].isdigit()
        entries = self._by_year.get(work.year[:4], []) if dated else self._undated
        if not entries:
            return None
        # "However, Lee (2001)" has a word before the name that looks like one.
        for names in (work.names, work.names[1:2])[: len(work.names)]:
            spellings = [(name, _folded(name)) for name in _shortened(names[0])]
            for is_first in (_is_same, _is_like):
                for name, fold in spellings:
                    candidates = [entry for entry in entries if is_first(name, fold, entry)]
                    if candidates:
                        letter = work.year[4:] if dated else ""
                        return Match(_best(candidates, work, letter).reference.key, name)
        return None


def _entry(reference: Reference) -> _Entry:
    families = tuple(_folded(author.split(",")[0]) for author in reference.authors)
    letters = {
        letter for year, letter in _ANY_YEAR.findall(reference.text + " " + reference.key) if letter
    }
    words = re.findall(r"[A-Z][\w-]*", reference.authors[0] if reference.authors else "")
    initials = "".join(word[0] for word in words).lower() if len(words) > 1 else ""
    return _Entry(
        reference, families, frozenset(letters), _folded(reference.text[:_LEAD], " "), initials
    )


def _folded(name: str, between: str = "") -> str:
    plain = unicodedata.normalize("NFKD", name.lower().translate(_UNDECOMPOSED))
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return between.join(kept.split())


def _shortened(name: str) -> list[str]:
    """The name as it stands, then without each word before its last: "In De Vries", "De Vries"."""
    words = name.split()
    return [name[name.index(word) :] if i else name for i, word in enumerate(words)]


def _is_same(_name: str, fold: str, entry: _Entry) -> bool:
    return bool(fold and entry.families) and fold == entry.families[0]


def _is_like(name: str, fold: str, entry: _Entry) -> bool:
    if not fold:
        return False
    if not entry.families:
        # An entry whose authors could not be told still begins with their names.
        return f" {_folded(name, ' ')} " in f" {entry.lead} "
    first = entry.families[0]
    if len(fold) > 3 and (first.endswith(fold) or first.startswith(fold)):
        return True
    if len(fold) > 7 and fold in first:
        return True
    if len(first) > 3 and fold.endswith(first):
        return True
    return name.isupper() and fold == entry.initials


def _best(candidates: Sequence[_Entry], work: Work, letter: str) -> _Entry:
    def score(place: int) -> tuple[int, int, int, int]:
        entry = candidates[place]
        count = len(entry.families)
        right_letter = int(letter in entry.letters) if letter else int(not entry.letters)
        second = _folded(work.names[1]) if len(work.names) > 1 else ""
        same_second = int(bool(second) and count > 1 and entry.families[1].endswith(second))
        if work.others:
            fitting = int(count > 2 or (count > 1 and len(work.names) == 1))
        else:
            fitting = int(count == len(work.names))
        return right_letter, same_second, fitting, -place

    chosen = candidates[max(range(len(candidates)), key=score)]
    if letter and letter not in chosen.letters:
        # A list that prints no letters has its works in the order of the letters.
        plain = [entry for entry in candidates if not entry.letters]
        nth = ord(letter) - ord("a")
        return plain[nth] if nth < len(plain) else chosen
    return chosen
