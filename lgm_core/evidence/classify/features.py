"""What the linear model sees of a citation: cues with scope, denial and subject; some words."""

from __future__ import annotations

from collections.abc import Iterator, Set

from lgm_core.evidence.classify.context import Context
from lgm_core.evidence.classify.cues import Cue, Reading, Subject, read
from lgm_core.evidence.classify.findings import STRONG, finding_features, finding_of, primary
from lgm_core.evidence.classify.lexicon import categories_of
from lgm_core.evidence.classify.ngrams import Features, add_ngrams
from lgm_core.evidence.classify.tokens import CITE, OTHER, Span, tokens_of

_NUMBERS = 3.0  #: what counts of numbers that compare: rare, but plain
_NEIGHBOUR = 0.5  #: of what the neighbours say
_NEIGHBOUR_WORDS = 60  #: read of the sentence before and of the one after
_VERB_REACH = 9  #: words between a subject and its verb


def features_of(context: Context) -> Features:
    """The features of a context, with the places in the original sentence that gave them."""
    reading = read(context.tokens, context.parts)
    out = Features({}, [])
    for names, span in _cue_features(reading):
        for name in names:
            _add(out, name, span)
    for name, place in _sentence_features(reading, context):
        _add(out, name, place, _NUMBERS if name.startswith("numbers") else 1.0)
    for where, text in (("before", context.before), ("after", context.after)):
        if text:
            for name in _neighbour_features(where, text):
                _add(out, name, None, _NEIGHBOUR)
    out.cues.update(_scores(reading))
    add_ngrams(out, reading)
    return out


def _add(out: Features, name: str, span: Span | None, weight: float = 1.0) -> None:
    out.cues[name] = weight
    if span is not None:
        out.places.setdefault(name, []).append(span)


def _cue_features(reading: Reading) -> Iterator[tuple[list[str], Span]]:
    verbs = _own_verbs(reading)
    strong = primary(reading) is not None
    for cue in reading.cues:
        kind = f"{cue.category}{'!' if cue.negated else ''}"
        scope = _scope(cue)
        names = [f"{kind}@{scope}", f"{kind}@{scope}/{cue.subject}"]
        if cue.sign and scope in ("target", "open"):
            side = "for" if cue.sign > 0 else "against"
            if strong and cue.category not in STRONG:
                yield [*names, f"{side} beside"], cue.span
                continue
            verb = _verb_of(cue, verbs)
            names += [
                side,
                f"{side}/{cue.subject}",
                f"{side}/{cue.subject}/{verb}",
                f"{side}>{cue.object}",
            ]
            if cue.category in ("agree", "contrast", "replicate"):
                names += [f"{side}+", f"{side}+/{cue.subject}", f"{side}+/{verb}"]
            if cue.distance <= 8:
                names.append(f"{side}~near")
        yield names, cue.span


def _scope(cue: Cue) -> str:
    if cue.scope == "target" and not cue.in_clause:
        return "outside"
    if cue.scope == "far" and cue.in_clause:
        return "target"
    return cue.scope


_STRENGTH = {"agree": 2.0, "replicate": 2.0, "contrast": 2.0}


def _scores(reading: Reading) -> Iterator[tuple[str, float]]:
    """How much speaks for and against, over the cues that speak of the citation in question."""
    total = {1: 0.0, -1: 0.0}
    for cue in reading.cues:
        if cue.sign and _scope(cue) in ("target", "open"):
            total[cue.sign] += _STRENGTH.get(cue.category, 1.0)
    yield "sum for", min(total[1], 4.0) / 2
    yield "sum against", min(total[-1], 4.0) / 2
    yield "net for", max(0.0, min(total[1] - total[-1], 4.0)) / 2
    yield "net against", max(0.0, min(total[-1] - total[1], 4.0)) / 2


def _own_verbs(reading: Reading) -> list[tuple[int, str]]:
    """Whether each "we" or "our results" finds something or makes something, by first word."""
    marks = sorted(
        [(m.first, "find") for m in reading.found.get("find", ())]
        + [(m.first, "make") for m in reading.found.get("make", ())]
    )
    out = []
    for index, who in reading.people:
        if who == "ours":
            verb = next((name for at, name in marks if index <= at <= index + _VERB_REACH), "none")
            out.append((index, verb))
    return out


def _verb_of(cue: Cue, verbs: list[tuple[int, str]]) -> str:
    if not verbs:
        return "nobody"
    return min(verbs, key=lambda item: abs(item[0] - cue.first))[1]


