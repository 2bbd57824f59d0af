"""An entry of a bibliography as it is printed, taken apart by the habits of the usual styles."""

from __future__ import annotations

import re

from lgm_core.evidence.identifiers import (
    arxiv_of_doi,
    find_arxiv,
    find_doi,
    without_identifiers,
)
from lgm_core.evidence.paper import Reference
from lgm_core.evidence.reading.printed_journals import journal_at
from lgm_core.evidence.reading.printed_names import leading_names

_MAX_CHARACTERS = 2000
_LABEL = re.compile(r"\s*(?:\[[^\]\n]{1,40}\]|\(\d{1,4}\)|\d{1,4}[.)])\s+")
_YEAR = r"(?:1[89]|20)\d{2}"
_YEAR_IN_BRACKETS = re.compile(rf"\(({_YEAR})[a-z]?(?:,[^)]{{1,30}})?\)")
_ANY_YEAR = re.compile(rf"(?<![\d–—./-])({_YEAR})[a-z]?(?![\d–—/-]|\.\d)")
_YEAR_FIRST = re.compile(
    rf"[\s.,:;]*(?:[(\[]{_YEAR}[a-z]?(?:,[^)]{{1,30}})?[)\]]|{_YEAR}[a-z]?[)\]]?)[\s.,:;]+"
)
#: A family name without initials, then what can only be a title: "Hinton. Deep learning. 2015."
_BARE_NAME = re.compile(
    r"([A-Z][^\W\d_]{2,24})\.(?=\s+(?!In\b|Proc)[A-Z][^\W\d_]+(?:\s[^.]{2,300})\.\s)"
)
_QUOTED = re.compile(r"[\"“”]([^\"“”]{6,400})[\"“”]|‘([^‘]{6,400})’(?!\w)|``(.{6,400}?)''")
_SENTENCE_END = re.compile(r"(?<![\s.][A-Za-z])(?<!\bvs)(?<!\bSt)[.?!](?=\s|$)|\.(?=\s+In\b)")
_VENUE_AFTER_COMMA = re.compile(
    r",\s+(?=in\s+(?:Proc|[A-Z])|Proc\b|arXiv\b|CoRR\b|J\.\s|(?:[A-Z][a-z]{0,6}\.\s){1,}|"
    rf"[A-Z][\w ]{{2,40}}\s\(?{_YEAR})"
)
#: The experiment for which the authors speak: "G. Aad et al. [ATLAS Collaboration]".
_BEHALF = re.compile(
    r"[\s.,;]*(?:(?:on behalf of|for)\s)?(?:[\[(](?:(?:on behalf of|for)\s)?([^\[\]()]{2,80}?"
    r"(?:Collaborations?|Consortium|Group|Team))[\])]|((?:the\s)?[A-Z][\w-]{1,30}(?:\s[\w-]{2,30}){0,3}?"
    r"\s(?:Collaborations?|Consortium))(?=,))"
)
_INITIAL = re.compile(r"[\s,:;]*[A-Z]\.")
_MOST_COMMAS = 20  #: of a title, at which a journal is looked for
#: "Journal of Money, Credit and Banking, 29(1)": the commas are its own up to the "and".
_LISTED_VENUE = re.compile(
    r"[A-Z][^\d,.;:()]{2,80}(?:,\s[A-Z][^\d,.;:()]{1,40}){0,3}(?:,\s(?:and|&)|,\s[A-Z][^\d,.;:()]{1,40}"
    rf"\s(?:and|&))\s[A-Z][^\d,.;:()]{{1,40}}(?=,?\s(?!{_YEAR})(?:\d{{1,4}}\b|vol\b))"
)
_VENUE_LEAD = re.compile(r"[\s.,:;”\"]*(?:in\s*:?\s+)?", re.IGNORECASE)
_ABBREVIATED = "Proc Phys Lett Conf Symp Comm Chem Annu Math Stat Trans Commun Comput Recognit"
_VENUE_END = re.compile(
    r",|;|\s\(|\s\d|\s*\bpp?\.\s|\s*\bvol\.|:\s?\d|"
    + "".join(rf"(?<!\b{word})" for word in _ABBREVIATED.split())
    + r"(?<=\w\w\w\w)\.(?:\s|$)"
)


