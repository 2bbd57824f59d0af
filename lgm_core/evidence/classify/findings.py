"""Signs of a finding of one's own, and how the strongest cue meets it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lgm_core.evidence.classify.context import Context
from lgm_core.evidence.classify.cues import Cue, Reading, Subject
from lgm_core.evidence.classify.markers import markers_in
from lgm_core.evidence.classify.numbers import closeness
from lgm_core.evidence.classify.tokens import CITE, OTHER, Span

#: Categories that speak outright of how two findings stand to each other.
STRONG = frozenset(["contrast", "agree", "replicate", "gap"])
_STATISTICS = frozenset(["%", "±", "=", "<", ">", "≈", "per"])
#: What takes from the force of a cue.
_TEMPERS = (
    "disclaim",
    "aside",
    "design",
    "performance",
    "mechanism",
    "should",
    "announce",
    "future",
    "use",
    "tools",
    "cause",
    "hedge",
    "background",
    "praise",
)
_UNTEMPERED = frozenset(["disclaim", "design", "performance", "announce"])
_ATTRIBUTED_REACH = 6  #: words from "reported" and the like to the citation


class Finding(NamedTuple):
    """What there is to compare the cited work with."""

    evidence: str  #: ``find``, ``ours``, ``figures``, ``before`` or ``none``
    place: str  #: of the sentence: ``late`` (results, discussion, abstract), ``early`` or ``other``


def finding_of(reading: Reading, context: Context, verbs: list[tuple[int, str]]) -> Finding:
    """Whether the sentence, or the one before it, tells a result of the citing work."""
    place = {"results": "late", "discussion": "late", "abstract": "late"}
    where = place.get(context.section, "other" if context.section == "other" else "early")
    words = reading.tokens.words
    if any(verb == "find" for _, verb in verbs):
        return Finding("find", where)
    if verbs:
        return Finding("ours", where)
    if "0" in words and not _STATISTICS.isdisjoint(words):
        return Finding("figures", where)
    if context.before and not any(markers_in(context.before)):
        return Finding("before", where)
    return Finding("none", where)


def finding_features(
    reading: Reading, context: Context, finding: Finding
) -> Iterator[tuple[str, Span | None]]:
    """How the primary cue, turns, denials and numbers meet the finding."""
    evidence, place = finding
    yield f"evidence {evidence}, {place}", None
    first = primary(reading)
    side = "silent" if first is None else "for" if first.sign > 0 else "against"
    if first is None:
        yield f"no strong cue, {evidence}, {place}", None
    else:
        for name in _primary_names(first, side, reading, finding):
            yield name, first.span
    for name in _TEMPERS:
        if name in reading.found:
            yield f"{name}, {side}", None
            yield f"{name}, {evidence}", None
    yield from _opening(reading, context, finding)
    yield from _denied(reading, finding)
    compared = closeness(context.sentence, context.before, context.markers[0])
    if compared is not None:
        kind, span = compared
        yield f"numbers {kind}", span
        yield f"numbers {kind}, {side}", span
        if "performance" in reading.found:
            yield f"numbers {kind}, performance", None


def _primary_names(first: Cue, side: str, reading: Reading, finding: Finding) -> Iterator[str]:
    yield f"first {first.category}{'!' if first.negated else ''}"
    yield f"first {side}"
    yield f"first {side}, {finding.evidence}"
    yield f"first {side}, {finding.place}"
    yield f"first {side}, by {first.subject}"
    who = {who for _, who in reading.people}
    if _UNTEMPERED.isdisjoint(reading.found) and (
        first.subject in ("ours", "this") or finding.evidence in ("find", "figures")
    ):
        yield f"first {side}, untempered"
    if who == {"theirs"}:
        yield f"first {side}, only theirs"
    if OTHER in reading.tokens.words:
        yield f"first {side}, others"
        yield f"first {side}, others, {'ours' if who & {'ours', 'this'} else 'not ours'}"
    if first.first <= 1:
        yield f"first {side}, opens"


def primary(reading: Reading) -> Cue | None:
    """The strong cue of the citation in question that stands nearest to it."""
    strong = [
        cue
        for cue in reading.cues
        if cue.category in STRONG
        and (cue.scope == "target" or (cue.scope in ("far", "open") and cue.in_clause))
    ]
    if not strong:
        return None
    inside = [cue for cue in strong if cue.in_clause] or strong
    return min(inside, key=lambda cue: (cue.distance, cue.first))


def _opening(
    reading: Reading, context: Context, finding: Finding
) -> Iterator[tuple[str, Span | None]]:
    words = reading.tokens.words
    if not words:
        return
    place = finding.place
    who: set[Subject] = {who for _, who in reading.people}
    whose = "ours" if who & {"ours", "this"} else "theirs" if "theirs" in who else "nobody"
    span = reading.tokens.spans[0]
    first = " ".join(words[:2])
    turn = words[0] in ("however", "conversely", "yet", "but") or first in (
        "in contrast",
        "by contrast",
        "on the",
    )
    echo = words[0] in ("similar", "similarly", "likewise", "such", "comparable", "analogous") or (
        first in ("the same", "a similar", "a comparable", "similar results")
    )
    before = "alone" if not context.before else "told"
    for name, there in (("turn", turn), ("echo", echo)):
        if there:
            yield f"{name}, {whose}, {before}", span
            yield f"{name}, {place}, {before}", span
            yield f"{name}, {place}, {whose}", span


def _denied(reading: Reading, finding: Finding) -> Iterator[tuple[str, Span | None]]:
    """A denial outside what is told of the cited work, with the side on which it stands."""
    words = reading.tokens.words
    first = next((i for i, word in enumerate(words) if word == CITE), None)
    if first is None:
        return
    attributed = any(
        match.first < first <= match.last + _ATTRIBUTED_REACH
        for name in ("attributed", "claim")
        for match in reading.found.get(name, ())
    )
    for match in reading.found.get("undone", ()):
        side = "after" if match.first > first else "ahead"
        span = (reading.tokens.spans[match.first][0], reading.tokens.spans[match.last - 1][1])
        yield f"undone {side}", span
        yield f"undone {side}, {finding.evidence}", span
        yield f"undone {side}, {finding.place}", span
        if attributed:
            yield f"undone {side}, attributed", span
            yield f"undone, attributed, {finding.place}", span
    if attributed:
        yield f"attributed, {finding.evidence}", None
        yield f"attributed, {finding.place}", None
