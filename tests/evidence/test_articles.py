"""The project's own articles say the same in every format, and what they say was measured."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

from lgm_core.evidence.articles import SHIPPED, article, article_files, article_ids
from lgm_core.evidence.paper import EvidenceError, Format, Paper, Reference, Statement
from lgm_core.evidence.reading.read import read_paper
from scripts.articles.figures import broken, filled, results_cells, values
from scripts.make_articles import CORPUS, FIGURES, RESULTS, SOURCES, articles, rendered

EXACT: tuple[Format, ...] = ("jats", "latex", "markdown")
PDF_SHARE = 0.95
PDF_STATEMENTS = 149  #: read from the PDFs with section and references right, of 149
TOKEN = "[*]"
_HELD = r"(?:see |cf\. |e\.g\., )?\[\*\](?:[,;\s]*\[\*\])*"

#: Sentence, section, and for each marker the references that it points to.
Said = tuple[str, str, tuple[frozenset[str], ...]]


@cache
def gold(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(article_files(name)["statements.json"])
    return found


@cache
def read(name: str, form: Format) -> Paper:
    filename, data, companions = article(name, form)
    return read_paper(data, filename, companions)


def plain(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


def normal(text: str, names: list[str]) -> str:
    """Markers as one token each, whatever stood around it; narrative names belong to it."""
    text = " ".join(text.split())
    for _ in range(3):
        text = re.sub(rf"\({_HELD}\)|\[{_HELD}\]|{_HELD}", TOKEN, text)
        for name in names:
            text = text.replace(f"{name} {TOKEN}", TOKEN)
    return text


def key_of(reference: Reference, name: str) -> str:
    """The gold's key of a reference that a reader has found, by its title."""
    said = plain(reference.title or "") + plain(reference.text)
    found = [one["key"] for one in gold(name)["references"] if plain(one["title"]) in said]
    return found[0] if len(found) == 1 else f"unknown: {reference.key}"


def expected(name: str) -> list[Said]:
    names = [one["names"] for one in gold(name)["references"]]
    return [
        (
            normal(one["sentence"], names),
            one["section"],
            tuple(frozenset(keys) for keys in one["keys"]),
        )
        for one in gold(name)["statements"]
    ]


def shown(statement: Statement, names: list[str]) -> str:
    text, done = "", 0
    for marker in sorted({one.marker for one in statement.citations}, key=lambda one: one.start):
        text += statement.sentence[done : marker.start] + TOKEN
        done = marker.end
    return normal(text + statement.sentence[done:], names)


def said(name: str, form: Format) -> list[Said]:
    paper = read(name, form)
    names = [one["names"] for one in gold(name)["references"]]
    keys = {reference.key: key_of(reference, name) for reference in paper.references}
    found: list[Said] = []
    for statement in paper.statements:
        markers: dict[tuple[int, int], set[str]] = {}
        for one in statement.citations:
            place = (one.marker.start, one.marker.end)
            markers.setdefault(place, set()).add(keys.get(one.key, f"unlisted: {one.key}"))
        ordered = tuple(frozenset(markers[place]) for place in sorted(markers))
        found.append((shown(statement, names), statement.section, ordered))
    return found


@pytest.mark.parametrize("form", EXACT)
@pytest.mark.parametrize("name", article_ids())
def test_every_statement_and_its_references_are_read(name: str, form: Format) -> None:
    assert said(name, form) == expected(name)


@pytest.mark.parametrize("name", article_ids())
def test_the_four_formats_give_the_same_statements(name: str) -> None:
    # Those of the PDF that are read otherwise are counted over all articles, below.
    first, *others = (said(name, form) for form in EXACT)
    assert all(other == first for other in others)
    assert len(read(name, "pdf").statements) == len(first)


def test_nearly_every_statement_is_read_from_the_pdfs_and_none_is_invented() -> None:
    wanted = {name: Counter(expected(name)) for name in article_ids()}
    found = {name: Counter(said(name, "pdf")) for name in article_ids()}
    right = sum((wanted[name] & found[name]).total() for name in article_ids())
    invented = {name: list((found[name] - wanted[name]).elements()) for name in article_ids()}
    assert {name: wrong for name, wrong in invented.items() if wrong} == {}
    assert right >= PDF_SHARE * sum(counter.total() for counter in wanted.values())
    # What is read at present; a fall is to be explained, within the bar above.
    assert right == PDF_STATEMENTS


@pytest.mark.parametrize("form", EXACT)
@pytest.mark.parametrize("name", article_ids())
def test_neighbours_are_those_of_the_paragraph(name: str, form: Format) -> None:
    names = [one["names"] for one in gold(name)["references"]]
    statements = read(name, form).statements
    citing = {one.sentence: shown(one, names) for one in statements}
    for statement, one in zip(statements, gold(name)["statements"], strict=True):
        for neighbour, wanted in (
            (statement.before, one["before"]),
            (statement.after, one["after"]),
        ):
            found = citing.get(neighbour, " ".join(neighbour.split()))
            assert found == normal(wanted, names)


