"""The stand-alone script against the training loop that it repeats."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import subprocess
import sys
from functools import cache
from itertools import product
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from lgm_core.data import Dataset, load
from lgm_core.export.names import script_name
from lgm_core.export.script import knobs_in_force, training_script
from lgm_core.runs.reader import RunReader
from lgm_core.runs.store import Store
from lgm_core.training.controls import Command, QueueControls
from lgm_core.training.frame import encode
from lgm_core.training.loop import Trainer
from lgm_core.training.pace import StepPace
from lgm_core.training.settings import Knobs, NetworkName, TrainSettings, choices
from tests.export.few import first_digits

LOSSES = choices("loss") or ()
DATA = ("bundled", "full", "own-0123456789abcdef")


@pytest.fixture(scope="module")
def digits() -> Dataset:
    """The first digits of the bundled set: enough for a few batches."""
    return first_digits(330, 100)


def imported(text: str, folder: Path) -> ModuleType:
    path = folder / "script_under_test.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location("script_under_test", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def trained_both_ways(
    settings: TrainSettings, digits: Dataset, folder: Path
) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    trainer = Trainer(settings, digits, device="cpu")
    for _ in trainer.run(pace=StepPace()):
        pass
    script = imported(training_script(settings), folder)
    script.load_digits = lambda: (
        digits.train_images,
        digits.train_labels,
        digits.test_images,
        digits.test_labels,
    )
    network, loss = script.train()
    found = {f"network.{name}": tensor for name, tensor in network.state_dict().items()}
    found |= {f"loss.{name}": tensor for name, tensor in loss.state_dict().items()}
    wanted = {name.replace(".head.", "."): t for name, t in trainer.state_dict().items()}
    return wanted, found


def assert_same_bits(wanted: dict[str, torch.Tensor], found: dict[str, torch.Tensor]) -> None:
    for name, tensor in found.items():
        assert torch.equal(wanted.pop(name), tensor), name
    # What is left is no parameter: fixed variances and the tables of a margin.
    assert not any(name.startswith("network.") or name.endswith("W") for name in wanted)


@pytest.mark.parametrize("loss", LOSSES)
def test_weights_are_the_runs_to_the_bit(loss: str, digits: Dataset, tmp_path: Path) -> None:
    settings = TrainSettings(loss=loss, epochs=2, seed=7, alpha=1.2, **{"lambda": 0.25})
    assert_same_bits(*trained_both_ways(settings, digits, tmp_path))


@pytest.mark.parametrize("covariance", ["isotropic", "diagonal"])
def test_so_are_those_of_learned_covariances(
    covariance: str, digits: Dataset, tmp_path: Path
) -> None:
    settings = TrainSettings(covariance=covariance, epochs=2, feature_dim=5, batch_size=32)
    wanted, found = trained_both_ways(settings, digits, tmp_path)
    assert found["loss.log_variances"].abs().max() > 0
    assert_same_bits(wanted, found)


def test_a_learned_variance_comes_back_from_its_bound(tmp_path: Path) -> None:
    script = imported(training_script(TrainSettings(covariance="diagonal")), tmp_path)
    v = torch.tensor([[-20.0, 20.0], [-20.0, 20.0]], requires_grad=True)
    bounded = script.Bounded.apply(v)
    assert torch.allclose(bounded.exp(), torch.tensor([1e-4, 1e4]).expand(2, 2))
    # Descent goes against the gradient: only what leads back between the bounds passes.
    bounded.backward(torch.tensor([[1.0, 1.0], [-1.0, -1.0]]))
    assert torch.equal(v.grad, torch.tensor([[0.0, 1.0], [-1.0, 0.0]]))


def test_so_are_those_of_a_stepped_margin(digits: Dataset, tmp_path: Path) -> None:
    settings = TrainSettings(margin_schedule="stepped", alpha=0.3, epochs=2)
    wanted, found = trained_both_ways(settings, digits, tmp_path)
    assert_same_bits(wanted, found)
    constant, _ = trained_both_ways(
        settings.model_copy(update={"margin_schedule": "constant"}), digits, tmp_path
    )
    assert not torch.equal(constant["loss.means"], found["loss.means"])


def test_so_are_those_of_a_falling_learning_rate(digits: Dataset, tmp_path: Path) -> None:
    settings = TrainSettings(decay="cosine", epochs=2)
    assert_same_bits(*trained_both_ways(settings, digits, tmp_path))


@pytest.mark.parametrize("network", ["paper", "batchnorm"])
def test_so_are_those_of_the_other_networks(tmp_path: Path, network: NetworkName) -> None:
    # Three steps, and some digits left over; the paper's network takes long over each digit.
    settings = TrainSettings(network=network, epochs=1, batch_size=40)
    assert_same_bits(*trained_both_ways(settings, first_digits(130, 40), tmp_path))


def test_runs_by_itself_and_prints_the_accuracy_that_the_app_shows(tmp_path: Path) -> None:
    settings = TrainSettings(epochs=1, seed=3)
    trainer = Trainer(settings, device="cpu")
    for _ in trainer.run(pace=StepPace()):
        pass
    path = tmp_path / script_name(settings)
    path.write_text(training_script(settings))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-P", str(path)],
        cwd=tmp_path,
        env={**os.environ, "OMP_NUM_THREADS": str(torch.get_num_threads())},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.stderr == ""
    printed = re.fullmatch(r"epoch   1  test accuracy (\d+\.\d\d) %\n", done.stdout)
    assert printed is not None, done.stdout
    assert float(printed[1]) == pytest.approx(100 * trainer.result()["test_accuracy"], abs=0.005)


def test_the_scripts_split_is_the_bundled_sets(tmp_path: Path) -> None:
    script = imported(training_script(TrainSettings()), tmp_path)
    whole = load("bundled")
    wanted = (whole.train_images, whole.train_labels, whole.test_images, whole.test_labels)
    for expected, got in zip(wanted, script.load_digits(), strict=True):
        assert got.dtype == expected.dtype
        assert np.array_equal(got, expected)


@cache
def every_kind() -> list[tuple[str, str]]:
    """Name and text of a script of each combination of pieces."""
    made = []
    shapes = {"lgm": choices("covariance") or ()}
    for loss, data, moving in product(LOSSES, DATA, (False, True)):
        for shape in shapes.get(loss, ("identity",)):
            settings = TrainSettings(
                loss=loss,
                data=data,
                covariance=shape,
                network="paper" if moving else "live",
                margin_schedule="stepped" if moving else "constant",
                decay="cosine" if moving else "none",
            )
            text = training_script(settings, accuracy=0.5)
            made.append((f"{loss}_{shape}_{data}_{moving}.py", text))
    return made


def test_needs_the_named_packages_and_no_others() -> None:
    allowed = {"torch", "numpy", "mlxtend"} | sys.stdlib_module_names
    for _, text in every_kind():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] in allowed
            elif isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= allowed


@pytest.mark.parametrize("command", [["check", "--select", "E,F,W,I,UP"], ["format", "--check"]])
def test_reads_as_a_person_would_have_written_it(command: list[str], tmp_path: Path) -> None:
    for name, text in every_kind():
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "ruff",
            *command,
            *["--isolated", "--no-cache", "--line-length", "100", "."],
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def idx(array: np.ndarray) -> bytes:
    head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
    return head + array.astype(np.uint8).tobytes()


def test_full_mnist_is_read_from_the_folder_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = imported(training_script(TrainSettings(data="full")), tmp_path)
    rng = np.random.default_rng(0)
    made = [
        rng.integers(0, 255, (5, 28, 28)), rng.integers(0, 9, 5),
        rng.integers(0, 255, (3, 28, 28)), rng.integers(0, 9, 3),
    ]  # fmt: skip
    for name, array in zip(script.FILES, made, strict=True):
        (tmp_path / name).write_bytes(idx(array))
    monkeypatch.setattr(sys, "argv", ["lgm_lgm.py"])
    with pytest.raises(SystemExit, match="lgm_lgm"):
        script.load_digits()
    monkeypatch.setattr(sys, "argv", ["lgm_lgm.py", str(tmp_path)])
    with pytest.raises(SystemExit, match="train-images-idx3-ubyte is not MNIST's"):
        script.load_digits()
    md5 = script.hashlib.md5
    script.FILES = {n: md5((tmp_path / n).read_bytes()).hexdigest() for n in script.FILES}
    for expected, got in zip(made, script.load_digits(), strict=True):
        assert np.array_equal(got, expected)
        assert got.dtype == (np.uint8 if got.ndim == 3 else np.int64)


def test_only_a_knob_that_was_turned_is_marked() -> None:
    settings = TrainSettings()
    assert "turned" not in training_script(settings)
    text = training_script(settings, knobs=Knobs(alpha=0.5), accuracy=0.9553)
    assert "ALPHA = 0.5  # margin; turned during the run, which began with 1.0\n" in text
    assert "LAMBDA = 0.1  # weight of the likelihood\n" in text
    assert "each has its last value" in text and "to the bit" not in text
    assert "reached 95.53 %" in text


def test_a_knob_that_the_loss_has_no_use_for_changes_nothing() -> None:
    settings = TrainSettings(loss="softmax")
    assert "to the bit" in training_script(settings, knobs=Knobs(alpha=2.8))
    assert "to the bit" not in training_script(settings, knobs=Knobs(learning_rate=0.01))


def turned(settings: TrainSettings, digits: Dataset, root: Path, *orders: Command) -> RunReader:
    controls = QueueControls()
    with Store(root).create(settings) as writer:
        trainer = Trainer(settings, digits, device="cpu")
        for number, frame in enumerate(trainer.run(controls, StepPace())):
            writer.append(encode(frame))
            if number == 0:
                for order in orders:
                    controls.give(order)
    return Store(root).open(writer.run_id)


def test_knobs_in_force_are_those_of_the_newest_frame(digits: Dataset, tmp_path: Path) -> None:
    settings = TrainSettings(epochs=1)
    order = Command(knobs={"lambda": 0.5, "learning_rate": 0.004})
    reader = turned(settings, digits, tmp_path, order)
    expected = Knobs(alpha=1.0, learning_rate=0.004, **{"lambda": 0.5})
    assert knobs_in_force(reader, settings) == expected


def test_a_margin_that_its_schedule_holds_back_was_not_turned(
    digits: Dataset, tmp_path: Path
) -> None:
    settings = TrainSettings(epochs=2, margin_schedule="stepped", alpha=3.0)
    assert knobs_in_force(turned(settings, digits, tmp_path), settings).alpha == 3.0
    reader = turned(settings, digits, tmp_path, Command(knobs={"alpha": 0.15}))
    assert knobs_in_force(reader, settings).alpha == 0.15


def test_without_a_frame_the_settings_hold(tmp_path: Path) -> None:
    settings = TrainSettings(alpha=0.7)
    Store(tmp_path).create(settings).close()
    (run_id,) = Store(tmp_path).run_ids()
    assert knobs_in_force(Store(tmp_path).open(run_id), settings) == settings.knobs
