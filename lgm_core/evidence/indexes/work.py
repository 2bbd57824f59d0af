"""A work as an open index lists it; what indexes send is cleaned here before it is believed."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, WrapValidator

from lgm_core.evidence.indexes import identifiers
from lgm_core.evidence.names import family_first
from lgm_core.evidence.paper import EvidenceError

MAX_TITLE = 500
MAX_AUTHORS = 100

_TAG = re.compile(r"</?[A-Za-z][^<>]{0,60}>")
_PMCID = re.compile(r"PMC\d{1,9}")
_PMC_PLACE = re.compile(
    r"https?://(?:[\w.-]+\.)?(?:ncbi\.nlm\.nih\.gov(?:/pmc)?|europepmc\.org)"
    r"/(?:articles?)/(?:PMC/)?(?:PMC)?(?P<number>\d{1,9})(?:[/?#].*)?",
    re.IGNORECASE,
)
_ARXIV_PLACE = re.compile(r"https?://(?:www\.)?arxiv\.org/\w+/.{1,60}", re.IGNORECASE)
_WEB = re.compile(r"https?://[^\s\"'<>\\]{1,2000}", re.IGNORECASE)


class IndexedWork(BaseModel):
    """What an index says of a work; what it does not say is None or empty."""

    model_config = ConfigDict(frozen=True)

    id: str  #: OpenAlex: "W..."; Europe PMC: "MED:..." and the like
    title: str  #: plain text, at most ``MAX_TITLE`` characters
    authors: tuple[str, ...] = ()  #: "Family, Given", at most ``MAX_AUTHORS``
    year: int | None = Field(default=None, ge=1000, le=2200)
    venue: str | None = None
    doi: str | None = None  #: lower case, without a resolver's address
    arxiv: str | None = None  #: without a version
    pmcid: str | None = None  #: "PMC..." if PubMed Central has it
    open_access_url: str | None = None  #: http or https
    cited_by_count: int = Field(default=0, ge=0)
    abstract: str = ""


class Wire(BaseModel):
    """A part of an answer: fields that are not known here are ignored."""

    model_config = ConfigDict(extra="ignore")


def _none_if_wrong(value: Any, handler: Any) -> Any:
    try:
        return handler(value)
    except ValidationError:
        return None


T = TypeVar("T")
#: A field that is None when it is missing or not of its type: one odd field costs no work.
Maybe = Annotated[T | None, WrapValidator(_none_if_wrong), Field(default=None)]


def plain(text: str | None, most: int = MAX_TITLE) -> str:
    """One line of text without markup, at most ``most`` characters."""
    bare = html.unescape(_TAG.sub("", (text or "")[: 4 * most]))
    return " ".join("".join(c if c.isprintable() else " " for c in bare).split())[:most]


def names(given: Iterable[str | None]) -> tuple[str, ...]:
    """Names of authors as "Family, Given", the empty ones left out."""
    return tuple(family_first(name) for one in given if (name := plain(one, 200)))[:MAX_AUTHORS]


def year(value: int | None) -> int | None:
    """A year that can be one."""
    return value if value is not None and 1000 <= value <= 2200 else None


def doi_and_arxiv(doi: str | None, places: Iterable[str | None]) -> tuple[str | None, str | None]:
    """A work's DOI and arXiv id, from what is given as DOI and where it can be read."""
    found = identifiers.doi(doi) if doi else None
    arxiv = found.value if found and found.kind == "arxiv" else None
    for place in places:
        if arxiv is None and place and _ARXIV_PLACE.fullmatch(place):
            try:
                arxiv = identifiers.parse(place).value
            except EvidenceError:  # a listing, not a paper
                continue
    return (found.doi if found else None), arxiv


def pmcid(*given: str | None) -> str | None:
    """The first PMCID among these: bare, or the address of an article in PubMed Central."""
    for one in given:
        if one and _PMCID.fullmatch(one):
            return one
        if one and (match := _PMC_PLACE.fullmatch(one)):
            return f"PMC{match['number']}"
    return None


def web_address(*given: str | None) -> str | None:
    """The first of these that a link may lead to: http or https, nothing that runs."""
    return next((one for one in given if one and _WEB.fullmatch(one)), None)
