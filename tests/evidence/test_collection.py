"""Counts over many papers add up, whatever the spelling, and a person's word counts."""

from __future__ import annotations

from dataclasses import replace

from lgm_core.evidence.collection import Collection, Tally
from lgm_core.evidence.entry import from_json, to_json
from lgm_core.evidence.paper import Reference
from tests.evidence.making import WAN, WEN, entry

SPELT = replace(
    WAN, key="7", doi="10.48550/arxiv.1803.02988", arxiv=None,
    title="Rethinking feature distribution for loss functions in {Image} classification.",
)  # fmt: skip
AGREES = ("We find the same as they did [wan].", "supporting")
DIFFERS = ("Unlike theirs [wan], our classes did not tighten.", "contrasting")
NAMES = ("Features were made compact before [wan].", "mentioning")


def test_one_work_in_two_spellings_is_one_work() -> None:
    first = entry("A first note", AGREES, NAMES)
    second = entry("A second note", ("It failed here [7].", "contrasting"), references=(SPELT, WEN))
    works = Collection([first, second]).works()
    assert works[0].tally == Tally(1, 1, 1)
    assert works[0].reference.title == WAN.title
    assert [len(work.statements) for work in works[1:]] == [0, 0, 0]  # Wen, and the notes


def test_the_work_with_most_statements_comes_first_and_papers_are_works_too() -> None:
    note = entry("A note on margins", AGREES, ("Centres came first [wen].", "mentioning"), NAMES)
    works = Collection([note]).works()
    assert [work.reference.title for work in works] == [WAN.title, WEN.title, "A note on margins"]
    assert works[2].entry is note and works[0].entry is None


def test_a_paper_that_comes_twice_counts_once() -> None:
    note = entry("A note on margins", AGREES)
    again = entry("A NOTE on Margins", AGREES)
    assert Collection([note, again]).works()[0].tally.total == 1


def test_papers_that_cite_each_other_meet() -> None:
    first = entry("A note on margins and what they do", AGREES)
    cites = Reference("x", "A Note on Margins, and What They Do", ("Lind, A.",), 2024)
    second = entry("Another", ("This agrees with it [x].", "supporting"), references=(cites,))
    work = Collection([second, first]).work(first.reference)
    assert work is not None and work.entry is first and work.tally == Tally(supporting=1)


def test_a_sentence_that_cites_a_work_twice_counts_once_with_what_says_most() -> None:
    twice = entry(
        "Twice", ("As others did [wan], and against the preprint [7], we see less.", "mentioning"),
        references=(WAN, SPELT),
    )  # fmt: skip
    one, two = twice.verdicts[0]
    twice = replace(twice, verdicts=((one, replace(two, label="contrasting", probability=0.6)),))
    assert Collection([twice]).works()[0].tally == Tally(contrasting=1)


def test_what_a_person_says_takes_the_label_but_not_the_verdict() -> None:
    note = entry("A note", AGREES)
    cited = Collection([note]).works()[0].statements[0]
    again = Collection([note], {cited.id: "contrasting"}).works()[0].statements[0]
    assert (again.label, again.verdict.label) == ("contrasting", "supporting")


def test_ids_do_not_depend_on_the_papers_around() -> None:
    note, other = entry("A note", AGREES), entry("Before it", NAMES)
    alone = Collection([note]).works()[0].statements[0].id
    both = {cited.id for cited in Collection([other, note]).works()[0].statements}
    assert alone in both and len(both) == 2


def test_a_work_that_nobody_cites_is_none() -> None:
    assert Collection([entry("A note", AGREES)]).work(Reference("", "Something else")) is None


def test_an_entry_comes_back_from_json_as_it_was() -> None:
    note = entry("A note – with a dash", AGREES, DIFFERS)
    assert from_json(to_json(note)) == note


def test_drafts_that_begin_alike_are_two_papers() -> None:
    begins = ("We build on earlier work [wan].", "mentioning")
    first = entry("", begins, ("It fails badly here [wen].", "contrasting"))
    second = entry("", begins, ("Our runs confirm it [wen].", "supporting"))
    assert first.id != second.id
    assert from_json(to_json(first)).id == first.id
