"""BibTeX entries as references."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from bibtexparser.entrypoint import parse_string
from bibtexparser.model import Entry

from lgm_core.evidence.identifiers import arxiv_of_doi, clean_arxiv, find_arxiv, find_doi
from lgm_core.evidence.names import family_first
from lgm_core.evidence.paper import EvidenceError, Reference
from lgm_core.evidence.reading.groups import is_group
from lgm_core.evidence.reading.latex_text import plain_latex

MAX_CHARACTERS = 4_000_000
MAX_ENTRIES = 5000
_MAX_FIELD = 5000
_MAX_AUTHORS = 500
_VENUES = ("journal", "journaltitle", "booktitle", "publisher", "school", "institution")
_SHOWN = ("title", "year", "date", *_VENUES)


def references_from_bibtex(text: str) -> dict[str, Reference]:
    """The entries by their keys in the order of the text; a broken or repeated one is left out.

    Raises EvidenceError for more than 4,000,000 characters or 5,000 entries.
    """
    if len(text) > MAX_CHARACTERS:
        raise EvidenceError(
            f"The BibTeX has {len(text)} characters; at most {MAX_CHARACTERS} are read."
        )
    if len(re.findall(r"@\s*\w+\s*[{(]", text)) > 2 * MAX_ENTRIES:
        raise EvidenceError(f"The BibTeX has more than the {MAX_ENTRIES} entries allowed.")
    with _quiet():
        try:
            entries = parse_string(text).entries
        except (ValueError, IndexError, KeyError, RecursionError, AttributeError):
            raise EvidenceError("The BibTeX cannot be read: its braces do not close.") from None
    if len(entries) > MAX_ENTRIES:
        raise EvidenceError(f"The BibTeX has more than the {MAX_ENTRIES} entries allowed.")
    found: dict[str, Reference] = {}
    for entry in entries:
        if entry.key and entry.key not in found:
            found[entry.key] = _reference(entry)
    return found


def _reference(entry: Entry) -> Reference:
    raw = {field.key.lower(): str(field.value)[:_MAX_FIELD] for field in entry.fields}
    fields = {name: plain_latex(raw[name]) for name in _SHOWN if name in raw}
    authors = tuple(_names(raw.get("author", "") or raw.get("editor", "")))
    links = " ".join(raw.get(name, "") for name in ("doi", "url", "ee", "note", "howpublished"))
    doi = find_doi(links)
    year = re.search(r"\b(1[89]|20)\d{2}", fields.get("year", "") or fields.get("date", ""))
    venue = next((fields[name] for name in _VENUES if fields.get(name)), None)
    title = fields.get("title") or None
    shown = (", ".join(authors), title, venue, year.group() if year else "")
    return Reference(
        key=entry.key,
        title=title,
        authors=authors,
        year=int(year.group()) if year else None,
        venue=venue,
        doi=doi,
        arxiv=_arxiv(raw, links) or arxiv_of_doi(doi),
        text=" ".join(f"{part.rstrip('.')}." for part in shown if part),
    )


def _arxiv(raw: dict[str, str], links: str) -> str | None:
    kind = (raw.get("archiveprefix") or raw.get("eprinttype") or "arxiv").lower()
    stated = clean_arxiv(raw.get("eprint", "")) if kind == "arxiv" else None
    return stated or clean_arxiv(raw.get("arxiv", "")) or find_arxiv(f"{links} {_where(raw)}")


def _where(raw: dict[str, str]) -> str:
    return " ".join(raw.get(name, "") for name in ("journal", "volume", "pages", "number"))


def _names(field: str) -> Iterator[str]:
    parts = _split_outside_braces(field)
    for part in parts[:_MAX_AUTHORS]:
        name = plain_latex(part)
        if name and name.lower() != "others":
            yield name if in_own_braces(part) or is_group(name) else _in_order(name)


def in_own_braces(name: str) -> bool:
    """Whether one pair of braces holds a whole name, which is then a group's: "{OpenAI Team}"."""
    name = name.strip()
    if not (name.startswith("{") and name.endswith("}")):
        return False
    depth = 0
    for found in re.finditer(r"[{}]", name):
        depth += 1 if found.group() == "{" else -1
        if depth == 0:
            return found.end() == len(name)
    return False


def _in_order(name: str) -> str:
    pieces = [piece.strip() for piece in name.split(",")]
    if len(pieces) == 3:  # Family, Jr, Given
        return f"{pieces[0]}, {pieces[2]}"
    return family_first(name)


def _split_outside_braces(field: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for found in re.finditer(r"[{}]|\sand\s", field):
        if found.group() == "{":
            depth += 1
        elif found.group() == "}":
            depth -= 1
        elif depth <= 0:
            parts.append(field[start : found.start()])
            start = found.end()
    return [*parts, field[start:]]


@contextmanager
def _quiet() -> Iterator[None]:
    """The parser writes a log line for each broken entry, which is the note's task here."""
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(before)
