"""JATS, the XML of PubMed Central and of many publishers."""

from __future__ import annotations

from lxml import etree

from lgm_core.evidence.identifiers import arxiv_of_doi, clean_arxiv, find_doi
from lgm_core.evidence.paper import Document, EvidenceError, Section
from lgm_core.evidence.reading.jats_references import person, read_references, year_in
from lgm_core.evidence.reading.safe_xml import parse_xml, plain_text
from lgm_core.evidence.reading.sections import inherited
from lgm_core.evidence.reading.xml_papers import Gathering

_OTHER_ABSTRACTS = frozenset({"graphical", "toc", "teaser", "video"})


def read_jats(data: bytes) -> Document:
    """The paper in a JATS file; raises EvidenceError for unsafe XML and for XML of another kind."""
    root = parse_xml(data)
    article = root if root.tag == "article" else next(root.iter("article"), None)
    if article is None:
        raise EvidenceError(f"The XML begins with <{root.tag}>; JATS has an <article>.")
    references = read_references(article)
    gathering = Gathering("xref", [reference.key for reference in references])
    meta = article.find("front/article-meta")
    for abstract in article.iterfind("front/article-meta/abstract"):
        if abstract.get("abstract-type") not in _OTHER_ABSTRACTS:
            _read_sections(abstract, gathering, "abstract", "Abstract")
    for part in ("body", "back/app-group/app", "back/sec", "back/ack", "back/fn-group"):
        for block in article.iterfind(part):
            _read_section(block, gathering, "other", "")
    for floats in article.iterfind("floats-group"):
        gathering.read_block(floats, "other", "")
    doi = find_doi(_article_id(meta, "doi"))
    return Document(
        format="jats",
        title=plain_text(meta.find("title-group/article-title")) if meta is not None else "",
        authors=_authors(meta),
        year=_year(meta),
        doi=doi,
        arxiv=clean_arxiv(_article_id(meta, "arxiv")) or arxiv_of_doi(doi),
        paragraphs=tuple(gathering.paragraphs),
        references=gathering.with_missing(references),
        notes=gathering.notes(references),
    )


def _read_section(
    block: etree._Element, gathering: Gathering, parent: Section, heading: str
) -> None:
    title = plain_text(block.find("title"))
    section = inherited(title, parent, block.get("sec-type") or "")
    _read_sections(block, gathering, section, title or heading)


def _read_sections(
    block: etree._Element, gathering: Gathering, section: Section, heading: str
) -> None:
    for child in block:
        if child.tag != "sec":
            gathering.read_block(child, section, heading)
        elif section == "abstract":
            # A structured abstract has "Methods" and "Results" of its own.
            _read_sections(child, gathering, section, heading)
        else:
            _read_section(child, gathering, section, heading)


def _article_id(meta: etree._Element | None, kind: str) -> str:
    for element in meta.iterfind("article-id") if meta is not None else ():
        if element.get("pub-id-type") == kind:
            return plain_text(element)
    return ""


def _authors(meta: etree._Element | None) -> tuple[str, ...]:
    if meta is None:
        return ()
    people = (
        contributor
        for contributor in meta.iterfind("contrib-group/contrib")
        if contributor.get("contrib-type", "author") == "author"
    )
    return tuple(filter(None, (person(contributor) for contributor in people)))


def _year(meta: etree._Element | None) -> int | None:
    if meta is None:
        return None
    years = (year_in(plain_text(element)) for element in meta.iterfind("pub-date/year"))
    return min((year for year in years if year is not None), default=None)
