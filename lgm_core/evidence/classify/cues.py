"""The cues of a sentence: what they say, whether it is denied, of which citation, and by whom."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from lgm_core.evidence.classify.lexicon import Match, categories_of, the_lexicon
from lgm_core.evidence.classify.reach import denials, negated, segments
from lgm_core.evidence.classify.tokens import CITE, OTHER, Span, Tokens

Subject = Literal["ours", "this", "theirs", "none"]
Scope = Literal["target", "other", "far", "open"]
Sign = Literal[-1, 0, 1]

#: Towards which side a cue speaks when nothing denies it.
SIGNS: dict[str, Sign] = {
    "agree": 1,
    "replicate": 1,
    "agree_weak": 1,
    "contrast": -1,
    "differ": -1,
    "gap": -1,
    "affirm": 1,
    "echo": 1,
    "upheld": 1,
    "second": 1,
    "foreseen": 1,
    "accord": 1,
    "doubt": -1,
    "odd": -1,
    "wrong": -1,
    "overturned": -1,
    "beyond": -1,
    "unlike": -1,
    "bounded": -1,
}
_FRONT = 4  #: words; a cue that begins before has its subject after it
_SUBJECT_REACH = 30
_OBJECT_REACH = 7
_STRONG = frozenset(["agree", "replicate", "contrast", "gap", "differ", "agree_weak"])
_TURNS = frozenset(
    [",", ";", "but", "and", "yet", "although", "though", "while", "or", CITE, OTHER]
)


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase that says how the citing work stands to the cited one.

    ``scope`` is ``target`` if it speaks of the citation in question, ``other`` if of others only,
    ``far`` if of none though the sentence cites, ``open`` in a sentence without markers.
    """

    category: str
    span: Span  #: within the original sentence
    first: int  #: its first word
    last: int  #: one past its last word
    negated: bool
    scope: Scope
    in_clause: bool  #: within the part of the sentence that speaks of the citation in question
    subject: Subject
    object: Subject  #: whom it names as the other side
    distance: int  #: words to the nearest marker that it speaks of; 99 if none

    @property
    def sign(self) -> Sign:
        """1 if it speaks for the cited work, -1 if against, 0 if neither; denials count."""
        sign = SIGNS.get(self.category, 0)
        if not self.negated or sign == 0:
            return sign
        return -1 if sign == 1 else 1


@dataclass(frozen=True, slots=True)
class Reading:
    """What the lexicon finds in a sentence."""

    tokens: Tokens
    cues: tuple[Cue, ...]
    people: tuple[tuple[int, Subject], ...]  #: who is spoken of, by first word
    found: dict[str, list[Match]]  #: the matches of every category but the blocked ones
    segments: tuple[tuple[int, int], ...]  #: parts between barriers, first word and one past


def read(tokens: Tokens, parts: Sequence[Span]) -> Reading:
    """Finds cues, people and verbs.

    Args:
        tokens: of the sentence.
        parts: where it speaks of the citation in question.
    """
    found: dict[str, list[Match]] = {}
    for match in the_lexicon().matches(tokens.words):
        found.setdefault(match.category, []).append(match)
    relations = _relations(found)
    people = tuple(_people(tokens, found))
    parted = segments(tokens.words, found.get("concede", ()))
    denied = denials(tokens.words, found.get("negation", ()))
    markers = [i for i, word in enumerate(tokens.words) if word in (CITE, OTHER)]
    cues = tuple(
        _cue(match, relations, tokens, parts, people, parted, denied, markers)
        for match in relations
    )
    return Reading(tokens, cues, people, found, parted)


def _relations(found: dict[str, list[Match]]) -> list[Match]:
    """Relational matches, but those inside a longer one or a phrase that means otherwise."""
    candidates = [m for name in categories_of("relations") for m in found.get(name, ())]
    candidates.sort(key=lambda m: (m.first - m.last, m.category != "friend", m.first, m.category))
    taken: set[int] = set()
    kept: list[Match] = []
    for match in candidates:
        words = range(match.first, match.last)
        if taken.isdisjoint(words):
            taken.update(words)
            if match.category != "friend":
                kept.append(match)
    kept.sort(key=lambda match: match.first)
    return kept


def _people(tokens: Tokens, found: dict[str, list[Match]]) -> Iterable[tuple[int, Subject]]:
    """Mentions of the citing authors, of the cited ones, and of "this", in order."""
    at: dict[int, Subject] = {}
    words = tokens.words
    if words and words[0] in ("this", "these", "such"):
        at[0] = "this"
    for index, word in enumerate(words):
        if word in (CITE, OTHER) and index and tokens.capital[index - 1]:
            at[index - 1] = "theirs"
    subjects: tuple[Subject, ...] = ("theirs", "this", "ours")
    for subject in subjects:
        for match in found.get(subject, ()):
            at[match.first] = subject
    return sorted(at.items())


def _cue(
    match: Match,
    relations: Sequence[Match],
    tokens: Tokens,
    parts: Sequence[Span],
    people: Sequence[tuple[int, Subject]],
    segments: Sequence[tuple[int, int]],
    denials: Sequence[tuple[int, int]],
    markers: Sequence[int],
) -> Cue:
    words, spans = tokens.words, tokens.spans
    start, end = spans[match.first][0], spans[match.last - 1][1]
    attached = _attached(match, relations, words, segments, markers)
    scope: Scope = "open"
    if markers:
        kinds = {words[i] for i in attached}
        scope = "target" if CITE in kinds else "other" if kinds else "far"
    distance = min((abs(i - match.first) for i in attached), default=99)
    return Cue(
        match.category,
        (start, end),
        match.first,
        match.last,
        negated(match.first, words, denials),
        scope,
        any(a <= start < b for a, b in parts),
        _subject(match, people, attached),
        _object(match, people),
        distance,
    )


def _attached(
    match: Match,
    relations: Sequence[Match],
    words: Sequence[str],
    segments: Sequence[tuple[int, int]],
    markers: Sequence[int],
) -> list[int]:
    """The markers that a cue speaks of: those after it up to the next turn, else those before."""
    inside = [i for i in markers if match.first <= i < match.last]
    start, end = next(s for s in segments if s[0] <= match.first < s[1])
    sign = SIGNS.get(match.category, 0)
    turn = end
    for other in relations:
        if other.first < match.last or other.category not in _STRONG:
            continue
        if SIGNS[other.category] * sign < 0 and _apart(words[match.last : other.first]):
            turn = min(turn, other.first)
            break
    after = markers[bisect_left(markers, match.last) : bisect_left(markers, turn)]
    if inside or after:
        return inside + list(after)
    before = markers[bisect_left(markers, start) : bisect_left(markers, match.first)]
    if not before:
        return []
    nearest = before[-1]
    return [i for i in before if nearest - i <= 2 * (len(before))]


def _apart(between: Sequence[str]) -> bool:
    """Something stands between two cues that lets the second speak of another matter."""
    return not _TURNS.isdisjoint(between)


def _subject(
    match: Match, people: Sequence[tuple[int, Subject]], attached: Sequence[int]
) -> Subject:
    if match.first >= _FRONT or (people and people[0][0] < match.first):
        for index, who in reversed(people):
            if index < match.first:
                return who if match.first - index <= _SUBJECT_REACH else "none"
    behind = min((i for i in attached if i >= match.last), default=match.last)
    for index, who in people:
        if index > behind:
            return who
    return "none"


def _object(match: Match, people: Sequence[tuple[int, Subject]]) -> Subject:
    for index, who in people:
        if match.first <= index <= match.last + _OBJECT_REACH:
            return who
    return "none"
