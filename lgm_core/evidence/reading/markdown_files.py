"""A Markdown paper among the files given with it: its bibliography, or the list it prints."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import replace

from lgm_core.evidence.paper import Document
from lgm_core.evidence.reading.flow import MOST_LETTERS, document_of_lines
from lgm_core.evidence.reading.front import front_of
from lgm_core.evidence.reading.markdown import read_hidden
from lgm_core.evidence.reading.markdown_fields import front_matter
from lgm_core.evidence.reading.markdown_printed import printed_text
from lgm_core.evidence.reading.markdown_text import shown_document
from lgm_core.evidence.reading.plain import lines_of, text_of
from lgm_core.evidence.reading.unlisted import with_unlisted

_HEAD = 100_000  #: bytes in which the fields at the top are looked for


def read_markdown_file(data: bytes, filename: str, companions: Mapping[str, bytes]) -> Document:
    """The paper in a Markdown text.

    Args:
        data: the text.
        filename: its name; a bibliography of the same name is taken for its own.
        companions: further files by name; those that end in ``.bib`` count.

    Raises:
        EvidenceError: for more than 4 MB of text or of bibliography.
    """
    bibtex = [companions[name] for name in bibliographies(data, filename, companions)]
    found = read_hidden(data, b"\n".join(bibtex) if bibtex else None)
    if not any(one.markers for one in found.paragraphs):
        # A list that the paper prints is its own; what lies beside it must not hide that.
        own = read_hidden(data) if bibtex else found
        found = found if own.references else _with_printed_list(found, data)
    return shown_document(with_unlisted(found))


def bibliographies(data: bytes, filename: str, companions: Mapping[str, bytes]) -> list[str]:
    """The companions that are the paper's bibliography, the one that goes first before others.

    Those that the ``bibliography:`` at its top names are all; only the last part of their paths
    counts. Where none of them is here, one of the paper's own name goes before the rest.
    """
    given = [name for name in companions if name.lower().endswith(".bib")]
    head = data[:_HEAD].decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
    named = front_matter(head)[0].get("bibliography", "")
    wanted = [_stem(re.sub(r"\s#.*", "", part)) for part in named.split(";") if part.strip()]
    chosen = [name for one in wanted for name in given if _stem(name) == one]
    if chosen:
        return list(dict.fromkeys(chosen))
    own = _stem(filename)
    return sorted(given, key=lambda name: _stem(name) != own)


def _stem(path: str) -> str:
    name = posixpath.basename(path.strip(" \t\"'").replace("\\", "/")).lower()
    return posixpath.splitext(name)[0]


def _with_printed_list(document: Document, data: bytes) -> Document:
    """A Markdown paper that prints its bibliography instead of citing by keys."""
    lines = lines_of(printed_text(text_of(data))[: MOST_LETTERS * 2])
    printed = document_of_lines("markdown", lines, front_of(lines)) if lines else document
    if not any(one.text != one.key and one.title for one in printed.references):
        return document
    return replace(
        printed,
        title=document.title or printed.title,
        authors=document.authors or printed.authors,
        year=document.year or printed.year,
        doi=document.doi or printed.doi,
        arxiv=document.arxiv or printed.arxiv,
    )
