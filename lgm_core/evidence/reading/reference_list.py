"""A printed bibliography, divided into its entries."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lgm_core.evidence.paper import Reference
from lgm_core.evidence.reading.headings import is_caption
from lgm_core.evidence.reading.printed import reference_from_text
from lgm_core.evidence.reading.printed_headings import follows_list, opens_list
from lgm_core.evidence.reading.printed_lines import Joiner, PrintedLine
from lgm_core.evidence.reading.printed_names import leading_names

MOST_ENTRIES = 5000
_AFTER = re.compile(
    r"(?:(?:\d{1,2}|[IVX]{1,5}|[A-Z])[.)]?\s+)?(?:appendi(?:x|ces)|supplement\w*|"
    r"acknowledge?ments?|figure (?:legends?|captions?)|author contributions?|funding|"
    r"conflicts? of interest|competing interests|ethics)\b[^.]{0,60}",
    re.IGNORECASE,
)
_LETTERED_APPENDIX = re.compile(r"[A-Z]\.?\s+[A-Z][a-z]+(?:\s[\w-]+){0,8}")
_LABEL = re.compile(
    r"(?:\[(\d{1,4})\]|\((\d{1,4})\))\s*(?=\S)"
    r"|(\d{1,4})[.)]\s*(?=[^\W\d_]|[\"“‘'])|(\d{1,4})\s+(?=[^\W\d_a-z]|[\"“‘'])"
)
_ALPHA_LABEL = re.compile(r"\[([A-Za-z][\w+.:’'-]{1,30})\]\s+(?=\S)")
_INLINE = re.compile(r"(?<=[\s.])(?=\[\d{1,4}\]\s)")
_NAME_FIRST = re.compile(
    r"(?:(?:van|von|de|der|den|del|della|di|da|du|la|le|ten|ter|el|al)\s){0,3}"
    r"[^\W\d_a-z][\w'’-]+(?:\s[^\W\d_a-z][\w'’-]+)?(?:,\s|\s)(?:[^\W\d_a-z]{1,3}\b\.?|[^\W\d_a-z][a-z]+)"
    r"|[^\W\d_a-z]\.\s?(?:-?[^\W\d_a-z]\.\s?){0,3}[^\W\d_a-z][\w'’-]+"
)
_YEAR = re.compile(r"(?<!\d)(?:1[6-9]|20)\d\d[a-z]?(?!\d)|in press|forthcoming")
_YEAR_AFTER_NAMES = re.compile(rf"[\s.,]{{0,3}}\(?(?:{_YEAR.pattern})[).,:;]")
#: An entry ends with a stop, a figure, or an address, which has no stop after it.
_ENDED = re.compile(r"[.\])\d]\Z|(?:://|\bwww\.|\b10\.\d{4,9}/)\S{1,300}\Z")
_UNFINISHED = re.compile(
    r"(?:[,;:&(\[–—-]|\b(?:and|und|et|y|e|in|of|the|pp?\.|vol\.|eds?\.))\Z", re.I
)
_NEARLY_ALL = 0.8  #: of the lines


def find_reference_list(lines: Sequence[PrintedLine]) -> tuple[int, int, int] | None:
    """Where the list stands: index of its heading, of its first line, and one past its last.

    None without one. A list without a heading is known by its numbers, if it ends the paper.
    """
    for index in range(len(lines) - 2, -1, -1):
        if opens_list(lines[index].text):
            end = next(
                (place for place in range(index + 2, len(lines)) if _ends(lines[place])), len(lines)
            )
            return index, index + 1, end
    starts = [i for i, line in enumerate(lines) if re.match(r"\[1\]\s+\S", line.text)]
    if starts and len(_numbered_starts(lines[starts[-1] :])) >= 3:
        return starts[-1], starts[-1], len(lines)
    return None


def _ends(line: PrintedLine) -> bool:
    if line.gap and is_caption(line.text):
        return True
    alone = line.gap or line.bold or line.size > 1.08
    if not alone or len(line.text) > 90:
        return False
    if _AFTER.fullmatch(line.text) or follows_list(line.text):
        return True
    return line.size > 1.08 and _LETTERED_APPENDIX.fullmatch(line.text) is not None


def references_of(lines: Sequence[PrintedLine], joiner: Joiner) -> tuple[Reference, ...]:
    """The entries of a list, in order; those with numbers have them as their keys.

    Others are named by their first author and year. At most 5,000 are read.

    Args:
        lines: of the list alone.
        joiner: of the whole paper.
    """
    lines = [line for line in lines if line.text]
    lines = [piece for line in lines for piece in _inline(line)]
    starts = _numbered_starts(lines)
    if starts:
        entries = [(key, _entry(lines, starts, i, joiner)) for i, (_, key) in enumerate(starts)]
        return tuple(
            reference_from_text(key, re.sub(_LABEL, "", text, count=1))
            for key, text in entries[:MOST_ENTRIES]
        )
    labelled = [
        (i, found[1]) for i, line in enumerate(lines) if (found := _ALPHA_LABEL.match(line.text))
    ]
    if len(labelled) >= 2 and labelled[0][0] == 0:
        entries = [(key, _entry(lines, labelled, i, joiner)) for i, (_, key) in enumerate(labelled)]
        return tuple(
            reference_from_text(key, _ALPHA_LABEL.sub("", text, count=1))
            for key, text in entries[:MOST_ENTRIES]
        )
    named = [(index, "") for index in _named_starts(lines)][:MOST_ENTRIES]
    return _with_keys([_entry(lines, named, i, joiner) for i in range(len(named))])


def _inline(line: PrintedLine) -> list[PrintedLine]:
    """A line that holds several entries, "[1] A. [2] B.", as several lines."""
    pieces = [piece.strip() for piece in _INLINE.split(line.text) if piece.strip()]
    if len(pieces) < 2:
        return [line]
    return [PrintedLine(piece, 0.0, line.gap, line.size, line.bold) for piece in pieces]


def _entry(
    lines: Sequence[PrintedLine], starts: Sequence[tuple[int, str]], place: int, joiner: Joiner
) -> str:
    end = starts[place + 1][0] if place + 1 < len(starts) else len(lines)
    return joiner.join([line.text for line in lines[starts[place][0] : end]])


def _numbered_starts(lines: Sequence[PrintedLine]) -> list[tuple[int, str]]:
    """Lines that begin with the next number, counting from 1; few or none if there are none."""
    best: list[tuple[int, str]] = []
    for form in range(1, 5):
        starts: list[tuple[int, str]] = []
        last = 0
        for index, line in enumerate(lines):
            found = _LABEL.match(line.text)
            if found is None or found[form] is None:
                continue
            number = int(found[form])
            # A bare figure is too common to let one be skipped; a lost line loses one entry.
            if number == last + 1 or (form < 4 and last and last < number <= last + 3):
                starts.append((index, str(number)))
                last = number
        # A list begins with its first entry; a page number may stand before it.
        within = bool(starts) and starts[0][0] <= (2 if form < 3 else 0)
        if within and len(starts) > max(len(best), form == 4):
            best = starts
    return best


def _named_starts(lines: Sequence[PrintedLine]) -> list[int]:
    if not lines:
        return []
    gaps = sum(line.gap for line in lines[1:])
    indented = [line.indent > 0.6 for line in lines]
    share = sum(indented) / len(lines)
    if 0.15 < share < 0.95:
        # Hanging: the lines that do not stand in begin an entry.
        starts = [i for i, line in enumerate(lines) if line.indent <= 0.6]
        hanging = [i for i in starts if _NAME_FIRST.match(lines[i].text)]
        if len(hanging) >= 0.6 * len(starts):
            return starts
        return [i for i, line in enumerate(lines) if line.indent > 0.6 or i == 0]
    if gaps >= 2 or (gaps and len(lines) <= 4):
        return [i for i, line in enumerate(lines) if i == 0 or line.gap]
    starts = [0]
    dated = bool(_YEAR.search(lines[0].text))
    one_each = _holds_one_each(lines)
    for index in range(1, len(lines)):
        before, text = lines[index - 1].text, lines[index].text
        begins = _NAME_FIRST.match(text) is not None or bool(_YEAR.search(text[:80]))
        ended = _ENDED.search(before) is not None or (
            _UNFINISHED.search(before) is None and (one_each or _dates_its_names(lines, index))
        )
        if dated and ended and begins and text[0].isupper():
            starts.append(index)
            dated = False
        dated = dated or bool(_YEAR.search(text))
    return starts


def _holds_one_each(lines: Sequence[PrintedLine]) -> bool:
    """Whether nearly every line has authors in front and a year, and so is an entry unbroken."""
    whole = sum(bool(_YEAR.search(line.text) and leading_names(line.text)[0]) for line in lines)
    return whole >= _NEARLY_ALL * len(lines)


def _dates_its_names(lines: Sequence[PrintedLine], index: int) -> bool:
    """Whether a line opens with authors and their year, as the middle of no entry does."""
    text = lines[index].text
    if text.endswith((",", "&")) and index + 1 < len(lines):
        text = f"{text} {lines[index + 1].text}"
    names, end = leading_names(text)
    return bool(names) and _YEAR_AFTER_NAMES.match(text, end) is not None


def _with_keys(entries: Sequence[str]) -> tuple[Reference, ...]:
    taken: dict[str, int] = {}
    references: list[Reference] = []
    for number, text in enumerate(entries, start=1):
        read = reference_from_text("", text)
        family = re.sub(r"\W", "", read.authors[0].split(",")[0]).lower() if read.authors else ""
        year = _YEAR.search(text)
        key = family + (year.group().replace(" ", "") if year else "") if family else f"ref{number}"
        taken[key] = taken.get(key, 0) + 1
        if taken[key] > 1:
            key = f"{key}-{taken[key]}"
        references.append(reference_from_text(key, text))
    return tuple(references)
