"""Which part of a paper a heading opens."""

from __future__ import annotations

import re

from lgm_core.evidence.paper import Section

_NUMBER = re.compile(
    r"^\s*(?:(?:section|chapter|appendix)\s+)?(?:\d{1,2}(?:\.\d{1,2}){0,4}|[IVX]{1,5}|[A-Z])[.):]?\s+"
    r"(?=\S)",
    re.IGNORECASE,
)
_MAX_CHARACTERS = 200

# Said anywhere in a heading; where two are, the one that comes first decides.
_TELLING: tuple[tuple[Section, str], ...] = (
    ("abstract", r"\babstract\b"),
    (
        "introduction",
        r"\bintroduct\w*|\b(?:related|previous|prior|earlier) (?:work|stud|research)\w*",
    ),
    ("introduction", r"\bliterature (?:review|survey)|\bstate of the art\b"),
    (
        "methods",
        r"\bexperiment\w* (?:set-?\s?ups?|settings?|designs?|procedures?|details?|methods?"
        r"|protocols?|conditions?|sections?)\b",
    ),
    ("methods", r"\bmethod\w*|\bprocedures?\b|\bimplementation\b"),
    ("methods", r"(?<!supplementary )(?<!supporting )\bmaterials?\b"),
    (
        "methods",
        r"\b(?:statistical|data) analys[ie]s\b|\bstudy (?:design|population)|\bdatasets?\b",
    ),
    ("methods", r"\bproposed (?:approach|model|loss|framework|algorithm)\b|\bour approach\b"),
    ("results", r"\bresults?\b|\bfindings\b|\bexperiments?\b|\bevaluations?\b|\bablations?\b"),
    ("discussion", r"\bdiscussions?\b|\bconclu\w+|\blimitations?\b|\bfuture work\b"),
    ("discussion", r"\bimplications\b|\bclosing remarks\b"),
)
# Too common to count unless the heading begins with them.
_OPENING: tuple[tuple[Section, str], ...] = (
    ("introduction", r"background(?: and \w+)?|motivation|preliminaries|overview|intro"),
    ("methods", r"(?:the )?approach|model|algorithm|data|training(?: details)?|participants"),
    ("methods", r"subjects|setup|protocol|patients|cases|samples?|theory|formulation"),
    ("results", r"analysis|comparisons?|(?:performance|empirical) (?:analysis|study|comparison)"),
    ("discussion", r"summary(?: and \w+)?|outlook"),
)
_TELLING_PATTERNS = tuple((section, re.compile(words)) for section, words in _TELLING)
_OPENING_PATTERNS = tuple((section, re.compile(words)) for section, words in _OPENING)


def section_of(heading: str, kind: str = "") -> Section:
    """The section that a heading such as "2.1 Materials and Methods" opens.

    ``kind`` is what a format says of it, such as the ``sec-type`` of JATS, and goes first.
    What neither tells is "other"; a subsection then belongs where its parent does.
    """
    for words in (kind.replace("|", " ").replace("-", " "), heading):
        found = _told(_NUMBER.sub("", words[:_MAX_CHARACTERS], count=1))
        if found != "other":
            return found
    return "other"


def inherited(heading: str, parent: Section, kind: str = "") -> Section:
    """The section of a subsection: its own heading's, or else its parent's."""
    own = section_of(heading, kind)
    return parent if own == "other" else own


def _told(words: str) -> Section:
    plain = re.sub(r"\s+", " ", words).strip(" .:").lower()
    first: tuple[int, Section] | None = None
    for section, pattern in _TELLING_PATTERNS:
        found = pattern.search(plain)
        if found and (first is None or found.start() < first[0]):
            first = (found.start(), section)
    if first is not None:
        return first[1]
    for section, pattern in _OPENING_PATTERNS:
        if pattern.fullmatch(plain):
            return section
    return "other"