@pytest.mark.parametrize("form", (*EXACT, "pdf"))
@pytest.mark.parametrize("name", article_ids())
def test_title_and_year_are_read(name: str, form: Format) -> None:
    paper = read(name, form)
    assert (paper.title, paper.year) == (gold(name)["title"], gold(name)["year"])


@pytest.mark.parametrize("form", EXACT)
@pytest.mark.parametrize("name", article_ids())
def test_references_are_read(name: str, form: Format) -> None:
    paper = read(name, form)
    assert listed(paper, name) == {facts(one) for one in gold(name)["references"]}


def test_nearly_every_reference_is_read_from_the_pdfs() -> None:
    wanted = {name: {facts(one) for one in gold(name)["references"]} for name in article_ids()}
    missed = {name: wanted[name] - listed(read(name, "pdf"), name) for name in article_ids()}
    assert sum(map(len, missed.values())) <= (1 - PDF_SHARE) * sum(map(len, wanted.values())), (
        missed
    )


def facts(one: dict[str, Any]) -> tuple[str, int, str | None, str | None]:
    return one["key"], one["year"], one["doi"], one["arxiv"]


def listed(paper: Paper, name: str) -> set[tuple[str, int | None, str | None, str | None]]:
    return {(key_of(one, name), one.year, one.doi, one.arxiv) for one in paper.references}


@pytest.mark.parametrize("name", article_ids())
def test_an_article_says_what_it_is(name: str) -> None:
    notice = gold(name)["notice"]
    assert "written for this project" in notice
    assert "not a peer-reviewed publication" in notice
    kept = article_files(name)
    for form in EXACT:
        filename, data, _ = article(name, form)
        # At its top and in its metadata.
        assert data.decode().count(notice) >= 2, filename
    assert kept["article.pdf"].startswith(b"%PDF-")
    citing = sum(bool(one["keys"]) for one in gold(name)["statements"])
    assert 14 <= citing <= 24


def test_files_are_those_of_the_sources() -> None:
    made = {one.id: rendered(one) for one in articles()}
    assert tuple(made) == article_ids()
    for name, kept in made.items():
        assert article_files(name) == kept, f"{name}: python -m scripts.make_articles"


def test_figures_are_those_that_were_measured() -> None:
    cells = results_cells(RESULTS.read_text(encoding="utf-8"))
    entries = tomllib.loads(FIGURES.read_text(encoding="utf-8"))
    linked = {key: one for key, one in entries.items() if "cell" in one}
    assert len(linked) > 30
    assert {key: one["value"] for key, one in linked.items()} == {
        key: cells[one["cell"]] for key, one in linked.items()
    }, "python -m scripts.make_articles"


def test_a_sentence_that_the_figures_do_not_bear_out_is_noticed() -> None:
    figures = values(FIGURES)
    left, right = "pgd_0.2_lgm_likelihood", "pgd_0.2_softmax_energy"
    assert broken([f"{left} > {right}", f"{left} < 1"], figures) == []
    assert broken([f"{left} < {right}"], figures) == [f"{left} < {right}"]
    assert filled("{{" + left + "}} %", figures) == f"{figures[left]} %"


def test_every_figure_is_quoted_or_compared() -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in other_sources())
    used = set(re.findall(r"[\w.]+", texts))
    assert [key for key in values(FIGURES) if key not in used] == []


def other_sources() -> list[Path]:
    return [path for path in SOURCES.glob("*.toml") if path.stem not in {"figures", "works"}]


def test_the_page_opens_two_articles_in_each_format() -> None:
    assert Counter(SHIPPED.values()) == dict.fromkeys((*EXACT, "pdf"), 2)
    assert {gold(name)["columns"] for name in SHIPPED if SHIPPED[name] == "pdf"} == {1, 2}
    assert Counter(gold(name)["columns"] for name in article_ids()) == {1: 4, 2: 4}
    assert Counter(gold(name)["style"] for name in article_ids()) == {
        "numeric": 4,
        "author-year": 4,
    }


def test_the_articles_discuss_the_two_papers_and_each_other() -> None:
    cited = Counter(one["key"] for name in article_ids() for one in gold(name)["references"])
    assert cited["wan2018"] == 8
    assert cited["zhong2017"] >= 2
    assert sum(count for key, count in cited.items() if key.startswith("lab20")) >= 8
    roles = Counter(
        role for name in article_ids() for one in gold(name)["statements"] for role in one["roles"]
    )
    assert min(roles.values()) >= 20


def test_the_corpus_is_small() -> None:
    assert sum(path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()) < 1_000_000


def test_unknown_articles_and_formats_are_named() -> None:
    with pytest.raises(EvidenceError, match=r"'\.\./paper'; allowed: fgsm"):
        article_files("../paper")
    with pytest.raises(EvidenceError, match="'tei'; allowed: jats, latex, markdown, pdf"):
        article("fgsm", "tei")
    assert {"jats", "latex", "markdown", "pdf"} <= set(get_args(Format))
