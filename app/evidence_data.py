"""What the evidence panel is given: works, statements, references and claims as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from app.broadcast import base_path
from app.evidence_link import name_of
from lgm_core.evidence.claim import Claim, load_claims
from lgm_core.evidence.collection import Cited, CitedWork, Collection, Tally, tally
from lgm_core.evidence.entry import Entry
from lgm_core.evidence.literature import aside_id, literature
from lgm_core.evidence.measure import Row
from lgm_core.evidence.paper import Reference
from lgm_core.evidence.works import works_equal

#: Statements of one work that a browser is given.
MOST_STATEMENTS = 1000
#: Statements about one of a manuscript's references, and about all of them together.
_MOST_ABOUT_ONE, _MOST_ABOUT_ALL = 100, 3000
#: Works in the list.
MOST_WORKS = 400
#: Characters of a sentence that are shown; what was not split may be a whole page.
_LONGEST = 1500
_LONGEST_BESIDE = 400
_LONGEST_TITLE = 300
_MOST_AUTHORS = 8
#: Statements of one claim that a browser is given.
_MOST_ABOUT = 60
#: A manuscript's author wants to know what speaks against a reference first.
_WORTH_READING = {"contrasting": 0, "supporting": 1, "mentioning": 2}


def work_row(work: CitedWork) -> dict[str, Any]:
    """A work as the list shows it."""
    reference = work.reference
    return {
        "id": work.id,
        "title": title_of(reference),
        "year": reference.year,
        "first": _family(reference),
        "tally": _counts(work.tally),
    }


def work_page(work: CitedWork) -> dict[str, Any]:
    """A work with every statement about it."""
    reference = work.reference
    about_it = (_authors(reference), reference.venue, str(reference.year or ""))
    statements = sorted(work.statements, key=lambda cited: -(cited.entry.paper.year or 0))
    return {
        "id": work.id,
        "title": title_of(reference),
        "about": _short(" · ".join(filter(None, about_it)), _LONGEST_TITLE),
        "url": url_of(reference),
        "name": name_of(reference),
        "statements": [statement(cited) for cited in statements[:MOST_STATEMENTS]],
        "beyond": len(statements) if len(statements) > MOST_STATEMENTS else 0,
    }


def checked(entry: Entry, collection: Collection) -> dict[str, Any]:
    """A manuscript's references with what the collection says of each, contrasted ones first.

    What it says itself is no evidence about its references, also where it is among the papers.
    A work that it lists twice is there once.
    """
    itself = {entry.id} | {
        one.id for one in collection.entries if works_equal(one.reference, entry.reference)
    }
    rows: list[dict[str, Any]] = []
    known: set[str] = set()
    room = _MOST_ABOUT_ALL
    for reference in entry.paper.references:
        work = collection.work(reference)
        if work and work.id in known:
            continue
        known |= {work.id} if work else set()
        said = [cited for cited in work.statements if cited.entry.id not in itself] if work else []
        said.sort(key=lambda cited: (_WORTH_READING[cited.label], -cited.verdict.probability))
        year = str(reference.year or "")
        about_it = (_family(reference), reference.venue, year)
        rows.append(
            {
                "title": title_of(reference),
                "about": _short(" · ".join(filter(None, about_it)), _LONGEST_TITLE),
                "tally": _counts(tally(said)),
                "statements": [statement(cited) for cited in said[: min(_MOST_ABOUT_ONE, room)]],
            }
        )
        room -= len(rows[-1]["statements"])
    return {
        "title": _short(entry.paper.title or entry.origin.name, _LONGEST_TITLE),
        "notes": list(entry.paper.notes),
        "references": sorted(rows, key=_contrasted_first),
    }


def ledger(
    rows: Sequence[Row], collection: Collection, token: str, aside: Sequence[str] = ()
) -> dict[str, Any]:
    """Every claim with the literature, and the rows measured so far."""
    return {
        "token": token,
        "claims": [_claim(claim, collection, aside) for claim in load_claims()],
        "rows": [row_data(row) for row in rows],
    }


def row_data(row: Row) -> dict[str, Any]:
    """A measured row, with links to what it was measured on."""
    keys = ("claim_id", "variant", "statistic", "unit", "seeds", "values", "mean", "interval")
    told = row.model_dump(mode="json")
    return {key: told[key] for key in (*keys, "verdict", "reason")} | {
        "told": _settings_in_words(row.settings),
        "links": _links(row),
    }


def statement(cited: Cited) -> dict[str, Any]:
    """A statement as a card shows it."""
    said, paper = cited.statement, cited.entry.paper
    marker = (cited.citation.marker.start, cited.citation.marker.end)
    start, end = _window(len(said.sentence), marker)
    spans = [_shifted(span, start, end) for span in (marker, *cited.verdict.words)]
    return {
        "id": cited.id,
        "sentence": said.sentence[start:end],
        "before": _short(said.before, _LONGEST_BESIDE),
        "after": _short(said.after, _LONGEST_BESIDE),
        "section": said.section,
        "heading": _short(said.heading, 80),
        "marker": spans[0],
        "words": [span for span in spans[1:] if span[0] < span[1]],
        "label": cited.label,
        "judged": cited.verdict.label,
        "probability": round(cited.verdict.probability, 4),
        "relabelled": cited.label != cited.verdict.label,
        "year": paper.year,
        "source": {
            "title": _short(paper.title or cited.entry.origin.name, _LONGEST_TITLE),
            "year": paper.year,
            "url": cited.entry.origin.url or url_of(cited.entry.reference),
            "project": cited.entry.origin.project,
        },
    }


def title_of(reference: Reference) -> str:
    """What a work is called; its printed entry where it has no title."""
    told = reference.title or reference.text or reference.key or "Without a title"
    return _short(told, _LONGEST_TITLE)


def url_of(reference: Reference) -> str | None:
    """Where a work can be found, by its identifier alone."""
    if reference.doi:
        return "https://doi.org/" + quote(reference.doi, safe="/().;:-_")
    return "https://arxiv.org/abs/" + quote(reference.arxiv, safe="/.") if reference.arxiv else None


def _claim(claim: Claim, collection: Collection, aside: Sequence[str]) -> dict[str, Any]:
    def shown(found: Sequence[Cited]) -> list[dict[str, Any]]:
        return [
            statement(cited) | {"aside": aside_id(claim, cited)} for cited in found[:_MOST_ABOUT]
        ]

    said = literature(claim, collection, aside)
    families = ", ".join(author.split(",")[0] for author in claim.work.authors)
    return {
        "id": claim.id,
        "statement": claim.statement,
        "source": f"{families}: {claim.work.title}, {claim.work.venue} {claim.work.year}",
        "why": claim.why,
        "variants": [
            {
                "name": variant.name,
                "seconds": variant.seconds,
                "unit": variant.unit,
                "rule": variant.rule.model_dump(),
            }
            for variant in claim.variants
        ],
        "tally": _counts(tally(said.statements)),
        "statements": shown(said.statements),
        "aside": shown(said.aside),
    }


def _links(row: Row) -> list[dict[str, str]]:
    """A replay of each seed's runs side by side, and the pair on the page that attacks it."""
    base = base_path()
    faces = all("people" in run for run in row.settings["runs"].values())
    links = []
    for seed, ids in zip(row.seeds, zip(*row.run_ids.values(), strict=True), strict=True):
        left, right = ids[-1], ids[0]  # the run that the claim speaks well of stands right
        if faces:
            href = f"{base}/lab/faces.html?" + urlencode({"runs": ".".join((left, right))})
        else:
            href = f"{base}/lab/animation.html?" + urlencode({"left": left, "right": right})
        links.append({"label": f"replay of seed {seed}", "href": href})
        if row.settings["studies"] and len(ids) == 2:
            query = urlencode({"models": f"{left}.{right}"})
            links.append({"label": f"attack seed {seed}", "href": f"{base}/strange-inputs?{query}"})
    return links


