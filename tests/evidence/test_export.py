"""What is taken along opens elsewhere, and text of strangers stays text."""

from __future__ import annotations

import csv
import io

import bibtexparser
from markdown_it import MarkdownIt

from lgm_core.evidence.claim import load_claims
from lgm_core.evidence.collection import Collection
from lgm_core.evidence.export import bibtex, ledger_csv, ledger_markdown, statements_csv
from lgm_core.evidence.interval import Interval
from lgm_core.evidence.literature import Literature
from lgm_core.evidence.measure import Row
from lgm_core.evidence.paper import Reference
from tests.evidence.making import WAN, WEN, entry

CLAIM = load_claims()[0]


def row(**changes: object) -> Row:
    variant = CLAIM.variants[0]
    values = {
        "claim_id": CLAIM.id, "variant": variant.name, "settings": variant.settings(),
        "statistic": variant.statistic, "unit": variant.unit, "seeds": (0, 1), "values": (0.1, 0.3),
        "mean": 0.2, "interval": Interval(0.05, 0.35), "verdict": "supporting", "reason": "It is.",
        "run_ids": {"L-GM": ("a", "b"), "softmax": ("c", "d")}, "seconds": 1.0,
    }  # fmt: skip
    return Row.model_validate(values | changes)


def test_statements_become_a_table_with_both_labels() -> None:
    note = entry("A note, with a comma", ('It "agrees" [wan].', "supporting"))
    cited = Collection([note]).works()[0].statements
    relabelled = Collection([note], {cited[0].id: "contrasting"}).works()[0].statements
    (line,) = csv.DictReader(io.StringIO(statements_csv(relabelled)))
    assert (line["cited_title"], line["cited_doi"]) == (WAN.title, WAN.doi or "")
    assert line["sentence"] == 'It "agrees" [wan].' and line["source"] == "A note, with a comma"
    assert (line["label"], line["classifier"], line["probability"]) == (
        "contrasting", "supporting", "0.800",
    )  # fmt: skip


def test_a_spreadsheet_takes_no_sentence_for_a_formula() -> None:
    note = entry("=HYPERLINK(1)", ("+1 for the result [wan].", "mentioning"))
    (line,) = csv.DictReader(io.StringIO(statements_csv(Collection([note]).works()[0].statements)))
    assert line["source"] == "'=HYPERLINK(1)" and line["sentence"].startswith("'+1")


def test_the_ledger_keeps_settings_apart_and_negative_numbers_numbers() -> None:
    rows = [
        row(),
        row(mean=-0.2, interval=None, seeds=(0,), values=(-0.2,), verdict="inconclusive"),
    ]
    lines = list(csv.DictReader(io.StringIO(ledger_csv(rows))))
    assert [line["mean"] for line in lines] == ["0.2", "-0.2"]
    assert [line["low"] for line in lines] == ["0.05", ""]
    assert '"epsilon": 0.1' in lines[0]["settings"]
    (line,) = csv.DictReader(io.StringIO(ledger_csv([row(values=(-1.5, 2.0, -3e-7))])))
    assert line["values"] == "-1.5 2 -3e-07"


def test_the_report_names_every_claim_and_every_row() -> None:
    note = entry("A note", ("It holds [wan].", "supporting"), ("It fails [wan].", "contrasting"))
    cited = list(Collection([note]).works()[0].statements)
    said = {CLAIM.id: Literature(cited, cited[:1])}
    report = ledger_markdown(load_claims(), [row(), row(seeds=(2, 3))], said)
    html = MarkdownIt("commonmark").enable("table").render(report)
    assert html.count("<h2>") == len(load_claims())
    assert html.count("<td>supporting</td>") == 2
    assert "by how they cite the paper: 1 supporting, 1 contrasting, 0 mentioning." in html
    assert "Set aside as not about it: 1." in html and "no verdict on the claim" in html
    assert "<td>+0.2 AUROC</td>" in html
    assert report.count("Not measured here yet.") == len(load_claims()) - 1


def test_bibtex_is_read_back() -> None:
    odd = Reference("k", "Braces {and} a \\command", ("O'Brien, Ann",), 2020)
    library = bibtexparser.parse_string(bibtex([WAN, WEN, odd, WAN]))
    assert not library.failed_blocks and len(library.entries) == 4
    assert len({one.key for one in library.entries}) == 4
    first = library.entries[0].fields_dict
    assert first["title"].value == WAN.title and first["eprint"].value == "1803.02988"
    assert library.entries[2].fields_dict["title"].value == "Braces and a command"


def test_keys_differ_where_titles_differ_in_capitals_alone() -> None:
    titles = ("Deep learning of faces", "DEEP FEATURES", "Deep-2 nets", "deep", "Deep seas")
    works = [Reference("k", title, ("Lee, Ann",), 2018) for title in titles]
    library = bibtexparser.parse_string(bibtex(works))
    assert [one.key for one in library.entries] == [
        "lee2018deep", "lee2018deep-2", "lee2018deep-3", "lee2018deep-4", "lee2018deep-5",
    ]  # fmt: skip


def test_what_latex_takes_for_a_command_is_printed_and_identifiers_stay() -> None:
    odd = Reference(
        "k", "50% of A&B #1 at $2 in x_y^z~", ("World Health Organization", "O_Brien, Ann"), 2020,
        venue="R&D", doi="10.1000/a_b",
    )  # fmt: skip
    (entry_,) = bibtexparser.parse_string(bibtex([odd])).entries
    told = {field.key: field.value for field in entry_.fields}
    assert told["title"] == (r"50\% of A\&B \#1 at \$2 in x\_y\textasciicircum{}z\textasciitilde{}")
    assert told["author"] == r"{World Health Organization} and O\_Brien, Ann"
    assert told["journal"] == r"R\&D" and told["doi"] == "10.1000/a_b"


def test_a_work_of_which_nothing_is_known_is_left_out() -> None:
    assert "anonymous" not in bibtex([Reference("k", None)])
    assert "Some report" in bibtex([Reference("k", None, text="Some report, printed.")])


def test_a_talk_is_no_article_and_accents_leave_their_letters_in_the_key() -> None:
    works = [
        Reference("k", "On faces", ("Tramèr, Florian",), 2020, venue=venue)
        for venue in ("NeurIPS", "Proceedings of the CVPR", "Nature", None)
    ]
    entries = bibtexparser.parse_string(bibtex(works)).entries
    kinds = [one.entry_type for one in entries]
    assert kinds == ["inproceedings", "inproceedings", "article", "misc"]
    assert entries[0].key == "tramer2020faces"
    assert entries[0].fields_dict["booktitle"].value == "NeurIPS"
    assert entries[2].fields_dict["journal"].value == "Nature"
