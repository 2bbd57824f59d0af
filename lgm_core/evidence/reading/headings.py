"""Which printed lines are headings, and the section that each opens."""

from __future__ import annotations

import re

from lgm_core.evidence.paper import Section
from lgm_core.evidence.reading.printed_lines import PrintedLine
from lgm_core.evidence.reading.sections import section_of

_LONGEST = 110
_MOST_WORDS = 14
_NUMBERED = re.compile(
    r"(?:(?P<depth>\d{1,2}(?:\.\d{1,2}){0,3})\.?|(?P<roman>[IVX]{1,5})\.|(?P<letter>[A-H])\.)"
    r"\s+(?P<words>[^\W\d_].*)"
)
_CAPTION = re.compile(r"(?:fig(?:ure)?|table|algorithm|box|scheme)\.?\s*S?\d+", re.IGNORECASE)
_END_MATTER = re.compile(
    r"acknowledge?ments?|funding|author contributions?|conflicts?|competing|data availability|"
    r"code availability|ethic|supplement|appendi|references|bibliography|keywords|abbreviations",
    re.IGNORECASE,
)


def is_caption(text: str) -> bool:
    """Whether a line begins the legend of a figure or a table."""
    return _CAPTION.match(text) is not None


def is_heading(line: PrintedLine, before: PrintedLine | None, after: PrintedLine | None) -> bool:
    """Whether a line stands out as a heading: by its size, weight, number, capitals or place."""
    text = line.text
    words = text.split()
    if not words or len(text) > _LONGEST or len(words) > _MOST_WORDS or after is None:
        return False
    if is_caption(text) or text[-1] in ".,;:?!" or not re.search(r"[^\W\d_]{3}", text):
        return False
    if not (text[0].isupper() or text[0].isdigit()) or re.search(r"[=\[\]@]|https?:", text):
        return False
    if before is not None and re.search(r"[\w,;-]\Z", before.text) and not line.gap:
        # The line before breaks off in the middle of a sentence.
        return line.size >= 1.12 and line.size > before.size
    if line.size >= 1.12:
        return True
    alone = line.gap or before is None
    numbered = _NUMBERED.fullmatch(text)
    if numbered and numbered["words"][0].isupper():
        return alone or line.bold or line.filled < 0.75
    capitals = text.isupper() and len(re.findall(r"[A-Z]", text)) >= 4
    known = len(words) <= 5 and section_of(text) != "other"
    if line.bold or capitals or (known and line.filled < 0.75):
        return alone or line.filled < 0.6
    short = len(words) <= 8 and line.filled < 0.75
    return line.gap and after.gap and short


class Headings:
    """Follows the headings of one paper and tells the section in which a paragraph stands."""

    def __init__(self, numbered: bool) -> None:
        self._numbered = numbered  #: whether the paper numbers its sections
        self._top_size = 0.0
        self.section: Section = "other"
        self.heading = ""

    def open(self, line: PrintedLine) -> None:
        """Take a heading; a subsection that says nothing keeps its parent's section."""
        own = section_of(line.text)
        self.heading = line.text
        if own == "other" and not self._is_top(line):
            return
        self._top_size = max(self._top_size, line.size if own != "other" else 0.0)
        self.section = own

    def _is_top(self, line: PrintedLine) -> bool:
        if _END_MATTER.search(line.text):
            return True
        number = _NUMBERED.fullmatch(line.text)
        if number is not None:
            return number["roman"] is not None or "." not in (number["depth"] or ".")
        if self._numbered:
            return False
        return self._top_size > 1.05 and line.size >= self._top_size - 0.03


def has_numbers(headings: list[str]) -> bool:
    """Whether most headings are numbered."""
    return sum(_NUMBERED.fullmatch(text) is not None for text in headings) * 2 > len(headings)
