"""How far the parts of a sentence and its denials reach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from lgm_core.evidence.classify.lexicon import Match
from lgm_core.evidence.classify.tokens import CITE, OTHER

_NEGATION_REACH = 5  #: words between a negation and what it denies
_NO_NEGATION = frozenset(
    ["only", "just", "merely", "simply", "surprising", "surprisingly", "until", "necessarily"]
)
_DENIAL_STOPS = frozenset(
    [*[",", ";", ":", "(", ")", "but", "and", "although", "while", "whereas"], CITE, OTHER]
)


def segments(words: Sequence[str], concessions: Iterable[Match]) -> tuple[tuple[int, int], ...]:
    """The parts of a sentence between turns, first word and one past each."""
    starts = {0}
    fronted = False
    for match in concessions:
        starts.add(match.first)
        fronted = fronted or match.first == 0
    starts.update(i + 1 for i, word in enumerate(words) if word == ";")
    if fronted:
        seen_marker = False
        for index, word in enumerate(words):
            seen_marker = seen_marker or word in (CITE, OTHER)
            if word == "," and seen_marker:
                starts.add(index + 1)
                break
    bounds = [*sorted(start for start in starts if start < len(words)), len(words)]
    return tuple(pairwise(bounds))


def denials(words: Sequence[str], negations: Iterable[Match]) -> list[tuple[int, int]]:
    """One past the last word of every negation that denies what follows, and how far it reaches."""
    return [
        # "The lack of an effect agrees with" denies the effect, not the agreement.
        (match.last, 1 if words[match.last - 1] == "of" else _NEGATION_REACH)
        for match in negations
        if match.last >= len(words) or words[match.last] not in _NO_NEGATION
    ]


def negated(first: int, words: Sequence[str], denials: Sequence[tuple[int, int]]) -> bool:
    """An odd number of negations stands close before, with nothing that ends their reach."""
    count = 0
    for end, reach in denials:
        if end <= first <= end + reach and _DENIAL_STOPS.isdisjoint(words[end:first]):
            count += 1
    return count % 2 == 1
