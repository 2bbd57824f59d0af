"""LaTeX sources: a .tex, or the archive that arXiv gives."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lgm_core.evidence.identifiers import clean_arxiv, find_doi
from lgm_core.evidence.paper import Document, Reference
from lgm_core.evidence.reading.latex_authors import authors_of
from lgm_core.evidence.reading.latex_bibliography import Bibliography, read_bibliography
from lgm_core.evidence.reading.latex_body import Body
from lgm_core.evidence.reading.latex_cites import Citing
from lgm_core.evidence.reading.latex_files import Sources, open_sources
from lgm_core.evidence.reading.latex_hidden import with_code_hidden, without_untaken
from lgm_core.evidence.reading.latex_inputs import main_file, whole_text
from lgm_core.evidence.reading.latex_macros import expand_macros
from lgm_core.evidence.reading.latex_refs import with_numbers
from lgm_core.evidence.reading.latex_scan import group
from lgm_core.evidence.reading.latex_text import plain_latex
from lgm_core.evidence.reading.xml_papers import citation_notes

MAX_BODY = 2_000_000
_FILECONTENTS = re.compile(
    r"\\begin\{filecontents\*?\}(?:\[[^\]]{0,60}\])?\{([\w.-]{1,100}\.(?:bib|bbl))\}"
    r"(.{0,2000000}?)\\end\{filecontents\*?\}",
    re.DOTALL,
)
_ARXIV_NAME = re.compile(r"(?<!\d)(\d{4}\.\d{4,5})(?:v\d+)?(?!\d)")
_NO_CITE = re.compile(r"\\nocite\s?\{([^{}]{1,5000})\}")
_FRONT = re.compile(
    r"\\(?:title|author|date|affil|affiliation|address|email|icmltitle)(?![A-Za-z])"
)
_PRIVATE = re.compile(r"[\ue000-\uf8ff]")


def read_latex(
    data: bytes, filename: str, companions: Mapping[str, bytes] | None = None
) -> Document:
    """The paper in a .tex, .tex.gz, .tar, .tar.gz or .zip; ``filename`` names it in sentences.

    A .bib among the ``companions`` fills in what the paper's own bibliography leaves out. Numbers
    in the text are the places of entries in the bibliography. Nothing outside the upload is
    opened. Raises EvidenceError for what is too large, broken or holds no .tex.
    """
    sources = open_sources(data, filename)
    main = main_file(sources)
    for hit in _FILECONTENTS.finditer(sources.files[main]):
        sources.files.setdefault(hit[1], hit[2])
    for name, held in (companions or {}).items():
        sources.add_loose(name, held)
    source = _PRIVATE.sub("", whole_text(sources, main))
    if len(source) > MAX_BODY:
        source = source[:MAX_BODY]
        sources.note(f"Only the first {MAX_BODY} characters of the LaTeX were read.")
    source = without_untaken(with_code_hidden(source))
    source, complete = expand_macros(source)
    if not complete:
        sources.note("Some macros expand without end or too far and were left as they are.")
    found = read_bibliography(source, sources, main)
    begin, end = source.find(r"\begin{document}"), source.rfind(r"\end{document}")
    body = source[begin + 16 if begin >= 0 else 0 : end if end > begin else None]
    cited = Citing(found.references, found.labels)
    cited.hold_places(body)
    chosen = _chosen(found, cited, source)
    citing = Citing(chosen, found.labels)
    reader = Body(citing)
    reader.read(with_numbers(_without_front(body)))
    return _document(source, filename, sources, reader)


def _chosen(found: Bibliography, first: Citing, source: str) -> dict[str, Reference]:
    """The references that print would list: of a .bib only those that are cited."""
    used = {key for pieces in first.pieces for piece in pieces for key in piece.keys}
    used |= {key.strip() for hit in _NO_CITE.finditer(source) for key in hit[1].split(",")}
    own = {key: value for key, value in found.references.items() if key not in found.beyond}
    whole = own.keys() if "*" in used or r"\bibitem" in source else set()
    listed = {k: value for k, value in found.references.items() if k in used or k in whole}
    return listed or own


def _document(source: str, filename: str, sources: Sources, reader: Body) -> Document:
    references, missing = reader.citing.references, reader.citing.missing
    cited = any(paragraph.markers for paragraph in reader.paragraphs)
    arxiv = _ARXIV_NAME.search(filename)
    arxiv_id = clean_arxiv(arxiv[1]) if arxiv else None
    date = re.search(r"\b(?:19|20)\d{2}\b", plain_latex(_command(source, "date")[:200]))
    year = int(date.group()) if date else None
    if year is None and arxiv_id:
        year = 2000 + int(arxiv_id[:2])
    return Document(
        format="latex",
        title=re.sub(r"\s*\\\\\s*", " ", plain_latex(_title(source))),
        authors=authors_of(source),
        year=year,
        doi=find_doi(_command(source, "doi") or _command(source, "acmDOI")),
        arxiv=arxiv_id,
        paragraphs=tuple(reader.paragraphs),
        references=(*references.values(), *(Reference(key) for key in missing)),
        notes=(*sources.notes, *citation_notes(list(missing), len(references), cited)),
    )


def _title(source: str) -> str:
    title = _command(source, "title") or _command(source, "icmltitle")
    return re.sub(r"\\(?:thanks|footnote)\s?\{[^{}]*\}", "", title).replace(r"\\", " ")


def _command(source: str, name: str) -> str:
    found = re.search(rf"\\{name}(?![A-Za-z])", source)
    if found is None:
        return ""
    option = group(source, found.end(), "[")
    content = group(source, option[1] if option else found.end())
    return content[0] if content else ""


def _without_front(body: str) -> str:
    """The body without a title and authors that are given inside it."""
    parts: list[str] = []
    done = 0
    for found in _FRONT.finditer(body):
        option = group(body, found.end(), "[")
        content = group(body, option[1] if option else found.end())
        if content is not None and found.start() >= done:
            parts.append(body[done : found.start()])
            done = content[1]
    return "".join((*parts, body[done:]))