def _settings_in_words(settings: Mapping[str, Any]) -> str:
    """Every setting by its public name: what all runs share once, then what tells them apart."""
    runs: dict[str, dict[str, Any]] = settings["runs"]
    first = next(iter(runs.values()))
    shared = {k: v for k, v in first.items() if all(run.get(k) == v for run in runs.values())}
    parts = ["Shared: " + _pairs(shared)] if len(runs) > 1 else []
    for label, run in runs.items():
        own = {k: v for k, v in run.items() if len(runs) == 1 or k not in shared}
        if own:
            parts.append(f"{label}: {_pairs(own)}")
    parts += [f"{label}: {_pairs(study)}" for label, study in settings["studies"].items()]
    return "; ".join(parts) + "."


def _pairs(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _contrasted_first(row: Mapping[str, Any]) -> tuple[int, int]:
    return -row["tally"][1], -sum(row["tally"])


def _counts(found: Tally) -> list[int]:
    return [found.supporting, found.contrasting, found.mentioning]


def _authors(reference: Reference) -> str:
    """ "Weitao Wan, Yuanyi Zhong", as people are called, so that each comma parts two of them."""
    names = [
        " ".join(filter(None, (part.strip() for part in reversed(author.split(",", 1)))))
        for author in reference.authors[:_MOST_AUTHORS]
    ]
    return ", ".join(names) + (" et al." if len(reference.authors) > _MOST_AUTHORS else "")


def _family(reference: Reference) -> str:
    first = reference.authors[0].split(",")[0] if reference.authors else ""
    return _short(first + (" et al." if len(reference.authors) > 1 else ""), 60)


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _window(length: int, marker: tuple[int, int]) -> tuple[int, int]:
    """The part of a sentence that is shown: all of it, or what lies around its marker."""
    if length <= _LONGEST:
        return 0, length
    start = max(0, min(marker[0] - _LONGEST // 2, length - _LONGEST))
    return start, start + _LONGEST


def _shifted(span: tuple[int, int], start: int, end: int) -> list[int]:
    low, high = max(span[0], start), min(span[1], end)
    return [low - start, max(low, high) - start]
