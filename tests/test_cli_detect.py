"""``detect`` on the command line: one JSON line, a table, or one line of complaint."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lgm_core.cli import main
from lgm_core.detection.settings import DetectSettings
from lgm_core.pretrained import FOLDER, LGM, SOFTMAX
from lgm_core.training.settings import allowed, public_name

RUN = str(FOLDER / LGM)
OWN = {"log_likelihood", "mixture"}
SCORES = {"max_probability", "energy", "mahalanobis", "kde"}


def detect(capsys: pytest.CaptureFixture[str], *options: str, run: str = RUN) -> dict[str, Any]:
    assert main(["detect", "--run", run, "--count", "60", "--json", *options]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    return json.loads(line)


@pytest.mark.parametrize(("name", "own"), [(LGM, OWN), (SOFTMAX, set())])
def test_an_attack_is_told_in_one_json_line(capsys, name, own):
    run = str(FOLDER / name)
    told = detect(capsys, "--attack", "fgsm", "--epsilon", "0.1", run=run)
    assert (told["run"], told["feature_dim"], told["attack"]) == (run, 64, "fgsm")
    assert (told["inputs"], told["epsilon"], told["count"]) == ("adversarial", 0.1, 60)
    assert told["loss"] == ("lgm" if own else "softmax")
    assert 0.9 < told["accuracy_clean"] <= 1
    assert 0 <= told["accuracy_attacked"] < told["accuracy_clean"]
    assert told["scores"].keys() == SCORES | own
    for row in told["scores"].values():
        for figure in ("auroc", "fpr95"):
            assert row[figure].keys() == {"value", "low", "high"}
            assert 0 <= row[figure]["low"] <= row[figure]["high"] <= 1
        assert row["auroc"]["low"] <= row["auroc"]["value"] <= row["auroc"]["high"]
        assert 0 <= row["undetected"] <= 1


def test_inputs_that_were_not_attacked_have_no_attacked_accuracy(capsys):
    told = detect(capsys, "--inputs", "noise")
    assert told["inputs"] == "noise"
    assert told["attack"] is None
    assert told["accuracy_attacked"] is None
    assert told["abnormal_count"] == 60
    assert told["scores"]["log_likelihood"]["auroc"]["value"] > 0.9


def test_a_target_and_restarts_are_told(capsys):
    options = ("--attack", "pgd", "--epsilon", "0.3", "--steps", "3", "--restarts", "2")
    told = detect(capsys, *options, "--target", "3")
    assert (told["target"], told["restarts"]) == (3, 2)
    assert told["count"] < 60
    assert 0 < told["attack_success"] <= 1 - told["accuracy_attacked"]


def test_without_json_there_is_a_table(capsys):
    asked = ["--count", "60", "--attack", "pgd", "--steps", "3", "--target", "3"]
    assert main(["detect", "--run", RUN, *asked]) == 0
    told = capsys.readouterr()
    head, titles, *rows = told.out.splitlines()
    assert head.startswith("accuracy clean ")
    assert ", attacked " in head
    assert ", read as 3 " in head
    assert titles.split() == ["score", "AUROC", "FPR95"]
    assert {row.split()[0] for row in rows} == SCORES | OWN
    assert "3/3" in told.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            ["--run", "/nowhere/at/all"],
            "--run is '/nowhere/at/all'; allowed: a folder that is there.",
        ),
        (["--run", "/"], "The settings of this run cannot be read."),
        (["--run", RUN, "--epsilon", "1.5"], "epsilon is '1.5'; allowed: 0 to 1."),
        (["--run", RUN, "--epsilon", "nan"], "epsilon is 'nan'; allowed: 0 to 1."),
        (["--run", RUN, "--epsilon=-0.1"], "epsilon is '-0.1'; allowed: 0 to 1."),
        (["--run", RUN, "--attack", "jsma"], "attack is 'jsma'; allowed: none, fgsm, bim, pgd,"),
        (["--run", RUN, "--inputs", "cats"], "inputs is 'cats'; allowed: adversarial, noise,"),
        (["--run", RUN, "--count", "0"], "count is '0'; allowed: 1 to 1,000."),
        (["--run", RUN, "--count", "1001"], "count is '1001'; allowed: 1 to 1,000."),
        (["--run", RUN, "--restarts", "11"], "restarts is '11'; allowed: 1 to 10."),
        (["--run", RUN, "--target", "x"], "target is 'x'; allowed: 0 to 49, or none."),
        (["--run", RUN, "--target", "10"], "target is 10; allowed: 0 to 9, or none."),
        (["--run", RUN, "--target", "1", "--attack", "deepfool"], "target is 1 with deepfool;"),
        ([], "--run"),
        (["--run", RUN, "--colour", "red"], "--colour"),
    ],
)
def test_a_bad_value_ends_with_2_and_one_line(capsys, options, words):
    try:
        code = main(["detect", *options])
    except SystemExit as end:
        code = int(end.code or 0)
    told = capsys.readouterr()
    assert code == 2
    assert told.out == ""
    assert words in told.err
    assert told.err.count("\n") == 1


def test_a_run_without_weights_is_told_in_one_line(tmp_path, capsys):
    (tmp_path / "settings.json").write_bytes((FOLDER / LGM / "settings.json").read_bytes())
    assert main(["detect", "--run", str(tmp_path)]) == 2
    told = capsys.readouterr()
    assert "This run has not ended yet" in told.err
    assert told.err.count("\n") == 1


def test_help_names_every_option_with_its_range(capsys):
    with pytest.raises(SystemExit) as end:
        main(["detect", "--help"])
    assert end.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    for field, info in DetectSettings.model_fields.items():
        option = text.split(f"--{public_name(field)} VALUE", 1)
        assert len(option) == 2, field
        default = "none" if info.default is None else info.default
        expected = f"Allowed: {allowed(field, DetectSettings)}; default {default}."
        assert expected in option[1], field
        assert info.description in option[1]
