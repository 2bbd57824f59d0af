"""From running text with markers to citation statements."""

from __future__ import annotations

from collections.abc import Sequence

from lgm_core.evidence.clauses import clauses
from lgm_core.evidence.paper import Citation, Document, Marker, Paper, Paragraph, Statement
from lgm_core.evidence.sentences import sentences


def statements(paragraphs: Sequence[Paragraph]) -> tuple[Statement, ...]:
    """Every sentence that cites, in the order of the text.

    The neighbours of a sentence are those of its own paragraph. A marker that points to nothing
    makes no statement.
    """
    return tuple(found for paragraph in paragraphs for found in _of_paragraph(paragraph))


def paper_of(document: Document) -> Paper:
    """A document with its statements told apart."""
    return Paper(
        format=document.format,
        title=document.title,
        authors=document.authors,
        year=document.year,
        doi=document.doi,
        arxiv=document.arxiv,
        references=document.references,
        statements=statements(document.paragraphs),
        notes=document.notes,
    )


def _of_paragraph(paragraph: Paragraph) -> list[Statement]:
    markers = sorted(
        (marker for marker in paragraph.markers if marker.keys), key=lambda one: one.start
    )
    if not markers:
        return []
    text = paragraph.text
    spans = sentences(text, [(marker.start, marker.end) for marker in markers])
    found: list[Statement] = []
    at = 0
    for index, (start, end) in enumerate(spans):
        inside: list[Marker] = []
        while at < len(markers) and markers[at].start < end:
            marker = markers[at]
            if marker.start >= start and marker.end <= end:
                inside.append(Marker(marker.start - start, marker.end - start, marker.keys))
            at += 1
        if inside:
            found.append(
                Statement(
                    sentence=text[start:end],
                    before=_at(text, spans, index - 1),
                    after=_at(text, spans, index + 1),
                    section=paragraph.section,
                    heading=paragraph.heading,
                    citations=_citations(text[start:end], inside),
                )
            )
    return found


def _at(text: str, spans: Sequence[tuple[int, int]], index: int) -> str:
    return text[slice(*spans[index])] if 0 <= index < len(spans) else ""


def _citations(sentence: str, markers: Sequence[Marker]) -> tuple[Citation, ...]:
    parts = clauses(sentence, [(marker.start, marker.end) for marker in markers])
    return tuple(
        Citation(key, marker, part)
        for marker, part in zip(markers, parts, strict=True)
        for key in marker.keys
    )
