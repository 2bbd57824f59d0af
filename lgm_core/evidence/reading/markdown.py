"""Markdown with citations as pandoc writes them and a bibliography in BibTeX."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lgm_core.evidence.identifiers import clean_arxiv, find_arxiv, find_doi
from lgm_core.evidence.names import family_first
from lgm_core.evidence.paper import Document, EvidenceError, Paragraph, Reference, Section
from lgm_core.evidence.reading.bibtex import in_own_braces, references_from_bibtex
from lgm_core.evidence.reading.groups import is_group
from lgm_core.evidence.reading.latex_files import Sources, decoded
from lgm_core.evidence.reading.markdown_blocks import Block, blocks_of
from lgm_core.evidence.reading.markdown_cites import cited_pieces
from lgm_core.evidence.reading.markdown_fields import front_matter
from lgm_core.evidence.reading.markdown_text import inline_text, shown_document
from lgm_core.evidence.reading.marking import running_text
from lgm_core.evidence.reading.sections import inherited
from lgm_core.evidence.reading.xml_papers import citation_notes

MAX_BYTES = 4 * 1024 * 1024
_NUMBERED = re.compile(r"\[\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,20}\](?!\()")


def read_markdown(data: bytes, bibliography: bytes | None = None) -> Document:
    """The paper in a Markdown text; ``bibliography`` is BibTeX given beside it, if any.

    BibTeX in a fenced block of the text goes before it: what lies beside the text then adds only
    keys that are cited and missing. Raises EvidenceError above 4 MB.
    """
    return shown_document(read_hidden(data, bibliography))


def read_hidden(data: bytes, bibliography: bytes | None = None) -> Document:
    """What ``read_markdown`` gives, with code and formulas still hidden.

    So further citations can be looked for without those in code; ``shown_document`` ends that.
    """
    for given in (data, bibliography or b""):
        if len(given) > MAX_BYTES:
            raise EvidenceError(f"The file has {len(given)} bytes; at most {MAX_BYTES} are read.")
    sources = Sources()
    text = re.sub(r"[\ue000-\uf8ff]", "", decoded(data, "The Markdown", sources))
    fields, text = front_matter(text)
    blocks = blocks_of(text)
    own = references_from_bibtex("\n".join(b.text for b in blocks if b.kind == "bibtex"))
    beside = _beside(bibliography, sources) if bibliography else {}
    references = own | {key: value for key, value in beside.items() if key not in own}
    reader = _read(blocks, references)
    if own and beside:
        used = {key for one in reader.paragraphs for marker in one.markers for key in marker.keys}
        references = {k: value for k, value in references.items() if k in own or k in used}
        reader = _read(blocks, references)
    if not references and not reader.missing and _NUMBERED.search(text):
        sources.note("The text cites by numbers without BibTeX; read it as plain text instead.")
    cited = any(paragraph.markers for paragraph in reader.paragraphs)
    year = re.search(r"\b(?:19|20)\d{2}\b", fields.get("year", "") or fields.get("date", ""))
    arxiv = fields.get("arxiv", "")
    return Document(
        format="markdown",
        title=inline_text(fields.get("title", "")) or reader.title,
        authors=_authors(fields.get("author", "") or fields.get("authors", "")),
        year=int(year.group()) if year else None,
        doi=find_doi(fields.get("doi", "")),
        arxiv=clean_arxiv(arxiv) or find_arxiv(arxiv),
        paragraphs=tuple(reader.paragraphs),
        references=(*references.values(), *(Reference(key) for key in reader.missing)),
        notes=(*sources.notes, *citation_notes(list(reader.missing), len(references), cited)),
    )


def _beside(bibliography: bytes, sources: Sources) -> dict[str, Reference]:
    try:
        return references_from_bibtex(decoded(bibliography, "The bibliography", sources))
    except EvidenceError as error:
        sources.note(f"The bibliography beside the text was left out. {error}")
        return {}


def _read(blocks: list[Block], references: dict[str, Reference]) -> _Reader:
    reader = _Reader(references)
    for block in blocks:
        reader.read(block)
    return reader


@dataclass
class _Reader:
    references: dict[str, Reference]
    title: str = ""
    paragraphs: list[Paragraph] = field(default_factory=list)
    missing: dict[str, None] = field(default_factory=dict)
    above: dict[int, Section] = field(default_factory=dict)
    section: Section = "other"
    heading: str = ""

    def read(self, block: Block) -> None:
        if block.kind == "heading":
            self._open(inline_text(block.text), block.level)
        elif block.kind == "text" and not self._in_reference_list():
            pieces = cited_pieces(inline_text(block.text), self.references, self.missing)
            text, markers = running_text(pieces, tuple(self.references))
            if re.search(r"\w", text):
                self.paragraphs.append(Paragraph(text, markers, self.section, self.heading))

    def _open(self, heading: str, level: int) -> None:
        self.above = {other: it for other, it in self.above.items() if other < level}
        parent = self.above[max(self.above)] if self.above else "other"
        self.section = inherited(heading, parent)
        if not self.title and level == 1 and self.section == "other" and not self.paragraphs:
            self.title = heading
            return
        self.heading = heading
        self.above[level] = self.section

    def _in_reference_list(self) -> bool:
        return (
            re.fullmatch(r"(?:\d+\.?\s)?(references|bibliography)", self.heading, re.I) is not None
        )


def _authors(written: str) -> tuple[str, ...]:
    if ";" in written:
        people = written.split(";")
    elif " and " in written or written.count(",") != 1:
        people = re.split(r",\s|\sand\s", written)
    else:
        people = [written]
    return tuple(map(_author, filter(str.strip, people[:200])))


def _author(written: str) -> str:
    name = inline_text(written)
    if in_own_braces(name):
        return name.strip("{} ")
    return name if is_group(name) else family_first(name)
