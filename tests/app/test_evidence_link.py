"""The link of the page of evidence: what it holds, and that nothing else gets in by it."""

from __future__ import annotations

import pytest

from app.evidence_link import PageState, filters_of, meanings, name_of, parse, render
from tests.evidence.making import WAN, WEN


def test_the_defaults_make_an_empty_link() -> None:
    assert render(PageState()) == {}
    assert parse({}) == (PageState(), [])


def test_what_a_link_says_is_what_it_was_made_from() -> None:
    filters = {
        "labels": "supporting.mentioning", "section": "results", "sure": "75", "year": "2024",
        "find": 'likelihood "of the digits"',
    }  # fmt: skip
    state = PageState("ledger", "10.1/a b", filters, present=True)
    assert parse(render(state)) == (state, [])


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"view": "<b>"}, "view is <b>; allowed: papers, check, ledger."),
        ({"labels": "supporting.odd"}, "labels is odd; allowed: supporting, contrasting"),
        ({"section": "foo"}, "section is foo; allowed: abstract, introduction"),
        ({"sure": "61"}, "sure is 61; allowed: 60, 75, 90."),
        ({"year": "x" * 500}, "allowed: four digits."),
    ],
)
def test_what_is_not_allowed_is_one_sentence_each(query: dict[str, str], said: str) -> None:
    state, (problem,) = parse(query)
    assert problem.startswith("In the link, ") and said in problem and len(problem) < 160
    assert state.view == "papers" and set(state.filters) <= {"labels"}


def test_filters_have_one_form_whoever_says_them() -> None:
    assert filters_of({"labels": "mentioning.contrasting.supporting", "find": " a "})[0] == {
        "find": "a"
    }
    assert filters_of({"labels": "mentioning.supporting"})[0] == {"labels": "supporting.mentioning"}


def test_a_work_is_named_so_that_the_link_means_it_elsewhere() -> None:
    assert name_of(WAN) == "1803.02988" and name_of(WEN) == WEN.title
    assert [one.doi or one.arxiv or one.title for one in meanings("x")] == ["x", "x", "x"]
