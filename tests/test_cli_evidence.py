"""``evidence`` as a person or a script meets it: papers, claims, a measurement, bad words."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from lgm_core import pretrained
from lgm_core.cli import main
from lgm_core.evidence.claim import claim, load_claims
from lgm_core.evidence.measure import MAX_SEEDS

PAPER = """# A short paper

## Results

Consistent with earlier work [@wan2018], we found that likelihood detects attacks. Unlike
@zhong2017, we observe no gain.
"""
BIBLIOGRAPHY = """
@inproceedings{wan2018, title = {Rethinking Feature Distribution for Loss Functions},
  author = {Wan, Weitao and Zhong, Yuanyi}, year = {2018}, doi = {10.1109/CVPR.2018.00950}}
@article{zhong2017, title = {Toward End-to-End Face Recognition}, author = {Zhong, Yuanyi},
  year = {2017}, eprint = {1701.07174}, archiveprefix = {arXiv}}
"""
TWO = """<article><front><article-meta><title-group><article-title>Another</article-title>
</title-group></article-meta></front><body><sec><title>Methods</title><p>We used the loss of Wan
et al. <xref ref-type="bibr" rid="r1">[1]</xref>.</p></sec></body><back><ref-list><ref id="r1">
<mixed-citation><article-title>Rethinking feature distribution for loss functions</article-title>
<year>2018</year></mixed-citation></ref></ref-list></back></article>"""


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    names = {"one.md": PAPER, "one.bib": BIBLIOGRAPHY, "two.xml": TWO}
    for name, text in names.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return [str(tmp_path / name) for name in names]


def told(capsys, *words: str) -> dict:
    """What a command that succeeds prints as its only line."""
    assert main(["evidence", *words, "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    return json.loads(line)


def test_papers_give_statements_with_section_reference_label_and_probability(files, capsys):
    found = told(capsys, *files)
    assert [paper["format"] for paper in found["papers"]] == ["markdown", "jats"]
    rows = found["statements"]
    assert [Path(row["file"]).name for row in rows] == ["one.md", "one.md", "two.xml"]
    assert [row["section"] for row in rows] == ["results", "results", "methods"]
    assert [row["label"] for row in rows] == ["supporting", "contrasting", "mentioning"]
    assert all(1 / 3 < row["probability"] <= 1 for row in rows)
    assert rows[0]["reference"]["doi"] == "10.1109/cvpr.2018.00950"
    assert rows[1]["reference"]["arxiv"] == "1701.07174"
    assert rows[1]["sentence"].startswith("Unlike")
    assert rows[1]["before"] == rows[0]["sentence"]
    assert found["tally"] == {"supporting": 1, "contrasting": 1, "mentioning": 1}


@pytest.mark.parametrize(
    ("cites", "count"),
    [
        ("10.1109/CVPR.2018.00950", 2),  # the second paper's by its title
        ("https://doi.org/10.1109/cvpr.2018.00950", 2),
        ("rethinking FEATURE distribution for loss functions", 2),
        ("arXiv:1701.07174", 1),
        ("1701.07174v2", 1),
        ("A work that nobody has written yet at all", 0),
    ],
)
def test_cites_keeps_what_is_said_of_one_work_under_all_its_names(files, capsys, cites, count):
    assert main(["evidence", *files, "--cites", cites, "--json"]) == 0
    out, err = capsys.readouterr()
    assert len(json.loads(out)["statements"]) == count
    assert ("Nothing here cites" in err) == (count == 0)


def test_without_json_each_statement_is_a_line_without_control_characters(tmp_path, capsys):
    path = tmp_path / "wild.md"
    path.write_text(PAPER.replace("attacks", "at\x1b[31mtacks \u2028 now"), encoding="utf-8")
    bib = tmp_path / "wild.bib"
    bib.write_text(BIBLIOGRAPHY, encoding="utf-8")
    assert main(["evidence", str(path), str(bib)]) == 0
    *lines, tally = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert re.match(r"supporting \((0\.\d\d|1\.00)\)", lines[0])
    assert "of Wan 2018 Rethinking Feature Distribution" in lines[0]
    assert all(line.isprintable() for line in lines)
    assert tally == "1 supporting, 1 contrasting, 0 mentioning"


def test_claims_lists_every_claim_with_its_settings(capsys):
    assert main(["evidence", "claims"]) == 0
    text = capsys.readouterr().out
    (line,) = (main(["evidence", "claims", "--json"]), capsys.readouterr().out)[1].splitlines()
    for known, listed in zip(load_claims(), json.loads(line), strict=True):
        assert f"{known.id}: {known.statement}" in text
        assert (listed["id"], listed["kind"]) == (known.id, known.kind)
        for variant, shown in zip(known.variants, listed["variants"], strict=True):
            assert variant.name in text
            assert shown["settings"] == variant.settings()
            assert shown["live"] == variant.live


@pytest.fixture
def runs(monkeypatch, tmp_path) -> Path:
    """No run yet but those that come with the lab: seed 0 of the claims with 40 epochs."""
    monkeypatch.setenv("LGM_RUNS_DIR", str(tmp_path / "runs"))
    return tmp_path / "runs"


def test_check_measures_and_prints_one_json_object(runs, capsys):
    words = ["check", "likelihood-detects", "--variant", "d = 64, 40 epochs, fgsm 0.2"]
    assert main(["evidence", *words, "--seeds", "1", "--json"]) == 0
    out, err = capsys.readouterr()
    (line,) = out.splitlines()
    found = json.loads(line)
    known = claim("likelihood-detects")
    assert (found["claim"], found["statement"]) == (known.id, known.statement)
    (row,) = found["rows"]
    assert row["variant"] == "D = 64, 40 epochs, FGSM 0.2"
    assert row["settings"] == known.variant(row["variant"]).settings()
    assert (row["seeds"], row["interval"], row["verdict"]) == ([0], None, "inconclusive")
    assert row["run_ids"] == {"L-GM": [pretrained.LGM], "softmax": [pretrained.SOFTMAX]}
    for words in ("Trains L-GM and softmax", "seed 0: FGSM 0.2", "runs 1 and 2 of 2"):
        assert words in err
    # The same figures as the command that attacks a run gives.
    areas = []
    for run, score in ((pretrained.LGM, "log_likelihood"), (pretrained.SOFTMAX, "max_probability")):
        options = ["--run", str(pretrained.FOLDER / run), "--epsilon", "0.2", "--json"]
        assert main(["detect", *options]) == 0
        areas.append(json.loads(capsys.readouterr().out)["scores"][score]["auroc"]["value"])
    assert row["values"] == pytest.approx([areas[0] - areas[1]])
    assert not runs.exists()


def test_check_without_json_is_a_verdict_and_its_reason(runs, capsys):
    words = ["check", "lgm-classifies", "--variant", "D = 64, 40 epochs", "--seeds", "1"]
    assert main(["evidence", *words]) == 0
    statement, result, reason = capsys.readouterr().out.splitlines()
    assert statement == claim("lgm-classifies").statement
    assert result.startswith("D = 64, 40 epochs: inconclusive. ")
    assert "-0.1 percentage points" in result
    assert "more seeds are needed" in reason


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["check", "telepathy"], "The claim is 'telepathy'; allowed: likelihood-detects"),
        (["check"], "allowed: one claim"),
        (["check", "a", "b"], "allowed: one claim"),
        (["check", "lgm-classifies", "--variant", "D = 3"], "allowed for lgm-classifies: D = 2"),
        (["check", "lgm-classifies", "--seeds", "0"], f"allowed: 1 to {MAX_SEEDS}"),
        (["check", "lgm-classifies", "--seeds", "many"], f"allowed: 1 to {MAX_SEEDS}"),
        (["check", "lgm-classifies", "--cites", "x"], "--cites is given with check"),
        (["claims", "more"], "allowed: nothing"),
        (["claims", "--seeds", "2"], "--seeds is given with claims"),
        (["train", "missing.jsonl"], "missing.jsonl cannot be read"),
        (["missing.pdf"], "missing.pdf' cannot be read: No such file"),
        (["."], "cannot be read: Is a directory"),
        (["a\0b.tex"], "cannot be read: it is no path"),
        (["only.bib"], "The number of papers is 0"),
        (["paper.md", "--cites", " "], "--cites has 1 characters"),
        (["paper.md", "--cites", "x" * 501], "--cites has 501 characters"),
        (["a.md", "--colour", "red"], "--colour"),
        ([], "PAPER"),
    ],
)
def test_bad_words_end_with_2_and_one_line(capsys, words, told):
    try:
        code = main(["evidence", *words])
    except SystemExit as end:
        code = int(end.code or 0)
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert told in err
    assert err.count("\n") == 1
    assert len(err) < 500


def test_a_file_that_is_no_paper_is_one_sentence(tmp_path, capsys):
    path = tmp_path / "broken.pdf"
    path.write_bytes(b"%PDF-1.7 and then nothing")
    assert main(["evidence", str(path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1


def test_train_reports_how_well_the_classifier_does(tmp_path, capsys):
    rows = [{"string": f"We use the software of [1] for step {n}.", "label": "method"}
            for n in range(3)]  # fmt: skip
    path = tmp_path / "more.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    report = told(capsys, "train", str(path))
    assert report["of_them_public"] == 3
    assert report["macro_f1"] > report["keyword_macro_f1"] > report["majority_macro_f1"]
    assert 0 <= report["ece"] < 0.2


def test_help_names_every_form(capsys):
    with pytest.raises(SystemExit) as end:
        main(["evidence", "--help"])
    assert end.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    for form in ("PAPER...", "claims", "check CLAIM", "train [FILE...]", "--cites TITLE_OR_DOI"):
        assert form in text
