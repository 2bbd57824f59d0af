from __future__ import annotations

import pytest

from lgm_core.evidence.indexes.europepmc import EuropePmc
from lgm_core.evidence.indexes.fetch import Fetched, Trouble, fetch_citing
from lgm_core.evidence.indexes.http import Web
from lgm_core.evidence.indexes.openalex import OpenAlex
from lgm_core.evidence.paper import EvidenceError
from tests.evidence.index_server import (
    alex_page,
    alex_work,
    closed_port,
    pmc_page,
    pmc_work,
    serving,
)

LGM = "https://doi.org/10.1109/CVPR.2018.00950"
PMC_PLACE = [{"landing_page_url": "https://pmc.ncbi.nlm.nih.gov/articles/PMC11/"}]
OFFLINE = "There is no connection to the open indexes; they need the internet."


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LGM_CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("LGM_OPENALEX_KEY", raising=False)


def jats(number):
    return b"<article><body><p>Article %d.</p></body></article>" % number


def world(question):
    """OpenAlex and Europe PMC on one server: 11 and 12 are open, 13 is not, 14 has no copy."""
    path, query = question.path, question.query
    if path == "/works" and "locations.source.id" in query["filter"]:
        return question.send(alex_page([alex_work(11, locations=PMC_PLACE)]))
    if path == "/works":
        return question.send(alex_page([alex_work(number) for number in (12, 11, 13, 14)]))
    if path.startswith("/works/"):
        return question.send(alex_work(5))
    if path == "/search" and query["query"].startswith("CITES"):
        return question.send(pmc_page([pmc_work(12), pmc_work(13)]))
    if path == "/search" and "10.1109" in query["query"]:
        return question.send(pmc_page([pmc_work(5, doi="10.1109/cvpr.2018.00950")]))
    if path == "/search":
        return question.send(pmc_page([pmc_work(12), pmc_work(13)]))
    number = int(path.split("/")[1].removeprefix("PMC"))
    return question.send(jats(number), 404 if number == 13 else 200)


def fetch(alex, pmc, identifier=LGM, **options):
    return fetch_citing(
        identifier,
        openalex=OpenAlex(alex, web=Web([alex], interval=0)),
        europepmc=EuropePmc(pmc, web=Web([pmc], interval=0)),
        **options,
    )


def told(found):
    """Each thing that came: the work's id, and its text or the sentence."""
    return [
        (one.work.id if one.work else None, one.jats if isinstance(one, Fetched) else one.sentence)
        for one in found
    ]


def missing(number):
    return f"“Margins and likelihood, part {number}” (2020) has no open full text in Europe PMC."


def test_each_citing_work_comes_once_with_its_text_or_why_it_has_none():
    seen = []
    with serving(world) as server:
        found = told(fetch(server.url, server.url, progress=lambda *at: seen.append(at)))
    assert found == [
        ("W11", jats(11)),
        ("W12", jats(12)),
        ("W13", missing(13)),
        ("W14", missing(14)),
    ]
    assert seen == [(done, 4) for done in range(5)]
    finds = [one.query["query"] for one in server.asked if one.path == "/search"]
    assert finds == ['DOI:"10.1000/work.12" OR DOI:"10.1000/work.13" OR DOI:"10.1000/work.14"']


def test_no_more_works_come_than_were_asked_for():
    with serving(world) as server:
        assert told(fetch(server.url, server.url, limit=1)) == [("W11", jats(11))]
        assert len(list(fetch(server.url, server.url, limit=2))) == 2


def test_offline_is_said_once_and_nothing_is_raised():
    found = list(fetch(closed_port(), closed_port()))
    assert found == [Trouble(OFFLINE, None, offline=True)]


def test_what_was_kept_comes_without_a_connection():
    with serving(world) as server:
        first = told(fetch(server.url, server.url))
    again = list(fetch(server.url, server.url))
    there = [one for one in again if isinstance(one, Fetched)]
    assert told(there) == first[:2]
    lost = "There is no connection to 127.0.0.1; the open indexes need the internet."
    assert told(again[2:]) == [(None, lost), ("W13", lost), ("W14", missing(14))]
    assert [one.offline for one in again[2:]] == [True, True, False]


def test_europe_pmc_helps_when_openalex_is_out_of_reach():
    with serving(world) as server:
        found = list(fetch(closed_port(), server.url))
    lost = "There is no connection to 127.0.0.1; the open indexes need the internet."
    assert found[0] == Trouble(lost, None, offline=True)
    assert told(found)[1] == ("MED:12", jats(12))
    assert len(found) == 3


def test_works_are_listed_when_europe_pmc_is_out_of_reach():
    with serving(world) as server:
        found = list(fetch(server.url, closed_port()))
    assert found[0].offline
    assert found[0].work is None
    assert [one.work.id for one in found[1:]] == ["W11", "W12", "W13", "W14"]
    assert sum(one.work is None for one in found) == 1


def test_a_paper_that_no_index_lists_is_told():
    def nothing(question):
        if question.path == "/search":
            question.send(pmc_page([]))
        else:
            question.send({}, 404)

    with serving(nothing) as server:
        assert told(fetch(server.url, server.url)) == [
            (None, "OpenAlex does not list 10.1109/cvpr.2018.00950."),
            (None, "Europe PMC does not list 10.1109/cvpr.2018.00950."),
        ]


def test_a_paper_that_nobody_cites_is_told():
    def lonely(question):
        if question.path == "/works":
            question.send(alex_page([]))
        elif question.path == "/search" and question.query["query"].startswith("CITES"):
            question.send(pmc_page([]))
        else:
            world(question)

    with serving(lonely) as server:
        assert told(fetch(server.url, server.url)) == [
            (None, "The open indexes list no work that cites 10.1109/cvpr.2018.00950."),
        ]


def test_a_text_that_is_broken_costs_that_text_alone():
    def broken(question):
        if question.path == "/PMC11/fullTextXML":
            question.send(b"<article>", Content_Length=5000)
        else:
            world(question)

    with serving(broken) as server:
        found = told(fetch(server.url, server.url))
    assert found[0] == (
        "W11",
        "“Margins and likelihood, part 11” (2020) could not be fetched: "
        "The connection to 127.0.0.1 broke.",
    )
    assert found[1] == ("W12", jats(12))


@pytest.mark.parametrize("after", [0, 1, 2])
def test_nothing_is_asked_once_it_is_cancelled(after):
    with serving(world) as server:
        found = []
        for one in fetch(server.url, server.url, cancelled=lambda: len(found) >= after):
            found.append(one)
        assert len(found) == after
        assert sum(path.endswith("fullTextXML") for path in server.paths) == after
        if after == 0:
            assert server.asked == []


@pytest.mark.parametrize(
    ("identifier", "limit", "sentence"),
    [("banana", 5, "'banana' names no paper"), (LGM, 0, "0 works"), (LGM, 501, "501 works")],
)
def test_what_is_not_allowed_is_raised_at_once(identifier, limit, sentence):
    with pytest.raises(EvidenceError, match=f"^{sentence}.*allowed: "):
        fetch_citing(identifier, limit=limit)
