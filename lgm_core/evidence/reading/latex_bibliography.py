"""The bibliography of a LaTeX paper: typed in the text, in a .bbl, or in .bib files."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace

from lgm_core.evidence.identifiers import arxiv_of_doi, clean_arxiv, find_doi
from lgm_core.evidence.names import family_first
from lgm_core.evidence.paper import EvidenceError, Reference
from lgm_core.evidence.reading.bibtex import references_from_bibtex
from lgm_core.evidence.reading.latex_cites import without_cites
from lgm_core.evidence.reading.latex_files import Sources
from lgm_core.evidence.reading.latex_scan import group, without_comments
from lgm_core.evidence.reading.latex_text import plain_latex
from lgm_core.evidence.reading.printed import reference_from_text

MAX_REFERENCES = 3000
_MAX_ENTRY = 4000
_ITEM = re.compile(r"\\bibitem(?![A-Za-z])\s{0,5}")
_NAMED = re.compile(
    r"\\(?:no)?bibliography\s?\{([^{}]{1,500})\}|\\addbibresource\s?\{([^{}]{1,300})\}"
)
_BIBLATEX = re.compile(r"\\entry\{([^{}]{1,200})\}\{[^{}]{0,40}\}")
_FIELD = re.compile(r"\\field\{(\w{1,30})\}\s?(?=\{)")
_VERB = re.compile(r"\\verb\{(\w{1,30})\}\s*\\verb ([^\n]{1,300})")
_PERSON = re.compile(r"family=\{([^{}]{1,100})\}|given=\{([^{}]{1,100})\}")


@dataclass
class Bibliography:
    """References in printed order, and the names that natbib's labels print for them."""

    references: dict[str, Reference]
    labels: dict[str, str]
    #: Keys that only files from beside the paper have, while it has a bibliography of its own.
    beyond: frozenset[str] = frozenset()


def read_bibliography(source: str, sources: Sources, main: str) -> Bibliography:
    """What the paper lists; a printed list wins, and .bib files fill in what it leaves out.

    Files from beside the paper add only keys that its own bibliography has not.
    """
    labels: dict[str, str] = {}
    listed, from_loose = _listed(source, labels), False
    if not listed:
        stem = posixpath.splitext(main)[0]
        lists = sorted(n for n in sources.files if n.lower().endswith(".bbl"))
        order = {n: (n in sources.loose, posixpath.splitext(n)[0] != stem) for n in lists}
        for name in sorted(lists, key=order.__getitem__):
            text = without_comments(sources.files[name])
            if listed := _listed(text, labels) or _from_biblatex(text):
                from_loose = name in sources.loose
                break
    own = _from_bib_files(source, sources, loose=False)
    loose = _from_bib_files(source, sources, loose=True)
    facts = loose | own if from_loose else own
    known = {k: _filled(v, facts[k]) if k in facts else v for k, v in listed.items()} or own
    beyond = frozenset(loose.keys() - known.keys()) if known else frozenset()
    return Bibliography(known | {k: v for k, v in loose.items() if k not in known}, labels, beyond)


def _listed(source: str, labels: dict[str, str]) -> dict[str, Reference]:
    entries: dict[str, str] = {}
    pieces = _ITEM.split(source)[1 : MAX_REFERENCES + 1]
    for piece in pieces:
        piece = piece.split(r"\end{thebibliography}")[0][:_MAX_ENTRY]
        label = group(piece, 0, "[")
        key = group(piece, label[1] if label else 0)
        if key is None or not key[0].strip() or key[0].strip() in entries:
            continue
        name = key[0].strip()
        if label and (author := _label_author(label[0])):
            labels[name] = author
        entries[name] = piece[key[1] :]
    numbers = {name: number for number, name in enumerate(entries, 1)}
    return {name: _printed(name, without_cites(entry, numbers)) for name, entry in entries.items()}


def _printed(key: str, entry: str) -> Reference:
    blocks = [plain_latex(block) for block in re.split(r"\\newblock(?![A-Za-z])", entry)]
    text = " ".join(block for block in blocks if block)
    reference = reference_from_text(key, text)
    doi = reference.doi or find_doi(entry)
    if len(blocks) >= 3 and 4 <= len(blocks[1]) <= 400:
        reference = replace(reference, title=blocks[1].rstrip(" .,"))
    return replace(reference, doi=doi, text=text)


def _label_author(label: str) -> str:
    plain = plain_latex(label)
    found = re.match(r"(.{2,80}?)\s?\((?:\d{4}|n\.d\.|in press)", plain)
    return found.group(1).strip() if found else ""


def _filled(printed: Reference, known: Reference) -> Reference:
    return replace(
        known,
        text=printed.text or known.text,
        title=known.title or printed.title,
        authors=known.authors or printed.authors,
        year=known.year or printed.year,
        venue=known.venue or printed.venue,
        doi=known.doi or printed.doi,
        arxiv=known.arxiv or printed.arxiv,
    )


def _from_bib_files(source: str, sources: Sources, *, loose: bool) -> dict[str, Reference]:
    files = {
        name: text
        for name, text in sources.files.items()
        if name.lower().endswith(".bib") and (name in sources.loose) == loose
    }
    named = [
        posixpath.basename(part.strip()).removesuffix(".bib")
        for found in _NAMED.finditer(source)
        for part in (found[1] or found[2]).split(",")
    ]
    chosen = [n for n in files if posixpath.basename(n)[:-4] in named] or list(files)
    found: dict[str, Reference] = {}
    for name in chosen:
        try:
            entries = references_from_bibtex(files[name])
        except EvidenceError as error:
            sources.note(f"{name[:100]!r} was left out. {error}")
            continue
        for key, reference in entries.items():
            if len(found) < MAX_REFERENCES:
                found.setdefault(key, reference)
    return found


def _from_biblatex(text: str) -> dict[str, Reference]:
    found: dict[str, Reference] = {}
    starts = list(_BIBLATEX.finditer(text))[:MAX_REFERENCES]
    for entry, following in zip(starts, [*starts[1:], None], strict=True):
        body = text[entry.end() : following.start() if following else entry.end() + 20_000]
        found.setdefault(entry[1], _biblatex_entry(entry[1], body[:20_000]))
    return found


def _biblatex_entry(key: str, body: str) -> Reference:
    fields: dict[str, str] = {}
    for hit in _FIELD.finditer(body):
        if value := group(body, hit.end()):
            fields.setdefault(hit[1], plain_latex(value[0]))
    verbatim = {hit[1]: hit[2].strip() for hit in _VERB.finditer(body)}
    names_end = body.find(r"\field")
    people: list[list[str]] = []
    for hit in _PERSON.finditer(body[: names_end if names_end > 0 else None]):
        if hit[1]:
            people.append([plain_latex(hit[1])])
        elif people:
            people[-1].append(plain_latex(hit[2]))
    authors = tuple(family_first(", ".join(person[:2])) for person in people)
    year = re.search(r"\d{4}", fields.get("year", "") or fields.get("date", ""))
    venue = fields.get("journaltitle") or fields.get("booktitle")
    doi = find_doi(verbatim.get("doi", ""))
    shown = (", ".join(authors), fields.get("title"), venue, year.group() if year else "")
    return Reference(
        key=key,
        title=fields.get("title"),
        authors=authors,
        year=int(year.group()) if year else None,
        venue=venue,
        doi=doi,
        arxiv=clean_arxiv(verbatim.get("eprint", "")) or arxiv_of_doi(doi),
        text=" ".join(f"{part.rstrip('.')}." for part in shown if part),
    )
