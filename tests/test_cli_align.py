"""``align`` on the command line: one JSON line, a sentence, or one line of complaint."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from lgm_core.alignment.frame import decode
from lgm_core.alignment.settings import AlignSettings
from lgm_core.cli import main
from lgm_core.runs.reader import RunReader
from lgm_core.training.settings import allowed, public_name

QUICK = ("--steps", "3", "--batch", "8", "--data", "synthetic")
FIGURES = (
    "misalignment_before",
    "misalignment_after",
    "verification_auroc",
    "verification_accuracy",
    "eer",
    "train_seconds",
)


def test_a_run_is_told_in_one_json_line_and_kept(capsys):
    assert main(["align", *QUICK, "--transform", "tps", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert all(math.isfinite(told[name]) for name in FIGURES)
    assert all(0 <= told[f"verification_{name}"] <= 1 for name in ("auroc", "accuracy"))
    assert 0 <= told["eer"] <= 1
    assert told["steps"] == 3
    folder = Path(told["run"])
    kept = RunReader(folder.name, folder)
    settings = AlignSettings(steps=3, batch_size=8, people="synthetic", transform="tps")
    assert kept.settings() == settings
    assert [decode(frame).step for frame in kept.frames()] == [0, 1, 2, 3]
    result = kept.result()
    assert {name: result[name] for name in FIGURES} == {name: told[name] for name in FIGURES}
    assert result["state"] == "finished"


def test_without_json_there_is_a_sentence(capsys):
    assert main(["align", *QUICK, "--transform", "none"]) == 0
    told = capsys.readouterr()
    (line,) = told.out.splitlines()
    assert line.startswith("misalignment ")
    before, after = line.split()[1], line.split()[3]
    assert before == after  # nothing straightens them
    assert "3/3" in told.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--transform", "rigid"], "transform is 'rigid'; allowed: none, translation, similarity,"),
        (["--steps", "0"], "steps is '0'; allowed: 1 to 20,000."),
        (["--steps", "many"], "steps is 'many'; allowed: 1 to 20,000."),
        (["--turn", "nan"], "turn is 'nan'; allowed: 0 to 90."),
        (["--stages", "4"], "stages is '4'; allowed: 1 to 3."),
        (["--border", "white"], "border is 'white'; allowed: edge, black."),
        (["--data", "cats"], "data is 'cats'; allowed: orl, synthetic, olivetti, lfw, own-"),
        (["--data", "own-0123456789abcdef"], "own-0123456789abcdef"),
        (["--colour", "red"], "--colour"),
    ],
)
def test_a_bad_value_ends_with_2_and_one_line(capsys, options, words):
    try:
        code = main(["align", *QUICK, *options])
    except SystemExit as end:
        code = int(end.code or 0)
    told = capsys.readouterr()
    assert code == 2
    assert told.out == ""
    assert words in told.err
    assert told.err.count("\n") == 1


def test_help_names_every_option_with_its_range(capsys):
    with pytest.raises(SystemExit) as end:
        main(["align", "--help"])
    assert end.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "--kind" not in text  # no choice of a person
    for field, info in AlignSettings.model_fields.items():
        if field == "kind":
            continue
        option = text.split(f"--{public_name(field)} VALUE", 2)
        expected = f"Allowed: {allowed(field, AlignSettings)}; default {info.default}."
        assert expected in option[-1], field
        assert info.description in option[-1]
