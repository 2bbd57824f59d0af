"""Any paper: the reader is chosen by what the file holds, then by its name."""

from __future__ import annotations

import codecs
import posixpath
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain, islice

from lgm_core.evidence.paper import MOST_BYTES, Document, EvidenceError, Format, Paper
from lgm_core.evidence.reading.enclosed import without_enclosed
from lgm_core.evidence.reading.jats import read_jats
from lgm_core.evidence.reading.latex import read_latex
from lgm_core.evidence.reading.markdown_files import read_markdown_file
from lgm_core.evidence.reading.pdf import read_pdf
from lgm_core.evidence.reading.plain import read_text
from lgm_core.evidence.reading.tei import read_tei
from lgm_core.evidence.reading.unlisted import with_unlisted
from lgm_core.evidence.statements import paper_of

FORMATS = "JATS XML, TEI XML, LaTeX (.tex, .tar.gz or .zip), Markdown, plain text and PDF"
_ENDINGS: Mapping[str, Format] = {
    ".tex": "latex",
    ".ltx": "latex",
    ".md": "markdown",
    ".markdown": "markdown",
    ".qmd": "markdown",
    ".rmd": "markdown",
    ".txt": "text",
    ".text": "text",
}
#: Share of letters that are none; text in an old encoding has some, noise half.
_MOST_BROKEN = 0.2
_HEAD = 200_000  #: bytes in which the signs of a format are looked for
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)")
_LATEX = re.compile(r"\\documentclass|\\documentstyle|\\begin\{document\}|\\(?:sub)?section\*?\{")
_MARKDOWN = re.compile(r"\[[^\[\]\n]{0,40}@[\w:.-]+[^\[\]\n]*\]")
_WORD = re.compile(r"[^\W\d_]+")
_FEWEST_WORDS = 200
_MOST_WORDS = 4000
_ENGLISH = frozenset(
    {"the", "of", "and", "to", "that", "is", "was", "for", "with", "as", "by", "are", "this"}
    | {"we", "were", "from", "which", "have", "been", "be", "it", "not", "or", "our", "these"}
)
#: In English about a third of all words are among these; in other languages next to none.
_LEAST_SHARE = 0.12


def read_document(
    data: bytes, filename: str, companions: Mapping[str, bytes] | None = None
) -> Document:
    """The document in a file.

    Args:
        data: the file; at most 30 MB.
        filename: its name, which decides only where the content does not.
        companions: further files by name, such as the .bib or .bbl of a .tex or Markdown file.

    Raises:
        EvidenceError: for a file that is too large, unreadable, or in no known format.
    """
    size = len(data) + sum(map(len, (companions or {}).values()))
    if size > MOST_BYTES:
        raise EvidenceError(
            f"{_shown(filename)} has {size / 1e6:.0f} MB; "
            f"at most {MOST_BYTES // 10**6} MB are read."
        )
    if not data.strip():
        raise EvidenceError(f"{_shown(filename)} is empty; a paper has at least a line of text.")
    form = format_of(data, filename)
    document = _read(form, data, filename, companions or {})
    return replace(document, notes=(*document.notes, *_language(document)))


def read_paper(data: bytes, filename: str, companions: Mapping[str, bytes] | None = None) -> Paper:
    """The paper in a file, with its statements; arguments and errors as ``read_document``."""
    return paper_of(read_document(data, filename, companions))


def format_of(data: bytes, filename: str) -> Format:
    """The format of a file by its content, then by its name; raises EvidenceError for no known."""
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"\x1f\x8b") or data[257:262] == b"ustar":
        return "latex"
    if data.startswith(b"PK\x03\x04") and b"word/document.xml" not in data:
        return "latex"
    by_name = _ENDINGS.get(posixpath.splitext(filename.lower())[1])
    head = _head(data)
    if head.count("\ufffd") > _MOST_BROKEN * len(head):
        raise _unknown(filename)
    if head.lstrip().startswith("<"):
        for opening, closing in (("<!--", "-->"), ("<?", "?>")):
            head = without_enclosed(head, opening, closing, instead=" ", most=_HEAD)
        found = _ROOT.search(head)
        root = found[1].lower() if found else ""
        if root == "tei" or (root != "article" and "<TEI" in head):
            return "tei"
        if root in {"article", "pmc-articleset"} or (root != "html" and "<article" in head):
            return "jats"
        if by_name != "markdown":
            raise _unknown(filename)
    if by_name != "markdown" and _LATEX.search(head):
        return "latex"
    if by_name in {None, "text"} and _MARKDOWN.search(head):
        return "markdown"
    if by_name is None:
        raise _unknown(filename)
    return by_name


def _head(data: bytes) -> str:
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8"
    return data[:_HEAD].decode(encoding, errors="replace").removeprefix("\ufeff")


def _unknown(filename: str) -> EvidenceError:
    return EvidenceError(f"{_shown(filename)} is in no known format; allowed are {FORMATS}.")


def _shown(filename: str) -> str:
    return repr(posixpath.basename(filename)[:80] or "The file")


def _read(form: Format, data: bytes, filename: str, companions: Mapping[str, bytes]) -> Document:
    if form == "latex":
        return with_unlisted(read_latex(data, filename, companions))
    if form == "markdown":
        return read_markdown_file(data, filename, companions)
    readers = {"pdf": read_pdf, "jats": read_jats, "tei": read_tei, "text": read_text}
    return with_unlisted(readers[form](data))


def _language(document: Document) -> tuple[str, ...]:
    found = chain.from_iterable(_WORD.findall(one.text) for one in document.paragraphs)
    words = [word.lower() for word in islice(found, _MOST_WORDS)]
    if len(words) < _FEWEST_WORDS:
        return ()
    if sum(word in _ENGLISH for word in words) >= _LEAST_SHARE * len(words):
        return ()
    return (
        "The text is not in English; its citations are shown, but the labels are made for "
        "English and mean little here.",
    )