def _sentence_features(reading: Reading, context: Context) -> Iterator[tuple[str, Span | None]]:
    tokens = reading.tokens
    verbs = _own_verbs(reading)
    whole = {who for _, who in reading.people}
    for who in whole:
        yield f"people:{who}", None
    if whole == {"theirs"}:
        yield "people:only theirs", None
    if not whole:
        yield "people:nobody", None
    for index, verb in verbs:
        yield f"ours {verb}", tokens.spans[index]
    if context.section != "other":
        yield f"section:{context.section}", None
    signs = {cue.sign for cue in reading.cues if _scope(cue) in ("target", "open")}
    if not signs - {0}:
        yield "silent", None
        if "ours" not in whole and "this" not in whole:
            yield "silent, not ours", None
        elif any(verb == "find" for _, verb in verbs):
            yield "silent, ours find", None
    if {1, -1} <= signs:
        yield "both sides", None
    for category in categories_of("functions"):
        for match in reading.found.get(category, ()):
            yield f"fn:{category}", (tokens.spans[match.first][0], tokens.spans[match.last - 1][1])
    yield from _claims(reading, signs)
    if context.section != "other":
        for sign in signs:
            yield f"section:{context.section}, {('silent', 'for', 'against')[sign]}", None
    yield from _opposition(reading)
    yield from _marker_features(reading)
    yield from finding_features(reading, context, finding_of(reading, context, verbs))


def _claims(reading: Reading, signs: Set[int]) -> Iterator[tuple[str, Span | None]]:
    """Something is called a claim or a prediction, and something is found or denied of it."""
    finds = any(verb == "find" for _, verb in _own_verbs(reading))
    denied = any(cue.category in ("denial", "absent") for cue in reading.cues)
    claimed = "claim" in reading.found
    if denied:
        yield f"denied, {'ours' if finds else 'not ours'}", None
    if claimed:
        kind = "for" if signs >= {1} and -1 not in signs else "against" if -1 in signs else "silent"
        yield f"claim, {kind}{', denied' if denied else ''}", None
        yield f"claim, {'ours' if finds else 'not ours'}{', denied' if denied else ''}", None


def _opposition(reading: Reading) -> Iterator[tuple[str, Span | None]]:
    """One part of the sentence tells what they found, another what we did."""
    concessions = [cue for cue in reading.cues if cue.category == "concede"]
    if not concessions:
        return
    words = reading.tokens.words
    theirs: set[int] = set()
    ours: set[int] = set()
    for number, (start, end) in enumerate(reading.segments):
        inside: set[Subject] = {who for index, who in reading.people if start <= index < end}
        if CITE in words[start:end]:
            theirs.add(number)
        if "ours" in inside and CITE not in words[start:end]:
            ours.add(number)
    span = concessions[0].span
    if theirs and ours:
        yield "opposed", span
        if any(cue.category == "absent" for cue in reading.cues):
            yield "opposed, absent", span
    elif theirs and len(reading.segments) > 1:
        yield "conceded", span


def _marker_features(reading: Reading) -> Iterator[tuple[str, Span | None]]:
    words = reading.tokens.words
    first = next((i for i, word in enumerate(words) if word == CITE), None)
    if first is None:
        yield "marker:none", None
        return
    if any(word == OTHER for word in words):
        yield "marker:others", None
    if first and reading.tokens.capital[first - 1]:
        yield "marker:narrative", None
    elif first and words[first - 1] in ("by", "of", "in", "from", "with", "to", "see", "and"):
        yield f"marker:{words[first - 1]}", None
    if first >= len(words) - 2:
        yield "marker:end", None
    elif first <= 3:
        yield "marker:front", None


def _neighbour_features(place: str, text: str) -> Iterator[str]:
    tokens = tokens_of(text, ())
    del tokens.words[_NEIGHBOUR_WORDS:], tokens.spans[_NEIGHBOUR_WORDS:]
    reading = read(tokens, [(0, len(text))])
    ours = {verb for _, verb in _own_verbs(reading)}
    for verb in ours:
        yield f"{place}: ours {verb}"
    for who in {who for _, who in reading.people}:
        yield f"{place}: {who}"
    for cue in reading.cues:
        if cue.sign:
            yield f"{place}: {'for' if cue.sign > 0 else 'against'}"
        if cue.category in ("absent", "concede"):
            yield f"{place}: {cue.category}"
