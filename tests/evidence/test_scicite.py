"""Labelled citations that a person brings: SciCite's lines and plain ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgm_core.evidence.classify import scicite
from lgm_core.evidence.classify.scicite import load_scicite
from lgm_core.evidence.classify.training import train_and_report
from lgm_core.evidence.paper import EvidenceError

ROW = {
    "string": "This agrees with earlier work (Hall, 2010) on mice.",
    "label": "background",
    "sectionName": "4. DISCUSSION",
    "citeStart": 30,
    "citeEnd": 42,
    "isKeyCitation": True,
    "source": "explicit",
}


def lines(*rows: dict[str, object]) -> list[str]:
    return [json.dumps(ROW | row) for row in rows]


def test_a_line_of_scicite() -> None:
    (example,) = load_scicite(lines({}))
    assert example.label == "mentioning"
    assert example.section == "discussion"
    assert example.citation == (30, 42)
    assert example.context.masked == "this agrees with earlier work CITE on mice ."


def test_intents_are_no_stances() -> None:
    rows = lines({}, {"label": "method"}, {"label": "result"}, {"label": "Contrasting"})
    assert [e.label for e in load_scicite(rows)] == ["mentioning", "mentioning", "contrasting"]
    taken = load_scicite(rows, {**scicite.INTENTS, "result": "supporting", "method": None})
    assert [e.label for e in taken] == ["mentioning", "supporting", "contrasting"]
    assert [e.label for e in load_scicite(lines({"label": "result", "stance": "supporting"}))] == [
        "supporting"
    ]


@pytest.mark.parametrize("place", [None, "12", float("nan"), float("inf"), -3, 45, 10**9, True])
def test_odd_places_are_as_none(place: object) -> None:
    (example,) = load_scicite(lines({"citeStart": place, "citeEnd": 40}))
    assert example.citation is None or example.citation == (1, 40)
    assert "CITE" in example.context.masked


def test_places_may_be_missing_or_whole_floats() -> None:
    row = {key: value for key, value in ROW.items() if not key.startswith("cite")}
    assert load_scicite([json.dumps(row)])[0].citation is None
    assert load_scicite(lines({"citeStart": 30.0, "citeEnd": 42.0}))[0].citation == (30, 42)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "Line 2 is not JSON"),
        ("[1]", "Line 2 is not a JSON object"),
        (json.dumps(ROW | {"string": ""}), "Line 2 needs a string of 1 to 4,000 characters"),
        (json.dumps(ROW | {"string": None}), "Line 2 needs a string"),
        (json.dumps(ROW | {"label": "praise"}), "Line 2 has the label 'praise'; allowed are"),
        (json.dumps(ROW | {"label": 3}), "Line 2 has the label 3; allowed are"),
        ("x" * 100_001, "Line 2 is longer than the 100,000 characters allowed"),
    ],
)
def test_a_wrong_line_is_named(line: str, message: str) -> None:
    with pytest.raises(EvidenceError, match=message):
        load_scicite([*lines({}), line])


def test_lines_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scicite, "MAX_LINES", 3)
    assert len(load_scicite(lines({}, {}, {}))) == 3
    with pytest.raises(EvidenceError, match="At most 3 lines"):
        load_scicite(lines({}, {}, {}, {}))


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text("\n".join(lines({}, {"label": "supporting"})), encoding="utf-8")
    assert (
        load_scicite(path)
        == load_scicite(str(path))
        == load_scicite(lines({}, {"label": "supporting"}))
    )
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(EvidenceError, match=r"train\.jsonl is not UTF-8"):
        load_scicite(path)
    with pytest.raises(EvidenceError, match=r"gone\.jsonl cannot be read"):
        load_scicite(tmp_path / "gone.jsonl")


@given(st.text(max_size=200))
def test_any_line_is_read_or_refused_calmly(line: str) -> None:
    try:
        load_scicite([line])
    except EvidenceError as error:
        assert str(error).startswith("Line 1 ")


def test_training_reports_what_it_used(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text("\n".join(lines({}, {"label": "result"}, {"label": "contrasting"})), "utf-8")
    found = train_and_report([path])
    assert found["of_them_public"] == 2
    assert sum(found["trained_by_label"].values()) == found["trained_on"]
    assert found["macro_f1"] > found["keyword_macro_f1"] > found["majority_macro_f1"] > 0
    assert json.loads(json.dumps(found, allow_nan=False)) == found
