"""The command line as a person or a script meets it: exit codes, streams, one JSON line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from lgm_core.cli import main
from lgm_core.runs.engine import RunState
from lgm_core.runs.store import Store
from lgm_core.runs.stored import StoredRun
from lgm_core.training.frame import decode
from lgm_core.training.learner import Learner
from lgm_core.training.loop import Trainer
from lgm_core.training.painter import Batch
from lgm_core.training.settings import TrainSettings, allowed, public_name

ROOT = Path(__file__).resolve().parents[1]
QUICK = ["--epochs", "1", "--batch", "512"]


@pytest.fixture
def runs(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("LGM_RUNS_DIR", str(tmp_path / "runs"))
    return tmp_path / "runs"


def test_train_leaves_a_run_and_one_json_line(runs):
    options = ["--alpha", "0.5", "--lambda", "0.2", "--dim", "3", "--seed", "4", "--json"]
    command = [sys.executable, "-m", "lgm_core", "train", *QUICK, *options]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=170, check=False
    )
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    told = json.loads(line)
    assert {"run", "test_accuracy", "train_seconds", "images_per_second"} <= set(told)
    assert 0 < told["test_accuracy"] <= 1
    assert told["train_seconds"] > 0
    images = 4000 // 512 * 512
    assert told["images_per_second"] == pytest.approx(images / told["train_seconds"], rel=0.01)
    assert "7/7" in done.stderr

    folder = Path(told["run"])
    assert folder.parent == runs
    run = StoredRun(Store(runs).open(folder.name))
    expected = TrainSettings(
        epochs=1, batch_size=512, alpha=0.5, lambda_=0.2, feature_dim=3, seed=4
    )  # fmt: skip
    assert run.settings == expected
    assert run.status.state == RunState.FINISHED
    last = decode(run.reader.frame(run.reader.count() - 1))
    assert last.scalars.test_accuracy == told["test_accuracy"]
    assert (folder / "weights.safetensors").is_file()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--alpha", "4"], "alpha is '4'; allowed: 0 to 3."),
        (["--alpha", "nan"], "alpha is 'nan'; allowed: 0 to 3."),
        (["--lambda=-1"], "lambda is '-1'; allowed: 0 to 2."),
        (["--dim", "1"], "dim is '1'; allowed: 2 to 128."),
        (["--dim", "2.5"], "dim is '2.5'; allowed: 2 to 128."),
        (["--covariance", "full"], "covariance is 'full'; allowed: identity, isotropic, diagonal."),
        (["--network", "large"], "network is 'large'; allowed: live, batchnorm, paper."),
        (["--data", "../digits"], "data is '../digits'; allowed: bundled, full, own-"),
        (["--data", "own-0123456789abcdef"], "own-0123456789abcdef"),
        (["--seed", "x" * 500], "seed is 'xxx"),
        (["--colour", "red"], "--colour"),
        (["extra"], "extra"),
    ],
)
def test_a_bad_value_ends_with_2_and_one_line(runs, capsys, options, words):
    try:
        code = main(["train", *options])
    except SystemExit as end:
        code = int(end.code or 0)
    told = capsys.readouterr()
    assert code == 2
    assert told.out == ""
    assert words in told.err
    assert told.err.count("\n") == 1
    assert len(told.err) < 300
    assert not runs.exists()


@pytest.mark.parametrize("arguments", [[], ["explode"]])
def test_no_or_an_unknown_command_ends_with_2_and_one_line(capsys, arguments):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_help_names_every_option_with_its_range(capsys):
    with pytest.raises(SystemExit) as end:
        main(["train", "--help"])
    assert end.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    for field, info in TrainSettings.model_fields.items():
        option = text.split(f"--{public_name(field)} VALUE", 1)
        assert len(option) == 2, field
        assert f"Allowed: {allowed(field)}; default {info.default}." in option[1], field
        assert info.description in option[1]


def test_without_json_the_result_is_a_sentence(runs, capsys):
    assert main(["train", *QUICK]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("test accuracy ")
    assert str(runs) in told.out


def test_diverged_training_ends_with_1_and_is_kept_as_failed(runs, capsys, monkeypatch):
    step = Learner.step

    def spoilt(learner: Learner) -> Batch:
        with torch.no_grad():
            next(learner.network.parameters()).fill_(float("nan"))
        return step(learner)

    monkeypatch.setattr(Learner, "step", spoilt)
    assert main(["train", *QUICK, "--lr", "0.05", "--json"]) == 1
    told = capsys.readouterr()
    assert "Lower the learning rate (now 0.05;" in told.err
    result = json.loads(told.out.splitlines()[-1])
    assert result["test_log_likelihood"] is None
    folder = Path(result["run"])
    status = StoredRun(Store(runs).open(folder.name)).status
    assert status.state == RunState.FAILED
    assert "diverged" in status.message


def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path, capsys, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LGM_RUNS_DIR", str(tmp_path / "file"))
    assert main(["train", *QUICK]) == 2
    told = capsys.readouterr()
    assert "Runs cannot be kept in" in told.err
    assert told.err.count("\n") == 1


def test_a_reader_that_goes_away_is_no_error_of_ours(runs):
    command = [sys.executable, "-m", "lgm_core", "train", *QUICK, "--json"]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        command, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=170,
        check=False,
    )  # fmt: skip
    os.close(writing)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_interrupted_training_leaves_a_whole_run(runs, monkeypatch, capsys):
    def interrupted(self, *_: object, **__: object):
        yield from list(original(self))[:2]
        raise KeyboardInterrupt

    original = Trainer.run
    monkeypatch.setattr(Trainer, "run", interrupted)
    assert main(["train", *QUICK, "--json"]) == 130
    reader = Store().open(Store().run_ids()[0])
    assert reader.result()["state"] == "stopped"
    assert reader.count() == 2
    assert json.loads(capsys.readouterr().out)["run"] == str(reader.folder)


def test_a_limit_in_the_environment_that_is_none_is_one_line(runs, monkeypatch, capsys):
    monkeypatch.setenv("LGM_MAX_RUNS", "abc")
    assert main(["train", *QUICK]) == 2
    assert "LGM_MAX_RUNS is 'abc'" in capsys.readouterr().err
