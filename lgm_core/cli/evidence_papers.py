"""The forms of ``python -m lgm_core evidence`` that read papers and train their classifier."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tqdm import tqdm

from lgm_core.evidence.identifiers import clean_arxiv, find_arxiv, find_doi
from lgm_core.evidence.paper import LABELS, MOST_BYTES, EvidenceError, Paper, Reference

MAX_PAPERS = 500
_COMPANIONS = {".bib", ".bbl"}
_MAX_ASKED = 500  #: characters of the work asked for


def read(words: Sequence[str], cites: str | None, *, as_json: bool) -> int:
    """Reads papers and prints what they say of the works they cite; returns the exit code.

    Raises:
        EvidenceError: for a file that cannot be read.
    """
    paths = [Path(word) for word in words]
    papers = [path for path in paths if path.suffix.lower() not in _COMPANIONS]
    if not 1 <= len(papers) <= MAX_PAPERS:
        raise EvidenceError(
            f"The number of papers is {len(papers)}; allowed: 1 to {MAX_PAPERS}, "
            "and the .bib and .bbl files that belong to them, by name."
        )
    wanted = None if cites is None else _asked(cites)
    companions = {path.name: _bytes(path) for path in paths if path not in papers}
    # Only now: the parser's help has no need of what reads papers.
    from lgm_core.evidence.reading.read import read_paper

    found = []
    for path in tqdm(papers, unit=" papers", file=sys.stderr, disable=len(papers) == 1):
        found.append((str(path), read_paper(_bytes(path), path.name, companions)))
    statements = _judged(found, wanted)
    for name, paper in found:
        for note in paper.notes:
            print(_plain(f"{name}: {note}"), file=sys.stderr)
    if wanted is not None and not statements:
        print(_plain(f"Nothing here cites {cites!r:.100}."), file=sys.stderr)
    tally = Counter(row["label"] for row in statements)
    counts = {label: tally[label] for label in LABELS}
    if as_json:
        heads = [_head(name, paper) for name, paper in found]
        print(json.dumps({"papers": heads, "statements": statements, "tally": counts}))
        return 0
    for row in statements:
        print(_plain(_line(row)))
    print(", ".join(f"{count} {label}" for label, count in counts.items()))
    return 0


def train(words: Sequence[str], *, as_json: bool) -> int:
    """Trains the classifier and prints its figures; returns the exit code.

    Raises:
        EvidenceError: for a file that cannot be read or is in another form.
    """
    from lgm_core.evidence.classify.training import train_and_report

    report = train_and_report([Path(word) for word in words])
    if as_json:
        print(json.dumps(report, allow_nan=False))
    else:
        print(
            f"trained on {report['trained_on']:,} statements; of {report['held_out']:,} held out: "
            f"macro F1 {report['macro_f1']:.3f}, calibration error {report['ece']:.3f} "
            f"(keywords {report['keyword_macro_f1']:.3f}, "
            f"majority {report['majority_macro_f1']:.3f})"
        )
    return 0


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            # One byte more than allowed, so that the reader says what is wrong.
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no path"
        raise EvidenceError(f"{str(path)!r:.100} cannot be read: {reason}.") from None


def _asked(text: str) -> Reference:
    """The work that a title, DOI or arXiv id means."""
    if not text.strip() or len(text) > _MAX_ASKED:
        raise EvidenceError(
            f"--cites has {len(text)} characters; allowed: a title, DOI or arXiv id of 1 to "
            f"{_MAX_ASKED}."
        )
    doi, arxiv = find_doi(text), clean_arxiv(text) or find_arxiv(text)
    return Reference("asked", None if doi or arxiv else text.strip(), doi=doi, arxiv=arxiv)


def _judged(papers: Sequence[tuple[str, Paper]], wanted: Reference | None) -> list[dict[str, Any]]:
    """A row for each citation, in the order of the papers and their text."""
    from lgm_core.evidence.classify.context import contexts_of
    from lgm_core.evidence.classify.own import the_classifier

    kept = _citing(papers, wanted)
    rows: list[dict[str, Any]] = []
    contexts = []
    for name, paper in papers:
        references = {reference.key: reference for reference in paper.references}
        for statement in paper.statements:
            for citation, context in zip(statement.citations, contexts_of(statement), strict=True):
                reference = references.get(citation.key, Reference(citation.key))
                if (name, citation.key) not in kept:
                    continue
                contexts.append(context)
                rows.append({
                    "file": name,
                    "section": statement.section,
                    "heading": statement.heading,
                    "before": statement.before,
                    "sentence": statement.sentence,
                    "after": statement.after,
                    "marker": statement.sentence[citation.marker.start : citation.marker.end],
                    "reference": asdict(reference),
                })  # fmt: skip
    if not rows:  # nothing to wait for
        return rows
    for row, verdict in zip(rows, the_classifier().classify(contexts), strict=True):
        row["label"] = verdict.label
        row["probability"] = round(verdict.probability, 4)
        row["words"] = [row["sentence"][start:end] for start, end in verdict.words]
    return rows


def _citing(papers: Sequence[tuple[str, Paper]], wanted: Reference | None) -> set[tuple[str, str]]:
    """File and key of every reference to the work asked for, or of every citation."""
    if wanted is None:
        return {
            (name, citation.key)
            for name, paper in papers
            for statement in paper.statements
            for citation in statement.citations
        }
    from lgm_core.evidence.works import Works, normal_title

    works = Works()
    meant = works.identify(wanted)
    met = [
        (name, reference, works.identify(reference))
        for name, paper in papers
        for reference in paper.references
    ]
    # Of a short title the works want to know the author too; whoever typed it means it.
    title = normal_title(wanted.title or "")
    same = {
        works.canonical(work)
        for _, reference, work in met
        if title and normal_title(reference.title or "") == title
    } | {works.canonical(meant)}
    return {(name, ref.key) for name, ref, work in met if works.canonical(work) in same}


def _head(name: str, paper: Paper) -> dict[str, Any]:
    fields = ("format", "title", "authors", "year", "doi", "arxiv", "notes")
    return {"file": name, **{field: getattr(paper, field) for field in fields}} | {
        "references": len(paper.references)
    }


def _line(row: dict[str, Any]) -> str:
    reference = row["reference"]
    author = reference["authors"][0].split(",")[0] if reference["authors"] else ""
    known = (author, str(reference["year"] or ""), reference["title"] or reference["text"][:120])
    work = " ".join(word for word in known if word) or reference["key"]
    return (
        f"{row['label']} ({row['probability']:.2f}), {row['section']}, of {work}: {row['sentence']}"
    )


def _plain(text: str) -> str:
    """A stranger's text for a terminal: no control characters, nothing it cannot show."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    coding = sys.stdout.encoding or "utf-8"
    return shown.encode(coding, "replace").decode(coding)
