"""Papers as PDF."""

from __future__ import annotations

import io
import logging
import re
import time
from collections.abc import Sequence

from pypdf import PdfReader
from pypdf.errors import DependencyError

from lgm_core.evidence.paper import MOST_BYTES, Document, EvidenceError
from lgm_core.evidence.reading.flow import document_of_lines
from lgm_core.evidence.reading.front import front_of
from lgm_core.evidence.reading.pdf_heads import without_running_heads
from lgm_core.evidence.reading.pdf_layout import LaidLine, in_reading_order, lines_of_page
from lgm_core.evidence.reading.pdf_lines import body_size, printed_lines
from lgm_core.evidence.reading.pdf_pieces import OutOfTimeError, Piece, pieces_of

MOST_PAGES = 300
SECONDS = 30.0
_ENCRYPTED = "The PDF is encrypted; a copy without encryption or password is needed."
_FEWEST_LETTERS = 25  #: of a page on average; a scan may have a stamp with a few

# The library warns of every oddity of a file, which is of no use to who dropped it here.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def read_pdf(data: bytes, seconds: float = SECONDS) -> Document:
    """A PDF's text in reading order, with headings, markers and bibliography.

    Running heads and page numbers are left out, two columns are read one after the other, words
    divided at the ends of lines are mended, raised figures are set as "[3]".

    Args:
        data: the file; at most 30 MB and 300 pages.
        seconds: after which reading stops; looked at between pages and within large ones.

    Raises:
        EvidenceError: for a file that is encrypted, scanned, cut short, damaged, too large or
            not read in time.
    """
    deadline = time.monotonic() + seconds
    if len(data) > MOST_BYTES:
        raise EvidenceError(
            f"The PDF has {len(data) / 1e6:.0f} MB; at most {MOST_BYTES // 10**6} MB are read."
        )
    reader, count = _opened(data)
    pages, aside, lost = _pages(reader, count, deadline, seconds)
    letters = sum(len(line.text) for page in pages for line in page)
    if lost == count:
        raise EvidenceError(
            "No page of the PDF could be read; the file is damaged, and a whole copy is needed."
        )
    if letters < _FEWEST_LETTERS * min(count, 4):
        raise EvidenceError(
            "The PDF holds no text, as a scan does; a PDF with text or another format is needed."
        )
    pages, head = without_running_heads(pages, body_size(pages))
    lines = printed_lines(in_reading_order(pages))
    notes = [f"{lost} of {count} pages could not be read and were left out."] if lost else []
    front = front_of(lines, _title(reader), f"{aside}\n{head}")
    return document_of_lines("pdf", lines, front, notes)


def _opened(data: bytes) -> tuple[PdfReader, int]:
    whole = b"%%EOF" in data[-2048:]
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        locked = reader.is_encrypted and not _unlocked(reader)
        count = 0 if locked else len(reader.pages)
    except DependencyError as error:
        raise EvidenceError(_ENCRYPTED) from error
    except Exception as error:  # the library raises whatever a damaged file leads it to
        raise EvidenceError(_damaged(whole)) from error
    if locked:
        raise EvidenceError(_ENCRYPTED)
    if count == 0:
        raise EvidenceError(_damaged(whole))
    if count > MOST_PAGES:
        raise EvidenceError(f"The PDF has {count} pages; at most {MOST_PAGES} are read.")
    return reader, count


def _unlocked(reader: PdfReader) -> bool:
    """Whether the empty password opens it, as it does where only printing is forbidden."""
    try:
        return bool(reader.decrypt(""))
    except Exception:  # ciphers that are not known here, among others
        return False


def _damaged(whole: bool) -> str:
    if whole:
        return "The PDF is damaged and cannot be opened; a whole copy is needed."
    return "The PDF is cut short: its end is missing; a whole copy is needed."


def _pages(
    reader: PdfReader, count: int, deadline: float, seconds: float
) -> tuple[list[list[LaidLine]], str, int]:
    """Lines of every page, what stands in the first one's margin, and how many failed."""
    pages: list[list[LaidLine]] = []
    aside, lost = "", 0
    for number in range(count):
        try:
            if time.monotonic() > deadline:
                raise OutOfTimeError
            pieces = pieces_of(reader.pages[number], deadline)
        except OutOfTimeError as error:
            raise EvidenceError(
                f"The PDF took longer than {seconds:g} seconds to read, at page {number + 1} of "
                f"{count}; a smaller file is needed."
            ) from error
        except Exception as error:  # one page may be damaged in ways of its own
            # The empty password may open a file whose cipher needs another library.
            if isinstance(error, DependencyError) and reader.is_encrypted:
                raise EvidenceError(_ENCRYPTED) from error
            pages.append([])
            lost += 1
            continue
        if number == 0:
            aside = _aside(pieces)
        pages.append(lines_of_page(pieces))
    return pages, aside, lost


def _aside(pieces: Sequence[Piece]) -> str:
    stamp = "".join(piece.text for piece in pieces if not piece.level)
    return re.sub(r"\s+", " ", stamp)[:500]


def _title(reader: PdfReader) -> str:
    try:
        record = reader.metadata
        return str(record.title or "")[:400] if record is not None else ""
    except Exception:  # a record that cannot be read is as good as none
        return ""
