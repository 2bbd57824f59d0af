"""Labelled citations that a person brings, one JSON object a line, such as those of SciCite.

SciCite labels why a paper is cited (``background``, ``method``, ``result``), not whether the
citing work agrees. Background and method are mentioning; a ``result`` compares findings but does
not say with what outcome, so it is left out unless the line has a ``stance``. Lines whose
``label`` (or ``stance``) is supporting, contrasting or mentioning are taken as they are.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lgm_core.evidence.classify.context import Context
from lgm_core.evidence.classify.labelled import MAX_CHARACTERS
from lgm_core.evidence.classify.tokens import Span
from lgm_core.evidence.paper import LABELS, EvidenceError, Label, Section

MAX_LINES = 200_000
MAX_LINE_CHARACTERS = 100_000
MAX_BYTES = 500_000_000

INTENTS: dict[str, Label | None] = {
    "background": "mentioning",
    "method": "mentioning",
    "result": None,
    "comparison": None,
}
_SECTIONS: tuple[tuple[str, Section], ...] = (
    ("abstract", "abstract"),
    ("introduction", "introduction"),
    ("background", "introduction"),
    ("related work", "introduction"),
    ("method", "methods"),
    ("material", "methods"),
    ("experiment", "methods"),
    ("result", "results"),
    ("discussion", "discussion"),
    ("conclusion", "discussion"),
)


@dataclass(frozen=True)
class PublicExample:
    """A citing sentence of a public set, as printed there, with its label."""

    text: str
    label: Label
    section: Section = "other"
    citation: Span | None = None  #: of the marker; None where the set does not say
    before: str = ""
    after: str = ""

    @property
    def context(self) -> Context:
        """As the classifier reads it."""
        return Context(self.text, self.before, self.after, self.section, self.citation)


def load_scicite(
    source: Path | str | Iterable[str], intents: Mapping[str, Label | None] | None = None
) -> list[PublicExample]:
    """The examples of a JSONL file or of its lines.

    Args:
        source: a path, or lines.
        intents: what a label that is no stance counts as, None to leave its lines out;
            :data:`INTENTS` if not given.

    Raises:
        EvidenceError: the file cannot be read or is too large, or a line is not what it should
            be; the message names the line.
    """
    known = INTENTS if intents is None else intents
    if isinstance(source, str | Path):
        return _from_file(Path(source), known)
    return _from_lines(source, known)


def _from_file(path: Path, intents: Mapping[str, Label | None]) -> list[PublicExample]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise EvidenceError(
                f"{path.name} is larger than the {MAX_BYTES // 10**6} MB that are read."
            )
        with path.open(encoding="utf-8") as file:
            return _from_lines(iter(lambda: file.readline(MAX_LINE_CHARACTERS + 2), ""), intents)
    except OSError:
        raise EvidenceError(f"{path.name} cannot be read.") from None
    except UnicodeDecodeError:
        raise EvidenceError(f"{path.name} is not UTF-8 text.") from None


def _from_lines(lines: Iterable[str], intents: Mapping[str, Label | None]) -> list[PublicExample]:
    found: list[PublicExample] = []
    for number, line in enumerate(lines, 1):
        if number > MAX_LINES:
            raise EvidenceError(f"At most {MAX_LINES:,} lines are read; there are more.")
        if len(line) > MAX_LINE_CHARACTERS:
            raise EvidenceError(
                f"Line {number} is longer than the {MAX_LINE_CHARACTERS:,} characters allowed."
            )
        if line.strip():
            example = _example(line, number, intents)
            if example is not None:
                found.append(example)
    return found


def _example(line: str, number: int, intents: Mapping[str, Label | None]) -> PublicExample | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise EvidenceError(f"Line {number} is not JSON.") from None
    if not isinstance(row, dict):
        raise EvidenceError(f"Line {number} is not a JSON object.")
    text = row.get("string", row.get("text"))
    if not isinstance(text, str) or not text.strip() or len(text) > MAX_CHARACTERS:
        raise EvidenceError(f"Line {number} needs a string of 1 to {MAX_CHARACTERS:,} characters.")
    label = _label(row, number, intents)
    if label is None:
        return None
    beside = [_text(row.get("before")), _text(row.get("after"))]
    section = _section(row.get("sectionName", row.get("section")))
    return PublicExample(text, label, section, _place(row, text), *beside)


def _text(value: object) -> str:
    return value[:MAX_CHARACTERS] if isinstance(value, str) else ""


def _label(row: dict[str, Any], number: int, intents: Mapping[str, Label | None]) -> Label | None:
    stance = row.get("stance")
    given = stance if isinstance(stance, str) and stance else row.get("label")
    name = given.strip().lower() if isinstance(given, str) else given
    for label in LABELS:
        if name == label:
            return label
    if not isinstance(name, str) or name not in intents:
        allowed = ", ".join([*LABELS, *intents])
        raise EvidenceError(f"Line {number} has the label {given!r}; allowed are {allowed}.")
    return intents[name]


def _section(name: object) -> Section:
    lowered = name.lower() if isinstance(name, str) else ""
    return next((section for word, section in _SECTIONS if word in lowered), "other")


def _place(row: dict[str, Any], text: str) -> Span | None:
    """The marker's place if it is given as two whole numbers within the text."""
    ends = [row.get("citeStart"), row.get("citeEnd")]
    if any(not isinstance(end, int | float) or not math.isfinite(end) for end in ends):
        return None
    start, end = (int(value) for value in ends if isinstance(value, int | float))
    return (start, end) if 0 <= start < end <= len(text) else None
