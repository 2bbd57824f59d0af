"""The year of a paper, and authors that are organisations, as the first lines tell them."""

from __future__ import annotations

import datetime
import time

import pytest

from lgm_core.evidence.reading.front_year import year_of
from lgm_core.evidence.reading.groups import is_group
from lgm_core.evidence.reading.plain import read_text

FRONT = [
    (["Notes of the Group, edition of 2024"], 2024),
    (["2024"], 2024),
    (["2021-03-12"], 2021),
    (["March 2021"], 2021),
    (["Published 12 March 2021"], 2021),
    (["12.03.2021"], 2021),
    (["Received 4 May 2020; accepted 2 January 2021"], 2021),
    (["Received 4 May 2020", "accepted 2 January 2021", "1900"], 2021),
    (["© 2019 IEEE"], 2019),
    (["arXiv:1907.02003v2 [cs.CV] 8 Mar 2018"], 2018),
    (["Journal of Tests 54 (2011) 313-327"], 2011),
    (["Vol. 12, No. 3, 2015, pp. 2001-2010"], 2015),
    (["32nd Conference on Tests (TEST 2018), Montreal"], 2018),
    (["arXiv:2010.02136v2"], None),
    (["doi:10.1109/cvpr.2018.00950"], None),
    (["School of Tests, 2006 Main Street", "Sydney, NSW 2006, Australia", "1090 Wien"], None),
    (["We went there from 1999 to 2003", "they may 2000 times"], None),
    (["Published 1203", "Conference of 2099"], None),
    ([], None),
]
BELOW = [
    ("Learning, PMLR 139, 2021. Copyright 2021 by the author(s).", 2021),
    ("Received 12 May 2020 / Accepted 3 June 2021", 2021),
    ("Published online: 2019-03-01", 2019),
    ("Accepted: July 2, 2018", 2018),
    ("© The Author(s) 2020", 2020),
    ("the results were\npublished in 2015 by Smith", None),
    ("The picture is © 2015 NASA", None),
    ("Accepted networks of 2015 were", None),
    ("At the conference in May 2015 it was said", None),
]


@pytest.mark.parametrize(("lines", "year"), FRONT)
def test_years_around_the_title(lines: list[str], year: int | None) -> None:
    assert year_of(lines) == year


@pytest.mark.parametrize(("text", "year"), BELOW)
def test_below_the_abstract_only_notices_count(text: str, year: int | None) -> None:
    assert year_of([], text.split("\n")) == year


def test_years_to_come_are_left_aside_but_for_the_next() -> None:
    this = datetime.date.today().year
    assert year_of([f"Published {this + 1}"]) == this + 1
    assert year_of([f"Published {this + 2}"]) is None


def test_a_year_in_a_title_or_an_abstract_is_not_that_of_the_paper() -> None:
    prose = "a line of the abstract speaks of the conference of 2012 and of its journal\n" * 4
    text = f"The Journal of 2015 Revisited\n\nJane Doe\n\n{prose}\n1. Introduction\n\nIt is.\n"
    document = read_text(text.encode())
    assert (document.title, document.year) == ("The Journal of 2015 Revisited", None)
    dated = read_text(text.replace("Jane Doe", "Jane Doe\nMay 5, 2016").encode())
    assert dated.year == 2016


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("L-GM Lab Project", ("L-GM Lab Project",)),
        ("World Health Organization", ("World Health Organization",)),
        ("OpenAI", ("OpenAI",)),
        ("Jane Doe and the rest", ()),
        ("Jane Doe and Open Science Collaboration", ("Doe, Jane", "Open Science Collaboration")),
        ("Stanford University\nJane Doe", ("Doe, Jane",)),
        ("Stanford University", ()),
    ],
)
def test_organisations_are_not_turned_round(line: str, authors: tuple[str, ...]) -> None:
    text = f"On Margins\n\n{line}\n\nAbstract\n\nIt is.\n"
    assert read_text(text.encode()).authors == authors


@pytest.mark.parametrize(
    "name", ["Jane Doe", "Lee McCarthy", "McCarthy", "Jean-Luc Doe", "Wan, W."]
)
def test_persons_are_no_organisations(name: str) -> None:
    assert not is_group(name)


@pytest.mark.parametrize("unit", ["aA", "May ", "1 (", "12.", "© ", "Published ", "A of ", "2 "])
def test_strange_fronts_take_no_time(unit: str) -> None:
    begun = time.process_time()
    read_text(f"On Margins\n\n{unit * 20_000}!\n\nAbstract\n\n{unit * 20_000}".encode())
    assert time.process_time() - begun < 2.0
