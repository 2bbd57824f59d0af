"""Citation markers of a bare sentence, known by their form alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lgm_core.evidence.classify.tokens import Span
from lgm_core.evidence.reading.markers import marker_spans

MAX_MARKERS = 60  #: of one sentence

#: What public data sets put in the place of the citation in question, and of the others.
_TARGET = re.compile(
    r"[\[<(]\s*(?:CITE|CITATION|CIT|REF|TARGET)\s*[\]>)]|#AUTHOR_TAG|#REFR\b|@@CITATION\w*"
    r"|\bTARGETCIT\w*|\b(?:TREF|CITE)\b"
)
_OTHER = re.compile(r"[\[<(]\s*(?:OTHER|OREF|GREF)\s*[\]>)]|#OTHEREFR\b|\b(?:OREF|GREF)\b")

_YEAR = r"(?:1[6-9]\d\d|20\d\d)[a-z]?"
_NAME = r"[A-ZÀ-Þ][\w'’.\-]{1,40}"
_NUMBERS = r"\d{1,4}[a-z]?(?:\s?[,;–—-]\s?(?:refs?\.\s?)?\d{1,4}[a-z]?){0,30}"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"\[\s?(?:refs?\.?\s?)?{_NUMBERS}\s?\]",
        rf"\[[^\[\]]{{0,400}}?\b{_YEAR}[^\[\]]{{0,400}}\]",
        rf"\((?=[^()]{{0,300}}{_NAME})(?:[^()]|\([^()]{{0,60}}\)){{0,300}}?\b{_YEAR}"
        rf"(?:[^()]|\([^()]{{0,60}}\)){{0,300}}\)",
        rf"(?<=[\w.’'] )\(\s?{_YEAR}(?:\s?[,;]\s?{_YEAR}){{0,10}}(?:\s?[,:][^()]{{0,40}})?\)",
        rf"\b{_NAME}(?:,? et al\.?,?|(?: (?:and|&) {_NAME})?,) {_YEAR}",
        r"\[[A-Z][A-Za-z+]{1,15}\d\d[a-z]?(?:, ?[A-Z][A-Za-z+]{1,15}\d\d[a-z]?){0,10}\]",
        r"(?:(?<=[a-z]{3})|(?<=[a-z][).,;]))\d{1,3}(?:[,–—-]\d{1,3}){0,20}(?=[\s.,;:)]|$)",
        r"[⁰¹²³⁴-⁹]{1,3}(?:[,⁻–-][⁰¹²³⁴-⁹]{1,3}){0,20}",
    )
)
_BRACKET = re.compile(r"[(\[](?=[^()\[\]]*\d)")
_DIGIT = re.compile(r"[\d⁰¹²³⁴-⁹]")
_ROUND = re.compile(rf"(?<=[\sa-z])\((?:refs?\.?\s?)?{_NUMBERS}\)(?=[\s.,;:]|$)")
#: A number in round brackets after these words is that of a figure or the like.
_NO_CITATION = re.compile(
    r"(?:\b(?:[Ff]igs?|[Ff]igures?|[Tt]ables?|[Ee]qs?|[Ee]quations?|[Ss]ections?|[Ss]teps?)\.?|[=<>±])"
    r"\s?$"
)


def markers_in(sentence: str) -> tuple[list[Span], list[Span]]:
    """Places of the citation in question and of the other citations, each in order.

    Where a form says which one is in question (``[CITE]``, ``#AUTHOR_TAG``), everything else that
    looks like a citation is another; where none does, all of them are in question.
    """
    targets = _places(_TARGET, sentence)
    others = _free(_places(_OTHER, sentence), targets)
    found: list[Span] = []
    if _DIGIT.search(sentence):
        for form in _FORMS:
            found += _free(_places(form, sentence), [*targets, *others, *found])
    if "\\cite" in sentence or "@" in sentence:
        found += _free(marker_spans(sentence), [*targets, *others, *found])
    if not (found or targets or others):
        found = [
            (a, b)
            for a, b in _places(_ROUND, sentence)
            if not _NO_CITATION.search(sentence, max(0, a - 12), a)
        ]
    if not targets:
        targets, found = (found, []) if found else (others, [])
        others = [] if targets is others else others
    return sorted(targets)[:MAX_MARKERS], sorted(others + found)[:MAX_MARKERS]


def without_names(sentence: str, span: Span) -> Span:
    """The bracket alone of a marker that takes in the names before it, "Hall et al. (2010)"."""
    start, end = span
    bracket = _BRACKET.search(sentence, start, end)
    return (bracket.start(), end) if bracket and sentence[start].isalpha() else span


def _places(form: re.Pattern[str], sentence: str) -> list[Span]:
    return [found.span() for found in form.finditer(sentence)]


def _free(spans: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """Those that overlap none of ``taken``."""
    return [(a, b) for a, b in spans if all(b <= start or a >= end for start, end in taken)]
