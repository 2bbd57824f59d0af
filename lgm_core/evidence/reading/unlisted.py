"""Citations of a text that has no bibliography: the works as the markers name them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lgm_core.evidence.paper import Document, Reference
from lgm_core.evidence.reading.markers import MarkerFinder, marker_spans
from lgm_core.evidence.reading.named import named, without_opening
from lgm_core.evidence.reading.numbered import bracketed

MOST_WORKS = 2000
#: Beginnings of a reader's notes that the note given here takes the place of.
_SAID_OTHERWISE = ("No bibliography", "The text cites by numbers")


def unlisted_references(texts: Iterable[str]) -> tuple[Reference, ...]:
    """One reference for each number and each name with a year that the texts cite, as printed.

    At most 2,000; a work cited by its number alone has nothing but the number.
    """
    found: dict[str, Reference] = {}
    numbers: set[int] = set()
    for text in texts:
        spans = marker_spans(text)
        starts = {start for start, _ in spans}
        ends = {end for _, end in spans}
        for place in bracketed(text):
            if place.start in starts:
                numbers.update(place.numbers)
        for one in named(text):
            if one.end not in ends:
                continue
            for work in one.works:
                names = without_opening(work.names) or work.names
                shown = " and ".join(names) + (" et al." if work.others else "")
                key = f"{shown}, {work.year}"
                year = int(work.year[:4]) if work.year[:4].isdigit() else None
                found.setdefault(key, Reference(key, None, names, year, text=key))
        if len(found) + len(numbers) > MOST_WORKS:
            break
    listed = [Reference(str(n), text=f"[{n}]") for n in sorted(numbers) if n]
    return tuple([*listed, *found.values()][:MOST_WORKS])


def with_unlisted(document: Document) -> Document:
    """A document that lists nothing but cites, with the works as its markers name them.

    Any other document comes back as it is.
    """
    if document.references or any(paragraph.markers for paragraph in document.paragraphs):
        return document
    references = unlisted_references(paragraph.text for paragraph in document.paragraphs)
    if not references:
        return document
    finder = MarkerFinder(references, "\n".join(one.text for one in document.paragraphs))
    paragraphs = tuple(
        replace(paragraph, markers=finder.find(paragraph.text)) for paragraph in document.paragraphs
    )
    return replace(
        document,
        references=references,
        paragraphs=paragraphs,
        notes=(
            *(note for note in document.notes if not note.startswith(_SAID_OTHERWISE)),
            "The text cites but has no bibliography that was found, so the works are named "
            "as its citations print them.",
        ),
    )
