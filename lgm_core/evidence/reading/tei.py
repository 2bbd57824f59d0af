"""TEI as GROBID writes it."""

from __future__ import annotations

import re

from lxml import etree

from lgm_core.evidence.identifiers import arxiv_of_doi, clean_arxiv, find_arxiv, find_doi
from lgm_core.evidence.paper import Document, EvidenceError, Reference, Section
from lgm_core.evidence.reading.jats_references import MAX_REFERENCES, year_in
from lgm_core.evidence.reading.printed import reference_from_text
from lgm_core.evidence.reading.safe_xml import parse_xml, plain_text
from lgm_core.evidence.reading.sections import inherited
from lgm_core.evidence.reading.xml_papers import Gathering

_ID = "{http://www.w3.org/XML/1998/namespace}id"
_NUMBER = re.compile(r"\s*(\d{1,2}(?:\.\d{1,2})*)")


def read_tei(data: bytes) -> Document:
    """The paper in a TEI file; raises EvidenceError for unsafe XML and for XML of another kind."""
    root = parse_xml(data)
    tei = root if root.tag == "TEI" else next(root.iter("TEI"), None)
    if tei is None:
        raise EvidenceError(f"The XML begins with <{root.tag}>; TEI has a <TEI> element.")
    references = _references(tei)
    gathering = Gathering("ref", [reference.key for reference in references])
    for abstract in tei.iterfind("teiHeader/profileDesc/abstract"):
        gathering.read_block(abstract, "abstract", "Abstract")
    for part in ("text/front", "text/body", "text/back"):
        for block in tei.iterfind(part):
            _read_division(block, gathering, "other", "", {})
    source = tei.find("teiHeader/fileDesc/sourceDesc//biblStruct")
    own = _reference("", source) if source is not None else Reference("")
    title = plain_text(tei.find("teiHeader/fileDesc/titleStmt/title"))
    dates = tei.findall("teiHeader/fileDesc/publicationStmt//date")
    year = next((found for date in dates if (found := _date_year(date))), None)
    return Document(
        format="tei",
        title=title or own.title or "",
        authors=own.authors,
        year=year or own.year,
        doi=own.doi,
        arxiv=own.arxiv,
        paragraphs=tuple(gathering.paragraphs),
        references=gathering.with_missing(references),
        notes=gathering.notes(references),
    )


def _read_division(
    block: etree._Element,
    gathering: Gathering,
    parent: Section,
    heading: str,
    numbered: dict[str, Section],
) -> None:
    head = block.find("head")
    title = plain_text(head)
    section = inherited(title, parent, block.get("type") or "")
    if head is not None:
        # GROBID's divisions stand side by side: only the number tells 2.1 from 3.
        found = _NUMBER.match(head.get("n") or title)
        number = found.group(1) if found else ""
        above = number.rpartition(".")[0]
        while section == "other" and above:
            section = numbered.get(above, "other")
            above = above.rpartition(".")[0]
        if number:
            numbered[number] = section
    for child in block:
        if child.tag == "div":
            _read_division(child, gathering, section, title or heading, numbered)
        else:
            gathering.read_block(child, section, title or heading)


def _references(tei: etree._Element) -> list[Reference]:
    found: dict[str, Reference] = {}
    entries = (e for part in tei.iter("listBibl") for e in part.iter("biblStruct", "bibl"))
    for number, element in enumerate(entries, 1):
        key = element.get(_ID) or str(number)
        if key not in found and len(found) < MAX_REFERENCES:
            found[key] = _reference(key, element)
    return list(found.values())


def _reference(key: str, element: etree._Element) -> Reference:
    notes = (plain_text(e) for e in element.iter("note") if e.get("type") == "raw_reference")
    printed = next(notes, "")
    article = element.find("analytic/title")
    monograph = element.find("monogr/title")
    title, venue = plain_text(article), plain_text(monograph)
    people = element.findall("analytic/author") or element.findall("monogr/author")
    if not title and not venue and (printed or not people):
        return reference_from_text(key, printed or plain_text(element))
    authors = tuple(filter(None, (_person(author) for author in people)))
    year = next((found for date in element.iter("date") if (found := _date_year(date))), None)
    ids = " ".join(plain_text(e) for e in element.iter("idno", "ptr"))
    stated = {(e.get("type") or "").lower(): plain_text(e) for e in element.iter("idno")}
    doi = find_doi(ids)
    arxiv = clean_arxiv(stated.get("arxiv", "")) or find_arxiv(f"{ids} {printed}")
    composed = ". ".join(filter(None, (", ".join(authors), title, venue, str(year or ""))))
    return Reference(
        key=key,
        title=title or venue or None,
        authors=authors,
        year=year,
        venue=venue if title and venue else None,
        doi=doi,
        arxiv=arxiv or arxiv_of_doi(doi),
        text=printed or composed,
    )


def _person(author: etree._Element) -> str:
    family = plain_text(author.find(".//surname"))
    if not family:
        return plain_text(author.find(".//orgName"))
    given = " ".join(
        name + "." if len(name) == 1 else name
        for name in (plain_text(e) for e in author.iter("forename"))
        if name
    )
    return f"{family}, {given}" if given else family


def _date_year(date: etree._Element) -> int | None:
    return year_in(date.get("when") or "") or year_in(plain_text(date))
