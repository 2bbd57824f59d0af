"""A 30-page PDF to a judged page, and the lab's articles in four formats against what they say.

The long PDF is two-column text of the lab's own articles, set by reportlab; it is read with the
classifier at hand, as on a server whose page of evidence is open.
"""

from __future__ import annotations

import io
import time
from collections import Counter
from dataclasses import replace

from pypdf import PdfReader

from benchmarks._report import report
from lgm_core.evidence.articles import article_ids
from lgm_core.evidence.classify.own import the_classifier
from lgm_core.evidence.entry import Origin, read_entry
from lgm_core.evidence.paper import Format
from scripts.articles.pdf import article_pdf
from scripts.articles.source import Article
from scripts.make_articles import articles
from tests.evidence.test_articles import expected, said

FORMATS: tuple[Format, ...] = ("jats", "latex", "markdown", "pdf")
PAGES = 30
BARS = {
    "jats_statements": "1.0",
    "latex_statements": "1.0",
    "markdown_statements": "1.0",
    "pdf_statements": ">= 0.95",
    "pdf_30_pages_seconds": "<= 5",
}
_ROUNDS = 3


def long_pdf() -> bytes:
    """At least 30 pages: one article's sections over and over, with one bibliography."""
    first: Article = articles()[0]
    times = 8
    while True:
        data = article_pdf(replace(first, sections=first.sections * times))
        if len(PdfReader(io.BytesIO(data)).pages) >= PAGES:
            return data
        times += 4


def found(form: Format) -> tuple[int, int]:
    """Statements that are read with section and references as their source has them, of all."""
    right = total = 0
    for name in article_ids():
        wanted = Counter(expected(name))
        right += (Counter(said(name, form)) & wanted).total()
        total += wanted.total()
    return right, total


def main() -> None:
    """Measures and reports."""
    began = time.perf_counter()
    the_classifier()
    figures: dict[str, object] = {"fit_seconds": round(time.perf_counter() - began, 2)}
    for form in FORMATS:
        right, total = found(form)
        figures[f"{form}_statements"] = round(right / total, 4)
    data = long_pdf()
    seconds = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        entry = read_entry(data, Origin("long.pdf"))
        seconds.append(time.perf_counter() - began)
    figures |= {
        "pdf_30_pages_seconds": round(sorted(seconds)[_ROUNDS // 2], 2),
        "pdf_statements_judged": len(entry.paper.statements),
    }
    report("papers", figures, BARS)


if __name__ == "__main__":
    main()
