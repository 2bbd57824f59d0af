from __future__ import annotations

import pytest

from lgm_core.evidence.indexes.europepmc import EuropePmc
from lgm_core.evidence.indexes.http import Web
from lgm_core.evidence.indexes.identifiers import parse
from lgm_core.evidence.indexes.problems import IndexesError, NotIndexedError
from lgm_core.evidence.indexes.work import IndexedWork
from tests.evidence.index_server import pmc_page, pmc_work, serving

DOI = parse("10.1000/Work.7")
JATS = b"<?xml version='1.0'?><article><front/><body><p>Text.</p></body></article>"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LGM_CACHE_DIR", str(tmp_path))


def index(server):
    return EuropePmc(server.url + "/rest", web=Web([server.url], interval=0))


def test_a_work_is_found_by_its_doi():
    with serving(lambda question: question.send(pmc_page([pmc_work(6), pmc_work(7)]))) as server:
        assert index(server).work(DOI) == IndexedWork(
            id="MED:7",
            title="Margins in medicine, part 7",
            authors=("Lee, A", "van Dam, B"),
            year=2021,
            venue="J Margins",
            doi="10.1000/work.7",
            pmcid="PMC7",
            open_access_url="https://europepmc.org/articles/PMC7",
            cited_by_count=3,
        )
        with pytest.raises(NotIndexedError, match=r"^Europe PMC does not list 10\.1000/other\.$"):
            index(server).work(parse("10.1000/other"))
    assert server.paths[0] == "/rest/search"
    query = server.asked[0].query
    assert (query["query"], query["format"]) == ('DOI:"10.1000/work.7"', "json")


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("arXiv:1803.02988", 'DOI:"10.48550/arxiv.1803.02988"'),
        ('A title "OR" this', 'TITLE:"A title  OR  this"'),
    ],
)
def test_what_is_asked_for_other_identifiers(typed, query):
    with (
        serving(lambda question: question.send(pmc_page([]))) as server,
        pytest.raises(NotIndexedError),
    ):
        index(server).work(parse(typed))
    assert server.asked[0].query["query"] == query


def test_what_is_missing_or_odd_is_none():
    works = [
        {"id": "PPR12", "source": "PPR"},
        pmc_work(7, pubYear="soon", pmcid="../PMC7", title=None, citedByCount=-2, doi="none"),
        {"id": "../..", "source": "MED"},
        {"title": "without an id"},
        None,
    ]
    with serving(lambda question: question.send(pmc_page(works))) as server:
        assert index(server).work(parse("A title of words")) == IndexedWork(
            id="PPR:PPR12", title="(without a title)"
        )
        assert index(server).find(["10.1000/work.7"]) == {}


def test_many_dois_are_looked_up_twenty_at_once():
    def answer(question):
        asked = question.query["query"].split(" OR ")
        assert len(asked) <= 20
        numbers = [int(one.rstrip('"').rsplit(".", 1)[-1]) for one in asked]
        # One that nobody asked for is sent along.
        question.send(pmc_page([pmc_work(number) for number in [*numbers, 99] if number % 2]))

    dois = [f"10.1000/work.{number}" for number in range(45)]
    with serving(answer) as server:
        found = index(server).find([*dois, dois[0]])
        assert index(server).find([]) == {}
    assert len(server.asked) == 3
    assert {doi: work.pmcid for doi, work in found.items()} == {
        f"10.1000/work.{number}": f"PMC{number}" for number in range(1, 45, 2)
    }


def citing(total):
    works = [pmc_work(100 + number) for number in range(total)]

    def answer(question):
        query = question.query
        if not query["query"].startswith("CITES"):
            return question.send(pmc_page([pmc_work(7)]))
        start = 0 if query["cursorMark"] == "*" else int(query["cursorMark"])
        size = int(query["pageSize"])
        following = str(min(start + size, total))
        return question.send(pmc_page(works[start : start + size], following))

    return serving(answer)


@pytest.mark.parametrize("total", [0, 3, 100, 230])
@pytest.mark.parametrize("limit", [1, 100, 101, 500])
def test_citing_works_are_paged(total, limit):
    with citing(total) as server:
        works = index(server).citing(DOI, limit)
    assert [work.id for work in works] == [f"MED:{100 + n}" for n in range(min(total, limit))]
    lists = [question.query for question in server.asked[1:]]
    assert {(query["query"], query["sort"]) for query in lists} == {("CITES:7_MED", "CITED desc")}
    assert len(lists) <= -(-min(limit, total + 1) // 100) + 1


def test_an_error_that_comes_as_a_success_is_told_and_not_kept():
    error = {"errCode": 404, "errMsg": "Invalid page size provided."}
    with serving(lambda question: question.send(error)) as server:
        for _ in range(2):
            with pytest.raises(IndexesError, match="damaged or of an unknown form"):
                index(server).work(DOI)
    assert len(server.asked) == 2


@pytest.mark.parametrize("limit", [0, 501])
def test_a_limit_that_is_not_allowed_is_told(limit):
    with pytest.raises(IndexesError, match=rf"^{limit} works .*; allowed: 1 to 500\.$"):
        EuropePmc().citing(DOI, limit)


def test_a_full_text_comes_byte_by_byte_and_is_kept():
    with serving(lambda question: question.send(JATS)) as server:
        assert index(server).full_text("PMC5815332") == JATS
        assert index(server).full_text("PMC5815332") == JATS
    assert server.paths == ["/rest/PMC5815332/fullTextXML"]


def test_a_full_text_that_is_not_open_is_told():
    with (
        serving(lambda question: question.send(b"", 404)) as server,
        pytest.raises(NotIndexedError) as error,
    ):
        index(server).full_text("PMC1500000")
    assert str(error.value) == "PMC1500000 is not among Europe PMC's open full texts."


def test_a_page_of_apologies_is_no_full_text():
    with (
        serving(lambda question: question.send(b"<html>Sorry</html>")) as server,
        pytest.raises(IndexesError, match="damaged or of an unknown form"),
    ):
        index(server).full_text("PMC1")


def test_a_full_text_of_more_than_twenty_megabytes_is_refused():
    with (
        serving(lambda question: question.send(b"", Content_Length=21 << 20)) as server,
        pytest.raises(IndexesError, match=r"is longer than 20,971,520 bytes\.$"),
    ):
        index(server).full_text("PMC1")


@pytest.mark.parametrize("pmcid", ["", "5815332", "PMC", "PMC1/../search", "pmc1", "PMC1234567890"])
def test_what_is_no_pmcid_is_not_asked_for(pmcid):
    with (
        serving(lambda question: question.send(JATS)) as server,
        pytest.raises(IndexesError, match="is no PMCID; allowed: PMC and up to 9 digits"),
    ):
        index(server).full_text(pmcid)
    assert server.asked == []
