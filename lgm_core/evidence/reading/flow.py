"""From printed lines to a document: headings, paragraphs, bibliography, markers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lgm_core.evidence.paper import Document, Format, Marker, Paragraph, Section
from lgm_core.evidence.reading.front import Front
from lgm_core.evidence.reading.headings import Headings, has_numbers, is_caption, is_heading
from lgm_core.evidence.reading.markers import MarkerFinder
from lgm_core.evidence.reading.numbered import SUPERSCRIPTS
from lgm_core.evidence.reading.printed_lines import Joiner, PrintedLine
from lgm_core.evidence.reading.reference_list import find_reference_list, references_of
from lgm_core.evidence.reading.unlisted import with_unlisted
from lgm_core.evidence.reading.xml_papers import citation_notes

MOST_LETTERS = 1_000_000  #: of a text, beyond which it is cut off; a thesis has half as many
_ENDED = re.compile(rf"[.?!:…][\"'”’)\]]*(?:\s?\[[\d,\s–-]+\]|[{SUPERSCRIPTS},–]+)?\Z")
_ABSTRACT = re.compile(r"(?:abstract|summary)\s*[.:—–-]+\s*(?=\S)|ABSTRACT\s+(?=[A-Z])", re.I)
_RAISED = re.compile(rf"[{SUPERSCRIPTS}]")
_STOP_BEFORE = re.compile(r"[.,;:]\Z")
_TO_DIGITS = str.maketrans(SUPERSCRIPTS, "0123456789")


@dataclass
class _Block:
    lines: list[PrintedLine]
    section: Section = "other"
    heading: str = ""
    caption: bool = False


def document_of_lines(
    form: Format, lines: Sequence[PrintedLine], front: Front, notes: Sequence[str] = ()
) -> Document:
    """A document out of the lines of a paper in reading order, without running heads.

    Raised markers are set in square brackets before the stop that they follow in print. A paper
    that cites but lists nothing gets one reference for each work as its markers name it.
    """
    lines, cut = _within_bounds(lines)
    listed = find_reference_list(lines)
    body, printed = list(lines), list[PrintedLine]()
    if listed is not None:
        heading, start, end = listed
        body, printed = [*lines[:heading], *lines[end:]], list(lines[start:end])
    joiner = Joiner(lines)
    blocks = _blocks(body[front.lines :])
    texts = [joiner.join([line.text for line in block.lines]) for block in blocks]
    references = references_of(printed, joiner)
    finder = MarkerFinder(references, "\n".join(texts))
    paragraphs = []
    for block, text in zip(blocks, texts, strict=True):
        found = _ABSTRACT.match(text)
        section: Section = "abstract" if found else block.section
        text = text[found.end() :] if found else text
        text, markers = lowered(text, finder.find(text))
        paragraphs.append(Paragraph(text, markers, section, block.heading))
    cited = any(paragraph.markers for paragraph in paragraphs)
    document = Document(
        format=form,
        title=front.title,
        authors=front.authors,
        year=front.year,
        doi=front.doi,
        arxiv=front.arxiv,
        paragraphs=tuple(paragraphs),
        references=references,
        notes=(*notes, *cut, *citation_notes((), len(references), cited)),
    )
    return with_unlisted(document)


def _within_bounds(lines: Sequence[PrintedLine]) -> tuple[Sequence[PrintedLine], tuple[str, ...]]:
    total = 0
    for index, line in enumerate(lines):
        total += len(line.text) + 1
        if total > MOST_LETTERS:
            return lines[:index], (
                f"Only the first {MOST_LETTERS:,} characters of the text were read.",
            )
    return lines, ()


def lowered(text: str, markers: Sequence[Marker]) -> tuple[str, tuple[Marker, ...]]:
    """The text with raised markers set as "[3]" ahead of the stop that they follow."""
    out, at = "", 0
    moved: list[Marker] = []
    for marker in markers:
        out += text[at : marker.start]
        printed = text[marker.start : marker.end]
        at = marker.end
        if not _RAISED.search(printed):
            moved.append(replace(marker, start=len(out), end=len(out) + len(printed)))
            out += printed
            continue
        stop = _STOP_BEFORE.search(out)
        out = out[: stop.start()] if stop else out
        plain = f"[{printed.translate(_TO_DIGITS)}]"
        out += " "
        moved.append(replace(marker, start=len(out), end=len(out) + len(plain)))
        out += plain + (stop.group() if stop else "")
    return out + text[at:], tuple(moved)


def _blocks(lines: Sequence[PrintedLine]) -> list[_Block]:
    heads = [
        is_heading(
            line,
            lines[i - 1] if i else None,
            lines[i + 1] if i + 1 < len(lines) else None,
        )
        for i, line in enumerate(lines)
    ]
    texts = [line.text for line, head in zip(lines, heads, strict=True) if head]
    state = Headings(has_numbers(texts))
    blocks: list[_Block] = []
    fresh = True
    for index, line in enumerate(lines):
        if heads[index]:
            state.open(_whole_heading(lines, heads, index))
            fresh = True
            continue
        if fresh or _begins(line, blocks[-1].lines):
            target = _carried_on(blocks, line) if not fresh else None
            if target is not None:
                blocks.append(blocks.pop(target))
            else:
                blocks.append(_Block([], state.section, state.heading, is_caption(line.text)))
        blocks[-1].lines.append(line)
        fresh = False
    return blocks


def _whole_heading(lines: Sequence[PrintedLine], heads: list[bool], index: int) -> PrintedLine:
    """A heading with the lines over which it runs on, if they are of its size and no further."""
    line = lines[index]
    last = index
    while (
        last > 0 and heads[last - 1] and not lines[last].gap and lines[last - 1].size == line.size
    ):
        last -= 1
    return replace(line, text=" ".join(one.text for one in lines[last : index + 1]))


def _begins(line: PrintedLine, block: Sequence[PrintedLine]) -> bool:
    """Whether a line begins a paragraph, after the lines of the one before."""
    before = block[-1]
    if line.gap or abs(line.size - before.size) > 0.08 or is_caption(line.text):
        # A page or a column may end in the middle of a sentence.
        same = abs(line.size - before.size) <= 0.08 and not is_caption(line.text)
        return not (same and line.text[0].islower() and not _ENDED.search(before.text))
    ended = _ENDED.search(before.text) is not None
    stands_in = 0.8 < line.indent < 6.0 and line.indent > before.indent + 0.5
    if (
        stands_in
        and (ended or before.filled < 0.8)
        and not (len(block) > 1 and block[-1].indent > 0.8)
    ):
        return True
    return before.filled < 0.8 and ended


def _carried_on(blocks: Sequence[_Block], line: PrintedLine) -> int | None:
    """The paragraph that a legend or a note broke off, if this line goes on with it."""
    if not line.text[0].islower() or len(blocks) < 2:
        return None
    for place in range(len(blocks) - 2, max(-1, len(blocks) - 5), -1):
        last = blocks[place].lines[-1]
        if blocks[place].caption or abs(last.size - line.size) > 0.08:
            continue
        return None if _ENDED.search(last.text) else place
    return None
