"""The words of a sentence as features, and the places that features came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from lgm_core.evidence.classify.cues import Reading
from lgm_core.evidence.classify.tokens import CITE, OTHER, Span

#: Before a word, by whether its part of the sentence has the citation in question.
_WITH, _WITHOUT = "with:", "apart:"
#: Between two words that have others between them.
_GAP = " … "
#: From one word of such a pair to the other, in words.
_SKIPS = (2, 3)
#: Words that show a reader nothing, whatever the model makes of them.
_EMPTY = frozenset({
    CITE, OTHER, ",", ".", ";", ":", "-", "–", "a", "an", "and", "are", "as", "at", "be", "been",
    "by", "for", "from", "had", "has", "have", "in", "is", "it", "its", "of", "on", "or", "that",
    "the", "their", "thes", "this", "thos", "to", "was", "were", "which", "with",
})  # fmt: skip
_NGRAM_STOPS = frozenset({"0", "%", "=", "(", ")", "[", "]", '"', "'", "“", "”"})


@dataclass(frozen=True, slots=True)
class Features:
    """Features of one context; what is not there is 0."""

    cues: dict[str, float]  #: by name
    ngrams: list[str]
    places: dict[str, list[Span]] = field(default_factory=dict)  #: of cues, in the sentence
    word_spans: list[Span] = field(default_factory=list)  #: of the first, single ``ngrams``


def add_ngrams(out: Features, reading: Reading) -> None:
    """Adds the words of a sentence, in pairs near and next to each other, and by their side."""
    words = reading.tokens.words
    kept = [i for i, word in enumerate(words) if word not in _NGRAM_STOPS]
    stems = [_stem(words[i]) for i in kept]
    out.ngrams.extend(stems)
    out.ngrams.extend(map(" ".join, pairwise(stems)))
    for skip in _SKIPS:
        out.ngrams.extend(map(_GAP.join, zip(stems, stems[skip:], strict=False)))
    for start, end in reading.segments:
        side = _WITH if CITE in words[start:end] else _WITHOUT
        out.ngrams.extend(
            side + stem for at, stem in zip(kept, stems, strict=True) if start <= at < end
        )
    out.word_spans.extend([reading.tokens.spans[i] for i in kept])


def spans_of(features: Features, name: str) -> list[Span]:
    """Places in the original sentence of the feature called ``name``, as far as they tell much."""
    if name in features.cues:
        return features.places.get(name, [])
    stems = features.ngrams[: len(features.word_spans)]
    if _GAP in name:
        first, second = name.split(_GAP)
        return [
            features.word_spans[place]
            for skip in _SKIPS
            for at in range(len(stems) - skip)
            if (stems[at], stems[at + skip]) == (first, second)
            for place in (at, at + skip)
            if stems[place] not in _EMPTY
        ]
    wanted = name.removeprefix(_WITH).removeprefix(_WITHOUT).split(" ")
    if _EMPTY.issuperset(wanted):
        return []
    return [
        (features.word_spans[at][0], features.word_spans[at + len(wanted) - 1][1])
        for at in range(len(stems) - len(wanted) + 1)
        if stems[at : at + len(wanted)] == wanted
    ]


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    for ending in ("ies", "ied", "ing", "ed", "es", "ly", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word
