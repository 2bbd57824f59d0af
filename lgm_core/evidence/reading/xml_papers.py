"""What JATS and TEI have in common: paragraphs gathered from blocks, below headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from lgm_core.evidence.paper import Paragraph, Reference, Section
from lgm_core.evidence.reading.inline import Line, read_line
from lgm_core.evidence.reading.marking import Piece, running_text
from lgm_core.evidence.sentences import sentences

_LINES = frozenset({"p", "ab", "attrib", "term", "quote", "cit"})
_SKIPPED = frozenset(
    {"title", "label", "head", "table", "graphic", "media", "ref-list", "listBibl", "title-group"}
    | {"disp-formula", "disp-formula-group", "formula", "object-id", "supplementary-material"}
)
_CAPTIONS = frozenset({"caption", "figDesc"})
_CLOSERS = (")", "]", '"', "'", "”", "’", "»")
_BEFORE, _AFTER = 200, 80  #: characters around a full stop by which it is judged


@dataclass
class Gathering:
    """The paragraphs of a paper as they are found."""

    citing: str  #: ``xref`` or ``ref``
    order: Sequence[str]  #: keys of the bibliography as printed
    paragraphs: list[Paragraph] = field(default_factory=list)
    missing: dict[str, None] = field(default_factory=dict)  #: cited keys without an entry

    def read_block(self, block: etree._Element, section: Section, heading: str) -> None:
        """Read an element's paragraphs, whatever it is, under one heading."""
        if not isinstance(block.tag, str) or block.tag in _SKIPPED:
            return
        if block.tag in _LINES or block.tag in _CAPTIONS or _has_own_text(block):
            self._read_paragraph(block, section, heading)
            return
        for child in block:
            self.read_block(child, section, heading)

    def _read_paragraph(self, element: etree._Element, section: Section, heading: str) -> None:
        line = Line(self.citing, frozenset(self.order))
        read_line(element, line)
        text, markers = running_text(with_inner_stops(line.pieces), self.order)
        self.missing.update(dict.fromkeys(line.missing))
        if text:
            self.paragraphs.append(Paragraph(text, markers, section, heading))
        for block in line.aside:
            self.read_block(block, section, heading)

    def with_missing(self, references: Sequence[Reference]) -> tuple[Reference, ...]:
        """The references, and an empty one for each key that is cited without an entry."""
        known = {reference.key for reference in references}
        added = [Reference(key) for key in self.missing if key not in known]
        return (*references, *added)

    def notes(self, references: Sequence[Reference]) -> tuple[str, ...]:
        """One sentence on each thing that was not understood."""
        return citation_notes(
            list(self.missing), len(references), any(p.markers for p in self.paragraphs)
        )


def citation_notes(missing: Sequence[str], entries: int, cited: bool) -> tuple[str, ...]:
    """Sentences on keys without an entry, and on a bibliography that nothing cites."""
    notes = []
    if missing:
        shown = ", ".join(repr(key[:60]) for key in missing[:5])
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        notes.append(f"The text cites {shown}{more}, which the bibliography does not list.")
    if entries and not cited:
        notes.append(f"The bibliography has {entries} entries, but no citation of one was found.")
    if not entries and not missing and not cited:
        notes.append("No bibliography and no citations were found.")
    return tuple(notes)


def with_inner_stops(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with each full stop before a raised marker kept apart that ends no sentence.

    ``running_text`` sets a raised marker before the stop that it follows in print. The stop of
    "et al." within a sentence belongs to the word, so an empty piece keeps the two where they are.
    """
    out: list[Piece] = []
    before = ""
    for index, piece in enumerate(pieces):
        opens = piece.raised and not (index and pieces[index - 1].raised)
        if opens and before.rstrip().endswith(".") and not _ends_sentence(before, pieces, index):
            out.append(Piece(""))
        out.append(piece)
        before = (before + piece.text)[-_BEFORE:]
    return out


def _ends_sentence(before: str, pieces: Sequence[Piece], index: int) -> bool:
    """Whether a sentence ends with the text before a raised marker, which begins at a piece."""
    after = ""
    raised = True
    for place in range(index, len(pieces)):
        piece = pieces[place]
        raised = raised and piece.raised
        after += "" if raised else piece.text
        if len(after) > _AFTER:
            break
    before, after = " ".join(before.split()), " ".join(after.split())
    text = before + ("" if after[:1] in _CLOSERS else " ") + after
    return any(
        start < len(before) <= end and not any(map(str.isalnum, text[len(before) : end]))
        for start, end in sentences(text)
    )


def _has_own_text(block: etree._Element) -> bool:
    if (block.text or "").strip():
        return True
    return any((child.tail or "").strip() for child in block)
