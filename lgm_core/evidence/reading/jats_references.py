"""The reference list of a JATS article."""

from __future__ import annotations

import re
from dataclasses import replace

from lxml import etree

from lgm_core.evidence.identifiers import arxiv_of_doi, clean_arxiv, find_arxiv, find_doi
from lgm_core.evidence.names import family_first
from lgm_core.evidence.paper import Reference
from lgm_core.evidence.reading.printed import reference_from_text
from lgm_core.evidence.reading.safe_xml import plain_text

MAX_REFERENCES = 5000
_CITATIONS = ("element-citation", "mixed-citation", "nlm-citation", "citation")
_TITLES = ("article-title", "chapter-title", "data-title", "part-title")


def read_references(article: etree._Element) -> list[Reference]:
    """The entries of every reference list in printed order; at most 5,000."""
    found: dict[str, Reference] = {}
    for number, element in enumerate(article.iter("ref"), 1):
        key = element.get("id") or str(number)
        if key not in found and len(found) < MAX_REFERENCES:
            found[key] = _reference(key, element)
    return list(found.values())


def person(element: etree._Element) -> str:
    """An author as "Family, Given", or the name of a group; "" when there is neither."""
    name = element if element.find("surname") is not None else element.find(".//name")
    if name is None:
        name = element.find(".//string-name")
    if name is not None and name.find("surname") is not None:
        family, given = (plain_text(name.find(tag)) for tag in ("surname", "given-names"))
        return f"{family}, {given}" if given else family
    if name is not None:
        return family_first(plain_text(name))
    return plain_text(element if element.tag == "collab" else element.find("collab"))


def year_in(text: str) -> int | None:
    """The first year from 1800 to 2099 in a text."""
    found = re.search(r"\b(1[89]|20)\d{2}(?=[a-z]?\b)", text)
    return int(found.group()) if found else None


def _reference(key: str, element: etree._Element) -> Reference:
    citation = next((child for tag in _CITATIONS for child in element.iter(tag)), element)
    structured = (
        citation.find(".//article-title") is not None or citation.find("source") is not None
    )
    printed = plain_text(citation)
    if not structured:
        return replace(_with_links(reference_from_text(key, printed), citation), text=printed)
    title = next((plain_text(e) for tag in _TITLES for e in citation.iter(tag)), "")
    source = plain_text(citation.find("source"))
    doi = _id(citation, "doi")
    reference = Reference(
        key=key,
        title=title or source or None,
        authors=_people(citation),
        year=year_in(plain_text(citation.find("year"))),
        venue=source if title and source else None,
        doi=find_doi(doi),
        arxiv=clean_arxiv(_id(citation, "arxiv")) or find_arxiv(printed) or arxiv_of_doi(doi),
    )
    mixed = citation.tag == "mixed-citation"
    return replace(
        _with_links(reference, citation), text=printed if mixed else _composed(reference, citation)
    )


def _people(citation: etree._Element) -> tuple[str, ...]:
    people: list[str] = []
    for element in citation.iter("name", "string-name", "collab"):
        group = element.getparent()
        kind = group.get("person-group-type", "author") if group is not None else "author"
        if kind in {"author", "allauthors"} and (name := person(element)):
            people.append(name)
    return tuple(people)


def _id(citation: etree._Element, kind: str) -> str:
    for element in citation.iter("pub-id"):
        if (element.get("pub-id-type") or "").lower() == kind:
            return plain_text(element)
    return ""


def _with_links(reference: Reference, citation: etree._Element) -> Reference:
    links = " ".join(
        str(value)
        for element in citation.iter("ext-link", "uri", "pub-id")
        for value in (*element.attrib.values(), plain_text(element))
    )
    doi = reference.doi or find_doi(links)
    arxiv = reference.arxiv or find_arxiv(links) or arxiv_of_doi(doi)
    return replace(reference, doi=doi, arxiv=arxiv)


def _composed(reference: Reference, citation: etree._Element) -> str:
    people = ", ".join(name.replace(",", "") for name in reference.authors)
    year = str(reference.year) if reference.year else ""
    place = " ".join(filter(None, (plain_text(citation.find(tag)) for tag in ("volume", "fpage"))))
    parts = (people, reference.title, reference.venue, " ".join(filter(None, (year, place))))
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)
