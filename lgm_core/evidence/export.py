"""What is taken along: statements as CSV, references as BibTeX, the ledger as CSV and Markdown."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count

from lgm_core.evidence.claim import Claim
from lgm_core.evidence.collection import Cited, tally
from lgm_core.evidence.literature import Literature
from lgm_core.evidence.measure import Row
from lgm_core.evidence.paper import Reference

_STATEMENTS = (
    "label", "classifier", "probability", "section", "year", "source", "cited", "cited_title",
    "cited_doi", "sentence", "before", "after",
)  # fmt: skip
_LEDGER = (
    "claim", "variant", "verdict", "mean", "low", "high", "unit", "seeds", "values", "statistic",
    "runs", "settings",
)  # fmt: skip
_HOW_TO_READ = (
    "Statements are found by words and counted by how they cite the paper, which is no verdict on "
    "the claim; the verdicts in the tables are of runs measured here."
)
#: Characters that LaTeX takes for commands, and how they are printed.
_LATEX = str.maketrans({
    **{sign: f"\\{sign}" for sign in "&%$#_"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
})  # fmt: skip
_NUMBERS = re.compile(r"-?[0-9.]+(e[+-]?[0-9]+)?( -?[0-9.]+(e[+-]?[0-9]+)?)*")
_PROCEEDINGS = re.compile(
    r"\b(conference|proceedings|proc\.|workshop|symposium|advances in neural|cvpr|iccv|eccv|icml|"
    r"iclr|neurips|nips|aaai|ijcai)\b",
    re.IGNORECASE,
)
#: What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def statements_csv(statements: Iterable[Cited]) -> str:
    """One statement a line, with the label in force and the classifier's own."""
    return _csv(
        _STATEMENTS,
        (
            (
                cited.label,
                cited.verdict.label,
                f"{cited.verdict.probability:.3f}",
                cited.statement.section,
                cited.entry.paper.year or "",
                cited.entry.paper.title,
                cited.citation.key,
                *_named(cited),
                cited.statement.sentence,
                cited.statement.before,
                cited.statement.after,
            )
            for cited in statements
        ),
    )


def _named(cited: Cited) -> tuple[str, str]:
    """Title and DOI of what is cited, as the citing paper has them: its key means nothing alone."""
    entries = cited.entry.paper.references
    found = next((one for one in entries if one.key == cited.citation.key), None)
    return (found.title or found.text, found.doi or "") if found else ("", "")


def ledger_csv(rows: Iterable[Row]) -> str:
    """One measured row a line; settings and runs as JSON."""
    return _csv(
        _LEDGER,
        (
            (
                row.claim_id,
                row.variant,
                row.verdict,
                f"{row.mean:.6g}",
                "" if row.interval is None else f"{row.interval.low:.6g}",
                "" if row.interval is None else f"{row.interval.high:.6g}",
                row.unit,
                " ".join(map(str, row.seeds)),
                " ".join(f"{value:.6g}" for value in row.values),
                row.statistic,
                json.dumps(row.run_ids),
                json.dumps(row.settings),
            )
            for row in rows
        ),
    )


def ledger_markdown(
    claims: Sequence[Claim], rows: Sequence[Row], said: Mapping[str, Literature]
) -> str:
    """A report: each claim, what the loaded papers say, and every row with its settings.

    Args:
        claims: in the order of the report.
        rows: measured; those of different settings stay apart.
        said: by claim id, what the loaded papers say.
    """
    parts = ["# Ledger of claims", "", _HOW_TO_READ, ""]
    for claim in claims:
        parts += [f"## {_text(claim.statement)}", "", _text(_source(claim)), ""]
        if found := said.get(claim.id):
            parts += [_literature(found), ""]
        own = [row for row in rows if row.claim_id == claim.id]
        if not own:
            parts += ["Not measured here yet.", ""]
            continue
        parts += [
            "| setting | verdict | mean | 95 % interval | seeds |",
            "| --- | --- | --- | --- | --- |",
        ]
        parts += [_table_row(row) for row in own]
        parts += ["", f"Measured: {_text(own[0].statistic)}", ""]
        for row in own:
            parts += [f"Settings of {_text(row.variant)}: `{json.dumps(row.settings)}`", ""]
    return "\n".join(parts)


