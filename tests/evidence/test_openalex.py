from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgm_core.evidence.indexes.http import Web
from lgm_core.evidence.indexes.identifiers import parse
from lgm_core.evidence.indexes.openalex import OpenAlex
from lgm_core.evidence.indexes.openalex_records import abstract
from lgm_core.evidence.indexes.problems import IndexesError, NotIndexedError, RefusedError
from lgm_core.evidence.indexes.work import IndexedWork
from tests.evidence.index_server import alex_page, alex_work, serving

LGM = parse("10.1109/CVPR.2018.00950")


@pytest.fixture(autouse=True)
def clean(tmp_path, monkeypatch):
    monkeypatch.setenv("LGM_CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("LGM_OPENALEX_KEY", raising=False)


def index(server, **options):
    return OpenAlex(server.url, web=Web([server.url], interval=0), **options)


def work_of(record, identifier=LGM):
    with serving(lambda question: question.send(record)) as server:
        work = index(server).work(identifier)
    assert server.paths == ["/works/doi:10.1109/cvpr.2018.00950"]
    assert "abstract_inverted_index" in server.asked[0].query["select"]
    return work


def test_a_work_is_read_whole():
    assert work_of(alex_work(5)) == IndexedWork(
        id="W5",
        title="Margins and likelihood, part 5",
        authors=("Lee, Ann", "van Dam, Bo"),
        year=2020,
        venue="Journal of Margins",
        doi="10.1000/work.5",
        arxiv=None,
        pmcid=None,
        open_access_url="https://example.org/a.pdf",
        cited_by_count=7,
        abstract="We measure margins and margins",
    )


def test_what_is_missing_is_none():
    work = work_of({"id": "https://openalex.org/W5"})
    assert work == IndexedWork(id="W5", title="(without a title)")


@pytest.mark.parametrize("value", [None, 3, "text", [], [None], {"a": []}, [[1]], -5, 10**30])
def test_an_odd_field_costs_no_work(value):
    odd = {key: value for key in alex_work(5) if key != "id"}
    work = work_of(odd | {"id": "W5"})
    assert work.id == "W5"
    assert work.year is None
    assert (work.doi, work.pmcid, work.open_access_url) == (None, None, None)


@pytest.mark.parametrize(
    ("places", "arxiv", "pmcid"),
    [
        (["https://arxiv.org/abs/1803.02988v2"], "1803.02988", None),
        (["http://arxiv.org/list/cs.CV", "http://arxiv.org/pdf/1803.02988"], "1803.02988", None),
        (["https://www.ncbi.nlm.nih.gov/pmc/articles/5815332"], None, "PMC5815332"),
        (["https://pmc.ncbi.nlm.nih.gov/articles/PMC5815332/"], None, "PMC5815332"),
        (["https://europepmc.org/articles/pmc5815332"], None, "PMC5815332"),
        (["https://europepmc.org/article/MED/29456894"], None, None),
        (["https://ncbi.nlm.nih.gov.evil.example/pmc/articles/PMC1"], None, None),
        ([None, "https://pubmed.ncbi.nlm.nih.gov/29456894"], None, None),
    ],
)
def test_arxiv_ids_and_pmcids_are_found_where_the_work_can_be_read(places, arxiv, pmcid):
    work = work_of(alex_work(5, locations=[{"landing_page_url": place} for place in places]))
    assert (work.arxiv, work.pmcid) == (arxiv, pmcid)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,a", "//x", 'https://a/"b'])
def test_a_link_that_could_run_is_no_address(url):
    assert work_of(alex_work(5, open_access={"oa_url": url})).open_access_url is None


def test_an_arxiv_paper_is_looked_up_by_its_place_and_then_by_its_doi():
    def answer(question):
        listed = question.path == "/works"
        question.send(alex_page([]) if listed else alex_work(8))

    with serving(answer) as server:
        assert index(server).work(parse("arXiv:1803.02988v1")).id == "W8"
    place = "locations.landing_page_url:https://arxiv.org/abs/1803.02988|http://arxiv.org/abs/"
    assert server.asked[0].query["filter"] == f"{place}1803.02988"
    assert server.paths[1] == "/works/doi:10.48550/arxiv.1803.02988"
    with serving(lambda question: question.send(alex_page([alex_work(9)]))) as server:
        assert index(server).work(parse("1803.02988")).id == "W9"


def test_a_title_has_to_be_the_same_but_for_its_spelling():
    works = [
        alex_work(1, title="Margins, and more"),
        alex_work(2, title="MARGINS: and <b>Likelihood</b>"),
        alex_work(3, title="Margins and likelihood", cited_by_count=90),
    ]
    with serving(lambda question: question.send(alex_page(works))) as server:
        assert index(server).work(parse("Margins and Likelihood")).id == "W3"
        assert server.asked[0].query["search"] == "Margins and Likelihood"
        with pytest.raises(NotIndexedError, match="does not list Margins of error"):
            index(server).work(parse("Margins of error"))


def test_what_openalex_does_not_have_is_told():
    with (
        serving(lambda question: question.send({"error": "Not found"}, 404)) as server,
        pytest.raises(NotIndexedError) as error,
    ):
        index(server).work(LGM)
    assert str(error.value) == "OpenAlex does not list 10.1109/cvpr.2018.00950."


def literature(total, *, needs_key=False, page=50):
    """A server with one work and the ``total`` that cite it, by cursor or by page number."""
    citing = [alex_work(100 + number) for number in range(total)]

    def answer(question):
        query = question.query
        if question.path != "/works":
            return question.send(alex_work(5))
        cursor = query.get("cursor")
        if cursor and needs_key and query.get("api_key") != "right":
            return question.send({"error": "key"}, 401)
        size = int(query["per_page"])
        assert size <= page
        start = (int(query.get("page", 1)) - 1) * size
        if cursor:
            start = 0 if cursor == "*" else int(cursor.removeprefix("c="))
        following = f"c={start + size}" if cursor and start + size < total else None
        return question.send(alex_page(citing[start : start + size], following, total))

    return serving(answer)


@pytest.mark.parametrize("total", [0, 3, 50, 120, 150])
@pytest.mark.parametrize("needs_key", [False, True])
@pytest.mark.parametrize("limit", [1, 50, 51, 130, 500])
def test_citing_works_are_paged_with_a_key_and_without(total, needs_key, limit):
    with literature(total, needs_key=needs_key) as server:
        works = index(server).citing(LGM, limit)
    assert [work.id for work in works] == [f"W{100 + n}" for n in range(min(total, limit))]
    lists = [question.query for question in server.asked if question.path == "/works"]
    assert {query["filter"] for query in lists} == {"cites:W5"}
    by_cursor = 1 if limit <= 50 else max(1, -(-min(limit, total) // 50))
    # Without a key the cursor is refused once, and the end shows by an empty page.
    assert len(lists) == by_cursor if not needs_key else len(lists) <= by_cursor + 2
    assert ("cursor" in lists[0]) == (limit > 50)


def test_a_key_is_sent_with_every_question_and_makes_cursors_work(monkeypatch):
    monkeypatch.setenv("LGM_OPENALEX_KEY", "right")
    with literature(120, needs_key=True) as server:
        assert len(index(server).citing(LGM, 200)) == 120
    assert {question.query["api_key"] for question in server.asked} == {"right"}
    assert sum("cursor" in question.query for question in server.asked) == 3


def test_only_what_pubmed_central_holds_can_be_asked_for():
    with literature(3) as server:
        index(server).citing(LGM, in_pmc=True)
    assert server.asked[-1].query["filter"] == (
        "cites:W5,locations.source.id:S2764455111|S4306400806"
    )


def test_a_server_that_repeats_a_page_for_ever_is_left():
    def answer(question):
        listed = question.path == "/works"
        question.send(alex_page([alex_work(7)], "c=1") if listed else alex_work(5))

    with serving(answer) as server:
        assert len(index(server).citing(LGM, 500)) == 1
    assert len(server.asked) == 3


def test_records_that_are_none_are_left_out():
    page = alex_page([alex_work(7), None, 3, {}, {"id": "https://evil/../W1"}, alex_work(8)])

    def answer(question):
        question.send(page if question.path == "/works" else alex_work(5))

    with serving(answer) as server:
        assert [work.id for work in index(server).citing(LGM)] == ["W7", "W8"]


@pytest.mark.parametrize("limit", [0, -1, 501])
def test_a_limit_that_is_not_allowed_is_told(limit):
    with pytest.raises(IndexesError, match=rf"^{limit} works .*; allowed: 1 to 500\.$"):
        OpenAlex().citing(LGM, limit)


def test_a_refusal_without_cursors_is_told():
    with (
        serving(lambda question: question.send(b"", 403)) as server,
        pytest.raises(RefusedError, match="it answered 403"),
    ):
        index(server).citing(LGM, 10)


@given(st.lists(st.text("abcäö-", min_size=1, max_size=5), max_size=30))
def test_an_abstract_is_put_together_again(words):
    places: dict[str, list[int]] = {}
    for at, word in enumerate(words):
        places.setdefault(word, []).append(at)
    assert abstract(places) == " ".join(words)


def test_an_abstract_is_bounded():
    assert abstract({"word": list(range(10**5))}) == " ".join(["word"] * 3000)
    assert abstract({"a": [10**18], "b": [-4]}) == "a"
