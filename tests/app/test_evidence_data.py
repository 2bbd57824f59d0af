"""What the evidence panel is given: plain values, bounded, with links that mean what they say."""

from __future__ import annotations

import json
from dataclasses import replace

from app.evidence_data import checked, ledger, row_data, statement, url_of, work_page, work_row
from lgm_core.evidence.claim import load_claims
from lgm_core.evidence.collection import Collection
from lgm_core.evidence.paper import Reference
from tests.evidence.making import WAN, WEN, entry
from tests.evidence.test_export import row


def test_a_work_is_told_with_its_tally_and_its_statements() -> None:
    note = entry("A note", ("It holds [wan].", "supporting"), ("We use it [wan].", "mentioning"))
    (work, *_) = Collection([note]).works()
    assert work_row(work)["tally"] == [1, 0, 1]
    page = work_page(work)
    assert page["url"] == "https://arxiv.org/abs/1803.02988"
    (first, second) = page["statements"]
    assert first["sentence"][slice(*first["marker"])] == "[wan]"
    assert (first["label"], second["before"]) == ("supporting", "It holds [wan].")
    json.dumps(page)


def test_a_sentence_as_long_as_a_page_is_cut_around_its_marker() -> None:
    long = "word " * 2000 + "[wan] " + "word " * 2000 + "end."
    (cited,) = Collection([entry("Long", (long, "mentioning"))]).works()[0].statements
    told = statement(cited)
    assert len(told["sentence"]) <= 1500
    assert told["sentence"][slice(*told["marker"])] == "[wan]"


def test_a_manuscripts_references_come_contrasted_first_and_without_its_own_words() -> None:
    said = entry("Said", ("It holds [wan].", "supporting"), ("It fails [wen].", "contrasting"))
    unknown = Reference("x", "Never heard of")
    manuscript = entry("Mine", ("I say so [wan].", "contrasting"), references=(WAN, WEN, unknown))
    told = checked(manuscript, Collection([said, manuscript]))
    assert [one["title"] for one in told["references"]] == [WEN.title, WAN.title, unknown.title]
    assert [len(one["statements"]) for one in told["references"]] == [1, 1, 0]


def test_a_manuscript_among_the_papers_in_another_format_says_nothing_of_its_references() -> None:
    manuscript = entry("What a Likelihood Knows of Attacks", ("I say so [wan].", "contrasting"))
    pdf = entry("What a likelihood knows of attacks", ("I say so  [wan]!", "contrasting"))
    said = entry("Said", ("It holds [wan].", "supporting"))
    told = checked(manuscript, Collection([pdf, said]))
    assert [one["source"]["title"] for one in told["references"][0]["statements"]] == ["Said"]


def test_authors_are_called_as_people_are() -> None:
    (work, *_) = Collection([entry("A note", ("It holds [wan].", "supporting"))]).works()
    assert work_page(work)["about"] == "Weitao Wan, Yuanyi Zhong · CVPR · 2018"


def test_a_statement_set_aside_leaves_its_claims_tally_and_can_be_taken_back() -> None:
    note = entry("A note", ("A margin makes classes tight [wan].", "supporting"))
    collection = Collection([note])
    (claim,) = (one for one in ledger([], collection, "")["claims"] if one["statements"])
    (shown,) = claim["statements"]
    assert claim["tally"] == [1, 0, 0] and claim["aside"] == []
    after = {one["id"]: one for one in ledger([], collection, "", [shown["aside"]])["claims"]}
    assert after[claim["id"]]["tally"] == [0, 0, 0]
    assert after[claim["id"]]["aside"] == [shown]


def test_what_speaks_against_a_reference_is_read_first() -> None:
    said = entry(
        "Said",
        ("It is there [wan].", "mentioning"),
        ("It holds [wan].", "supporting"),
        ("It fails [wan].", "contrasting"),
    )
    told = checked(entry("Mine", ("So [wan].", "mentioning")), Collection([said]))
    labels = [one["label"] for one in told["references"][0]["statements"]]
    assert labels == ["contrasting", "supporting", "mentioning"]


def test_a_reference_without_a_title_is_shown_as_printed() -> None:
    bare = Reference("3", text="Ito 1999, in print.")
    told = checked(entry("Mine", ("So [3].", "mentioning"), references=(bare,)), Collection())
    assert told["references"][0]["title"] == "Ito 1999, in print."


def test_links_are_made_of_identifiers_alone() -> None:
    assert (
        url_of(Reference("a", doi="10.1/a b?c=<d>")) == "https://doi.org/10.1/a%20b%3Fc%3D%3Cd%3E"
    )
    assert url_of(Reference("a", title="javascript:alert(1)")) is None


def test_every_claim_is_in_the_ledger_and_rows_keep_their_settings() -> None:
    told = ledger([row(), row(seeds=(4, 5))], Collection(), "token")
    assert [claim["id"] for claim in told["claims"]] == [claim.id for claim in load_claims()]
    assert [len(one["values"]) for one in told["rows"]] == [2, 2]
    json.dumps(told)


def test_a_row_says_its_settings_once_and_links_to_its_runs() -> None:
    told = row_data(row())
    assert told["told"].startswith("Shared: alpha 0.3") and "L-GM: loss lgm" in told["told"]
    replay, attack = told["links"][:2]
    assert replay["href"].endswith("/lab/animation.html?left=c&right=a")
    assert attack["href"].endswith("/strange-inputs?models=c.a")
    assert len(told["links"]) == 4


def test_a_manuscript_that_lists_a_work_often_gets_it_once_and_the_whole_is_bounded() -> None:
    many = [(f"We find the same, number {n} [wan].", "supporting") for n in range(300)]
    again = tuple(replace(WAN, key=f"again{n}") for n in range(300))
    mine = entry("Mine", ("So [again1].", "mentioning"), references=(WAN, *again))
    told = checked(mine, Collection([entry("Said", *many)]))
    (row,) = told["references"]
    assert row["tally"] == [300, 0, 0]
    assert len(row["statements"]) == 100