def reference_from_text(key: str, text: str) -> Reference:
    """A reference from one printed entry; what cannot be told stays None or empty.

    Title, authors and venue are guesses by the usual styles. A label such as ``[3]`` or ``3.``
    in front is left out. Only the first 2,000 characters are looked at.
    """
    text = re.sub(r"\s+", " ", text[:_MAX_CHARACTERS]).strip()
    text = _LABEL.sub("", text, count=1) if _LABEL.match(text) else text
    doi = find_doi(text)
    body = without_identifiers(text)
    names, end = leading_names(body)
    if not names and (bare := _BARE_NAME.match(body)):
        names, end = (bare[1],), bare.end()
    if behalf := _BEHALF.match(body, end):
        names, end = _speakers(body, behalf, names)
    title, rest = _title(body, end)
    return Reference(
        key=key,
        title=title,
        authors=names,
        year=_year(body, title),
        venue=_venue(rest),
        doi=doi,
        arxiv=find_arxiv(text) or arxiv_of_doi(doi),
        text=text,
    )


def _speakers(
    body: str, behalf: re.Match[str], names: tuple[str, ...]
) -> tuple[tuple[str, ...], int]:
    """The authors who speak for a collaboration, before or after its name, or the name itself."""
    if not names and (initial := _INITIAL.match(body, behalf.end())):
        start = initial.end() - 2
        further, end = leading_names(body[start:])
        if further:
            return further, start + end
    return names or (behalf[1] or behalf[2],), behalf.end()


def _year(body: str, title: str | None) -> int | None:
    if title:
        body = body.replace(title, " ", 1)
    if found := _YEAR_IN_BRACKETS.search(body):
        return int(found.group(1))
    years = _ANY_YEAR.findall(body)
    return int(years[-1]) if years else None


def _title(body: str, end: int) -> tuple[str | None, str]:
    """The title and what comes after it."""
    quoted = _QUOTED.search(body, max(0, end - 1))
    if quoted and quoted.start() - end < 40:
        inner = next(group for group in quoted.groups() if group)
        return inner.strip(" ,.;"), body[quoted.end() :]
    rest = body[end:].lstrip(" .,:;")
    dated = _YEAR_FIRST.match(rest)
    rest = rest[dated.end() :] if dated else rest
    if journal_at(rest, 0, dated=dated is not None):
        return None, rest
    stop = _SENTENCE_END.search(rest)
    if stop and rest[stop.start()] == "?":
        further = _SENTENCE_END.search(rest, stop.end())
        # "Is it safe? A study. In ..." is one title, "Do we need it? JMLR 15, 2014." is not.
        if further and re.search(r"[A-Za-z]{2}", rest[further.end() :]):
            stop = further if not re.match(r"\s+In\b", rest[stop.end() :]) else stop
    cut = stop.start() if stop else len(rest)
    after = stop.end() if stop else len(rest)
    if stop and rest[stop.start()] in "?!":
        cut += 1
    if comma := _VENUE_AFTER_COMMA.search(rest, 8, min(len(rest), after + 40)):
        cut, after = min((cut, after), (comma.start(), comma.end()))
    for _, comma in zip(range(_MOST_COMMAS), re.finditer(r",\s+", rest[:cut]), strict=False):
        if comma.start() >= 8 and journal_at(rest, comma.end()):
            cut, after = comma.span()
            break
    title = re.sub(rf"\s*[,(]\s*{_YEAR}\)?$", "", rest[:cut]).strip(' ,.;:"“”')
    return (title if 4 <= len(title) <= 400 else None), rest[after:]


def _venue(rest: str) -> str | None:
    rest = rest[_VENUE_LEAD.match(rest).end() :]  # type: ignore[union-attr]
    if journal := journal_at(rest, 0, dated=True):
        return journal.name[:200]
    listed = _LISTED_VENUE.match(rest)
    stop = _VENUE_END.search(rest, listed.end() if listed else 0)
    venue = (rest[: stop.start()] if stop else rest).strip(" .,;:()")
    venue = re.sub(rf"\s*\(?{_YEAR}\)?$", "", venue).strip(" .,;:")
    return venue if 2 <= len(venue) <= 200 and re.search(r"[A-Za-z]{2}", venue) else None
