"""Papers as plain text."""

from __future__ import annotations

import re
from statistics import median

from lgm_core.evidence.paper import MOST_BYTES, Document, EvidenceError
from lgm_core.evidence.reading.flow import MOST_LETTERS, document_of_lines
from lgm_core.evidence.reading.front import front_of
from lgm_core.evidence.reading.printed_lines import PrintedLine, clean

_LONG_LINE = 160  #: longer than any that was broken by hand or by a program
_PAGE_NUMBER = re.compile(r"[-–\s]*(?:page\s+)?\d{1,4}(?:\s+of\s+\d{1,4})?[-–\s]*", re.IGNORECASE)


def text_of(data: bytes) -> str:
    """Bytes as text: UTF-8, UTF-16 with its mark, or else Windows' Western letters.

    Raises:
        EvidenceError: for bytes that are no text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
    sample = text[:20_000]
    odd = sum(not (letter.isprintable() or letter.isspace()) or letter == "�" for letter in sample)
    if odd > 0.02 * len(sample) or "\x00" in text:
        raise EvidenceError(
            "The file is not text; a plain-text paper is letters in UTF-8, UTF-16 or Windows-1252."
        )
    return text


def read_text(data: bytes) -> Document:
    """A plain-text paper; headings and paragraphs are judged by blank lines, numbers and capitals.

    Raises:
        EvidenceError: for an empty file, bytes that are no text, or more than 30 MB.
    """
    if len(data) > MOST_BYTES:
        raise EvidenceError(
            f"The text has {len(data) / 1e6:.0f} MB; at most {MOST_BYTES // 10**6} MB are read."
        )
    text = text_of(data)
    if not text.strip():
        raise EvidenceError("The file is empty; a paper has at least a line of text.")
    lines = lines_of(text[: MOST_LETTERS * 2])
    return document_of_lines("text", lines, front_of(lines))


def lines_of(text: str) -> list[PrintedLine]:
    """Lines with their indents and the blank lines before them."""
    raw = [line.rstrip() for line in re.split(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]", text)]
    lengths = [len(line) for line in raw if len(line.strip()) > 20]
    typical = median(lengths) if lengths else 0.0
    unbroken = typical > _LONG_LINE
    full = sorted(lengths)[int(0.9 * len(lengths))] if lengths else 1
    edge = min((len(line) - len(line.lstrip()) for line in raw if line.strip()), default=0)
    lines: list[PrintedLine] = []
    gap = True
    for line in raw:
        words = clean(line.replace("\t", "    "))
        if not words:
            gap = True
            continue
        if gap and _PAGE_NUMBER.fullmatch(words):
            continue
        lines.append(
            PrintedLine(
                text=words,
                # Two letters of a typewriter are about as wide as an "m".
                indent=(len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip()) - edge) / 2,
                gap=gap or unbroken,
                filled=min(1.0, len(line) / max(full, 40)),
            )
        )
        gap = False
    return lines
