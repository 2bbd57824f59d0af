"""The pieces of text that a PDF page draws, with their places and sizes."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Any

from pypdf import PageObject
from pypdf.generic import StreamObject

#: A page or a drawing on it whose commands take more room than this is left out.
MOST_COMMAND_BYTES = 3_000_000
_MOST_PIECES = 60_000
_CHECK_EVERY = 512

_NARROW = frozenset("iljtfrI.,;:'’‘!|()[]- ")
_WIDE = frozenset("mwMW—@%")


class OutOfTimeError(Exception):
    """The time allowed for a document has run out."""


@dataclass(frozen=True)
class Piece:
    """Text drawn in one font along one line."""

    text: str
    x: float  #: of its first letter, in points from the left
    y: float  #: of its base line, in points from the bottom
    size: float  #: of its letters, in points
    bold: bool
    rise: float  #: above the base line, in points, where the page says so
    level: bool  #: whether it runs from left to right


@dataclass
class _Collector:
    deadline: float
    pieces: list[Piece] = field(default_factory=list)
    rise: float = 0.0
    shown_rise: float | None = None
    commands: int = 0

    def command(self, operator: Any, operands: Any, _cm: Any, _tm: Any) -> None:
        self.commands += 1
        if self.commands % _CHECK_EVERY == 0 and time.monotonic() > self.deadline:
            raise OutOfTimeError
        if operator == b"Ts" and operands:
            try:
                self.rise = float(operands[0])
            except (TypeError, ValueError):
                self.rise = 0.0
        elif operator in (b"Tj", b"TJ", b"'", b'"') and self.shown_rise is None:
            self.shown_rise = self.rise

    def text(self, text: str, cm: Any, tm: Any, font: Any, size: float) -> None:
        if time.monotonic() > self.deadline:
            raise OutOfTimeError
        rise, self.shown_rise = self.shown_rise or 0.0, None
        if not text or len(self.pieces) >= _MOST_PIECES:
            return
        across, along = tm[0] * cm[0] + tm[1] * cm[2], tm[0] * cm[1] + tm[1] * cm[3]
        up = math.hypot(tm[2] * cm[0] + tm[3] * cm[2], tm[2] * cm[1] + tm[3] * cm[3])
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        name = str(font.get("/BaseFont", "")).lower() if font else ""
        bold = any(part in name for part in ("bold", "cmbx", "black", "-medi", "heavy"))
        if not all(map(math.isfinite, (x, y, up, size))):
            return
        level = abs(along) < 0.2 * abs(across) and across > 0
        self.pieces.append(Piece(text, x, y, abs(size) * up, bold, rise * up, level))


def width_of(text: str, size: float) -> float:
    """About how wide a text is in points; good to a tenth for the usual fonts."""
    total = 0.0
    for letter in text:
        if letter in _NARROW:
            total += 0.28
        elif letter in _WIDE:
            total += 0.8
        else:
            total += 0.66 if letter.isupper() else 0.47
    return total * size


def pieces_of(page: PageObject, deadline: float) -> list[Piece]:
    """What a page draws, in the order in which it draws it.

    Args:
        page: of a document that is open.
        deadline: by ``time.monotonic``.

    Raises:
        OutOfTimeError: when the deadline has passed.
        ValueError: for a page whose commands take too much room.
    """
    contents = page.get_contents()
    if contents is not None and len(contents.get_data()) > MOST_COMMAND_BYTES:
        raise ValueError("too many commands")
    _drop_large_drawings(page)
    collector = _Collector(deadline)
    page.extract_text(visitor_operand_before=collector.command, visitor_text=collector.text)
    return collector.pieces


def _drop_large_drawings(page: PageObject) -> None:
    """Forget the drawings of a page, such as plots with many points, that would take too long."""
    resources = page.get("/Resources")
    drawings = resources.get_object().get("/XObject") if resources is not None else None
    if drawings is None:
        return
    drawings = drawings.get_object()
    for name in list(drawings):
        drawing = drawings[name].get_object()
        if not isinstance(drawing, StreamObject) or drawing.get("/Subtype") != "/Form":
            continue
        if len(drawing.get_data()) > MOST_COMMAND_BYTES // 3:
            del drawings[name]