def _literature(found: Literature) -> str:
    counts = tally(found.statements)
    told = (
        f"Statements that speak of this, by how they cite the paper: {counts.supporting} "
        f"supporting, {counts.contrasting} contrasting, {counts.mentioning} mentioning."
    )
    return told + (f" Set aside as not about it: {len(found.aside)}." if found.aside else "")


def bibtex(references: Iterable[Reference]) -> str:
    """The references as BibTeX, each under a key of its own; those that say nothing are left out.

    What LaTeX would take for a command is written so that it prints; identifiers stay as they
    are, since the packages that print them expect that.
    """
    from bibtexparser.entrypoint import write_string
    from bibtexparser.library import Library
    from bibtexparser.model import Block, Entry, Field

    taken: set[str] = set()
    entries: list[Block] = []
    for reference in references:
        talk = bool(_PROCEEDINGS.search(reference.venue or ""))
        fields = {
            "title": _printed(reference.title),
            "author": " and ".join(map(_author, reference.authors)),
            "year": str(reference.year) if reference.year else None,
            "booktitle" if talk else "journal": _printed(reference.venue),
            "doi": _bare(reference.doi),
            "eprint": _bare(reference.arxiv),
            "archiveprefix": "arXiv" if reference.arxiv else None,
            "note": None if reference.title else _printed(reference.text),
        }
        if known := [Field(name, value) for name, value in fields.items() if value]:
            kind = "misc" if not reference.venue else "inproceedings" if talk else "article"
            entries.append(Entry(kind, _key(reference, taken), known))
    return str(write_string(Library(entries)))


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: object) -> str:
    """As a spreadsheet shows it: text of strangers never becomes a formula."""
    text = str(value)
    if text.startswith(_FORMULA) and not _NUMBERS.fullmatch(text):
        return "'" + text
    return text


def _table_row(row: Row) -> str:
    span = (
        "one seed" if row.interval is None else f"{row.interval.low:.3g} to {row.interval.high:.3g}"
    )
    cells = (
        row.variant,
        row.verdict,
        f"{row.mean:+.3g} {row.unit}",
        span,
        ", ".join(map(str, row.seeds)),
    )
    return "| " + " | ".join(_text(cell).replace("|", "\\|") for cell in cells) + " |"


def _source(claim: Claim) -> str:
    families = ", ".join(author.split(",")[0] for author in claim.work.authors)
    return f"{families}: {claim.work.title}, {claim.work.venue} {claim.work.year}."


def _text(text: str) -> str:
    """One line, in which nothing becomes markup."""
    return re.sub(r"([\\`*_\[\]<>#])", r"\\\1", " ".join(text.split()))


def _bare(value: str | None) -> str:
    """A field's value: one line without braces, so that as many close as open."""
    return re.sub(r"[{}\\]", "", " ".join((value or "").split()))


def _printed(value: str | None) -> str:
    return _bare(value).translate(_LATEX)


def _author(name: str) -> str:
    """A person's name has a comma; another of several words is one name, of a group."""
    printed = _printed(name)
    return f"{{{printed}}}" if " " in printed and "," not in printed else printed


def _key(reference: Reference, taken: set[str]) -> str:
    family = reference.authors[0].split(",")[0] if reference.authors else "anonymous"
    word = next(iter(re.findall(r"[A-Za-z]{4,}", reference.title or "")), "")
    said = unicodedata.normalize("NFKD", f"{family}{reference.year or ''}{word}")
    stem = re.sub(r"[^A-Za-z0-9]", "", said).lower() or "work"
    names = chain([stem], (f"{stem}-{number}" for number in count(2)))
    key = next(name for name in names if name not in taken)
    taken.add(key)
    return key
