"""What a run's folder must hold for its model to be trusted, and what it says where it does not."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load, save
from torch import Tensor

from lgm_core.data import load as load_digits
from lgm_core.networks.classifier import Classifier, to_pixels
from lgm_core.pretrained import FOLDER, LGM, SOFTMAX
from lgm_core.runs.model import load_classifier
from lgm_core.runs.reader import RunReader, StoreError

WEIGHTS = "weights.safetensors"
MISFIT = "The weights of this run do not fit its settings."
UNREADABLE = "The weights of this run cannot be read."
SHIPPED = pytest.mark.parametrize("name", [LGM, SOFTMAX])


def classifier(folder: Path) -> Classifier:
    reader = RunReader(folder.name, folder)
    return load_classifier(reader, reader.settings(), 10)


def refusal(folder: Path) -> str:
    with pytest.raises(StoreError) as refused:
        classifier(folder)
    return str(refused.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped L-GM run."""
    return shutil.copytree(FOLDER / LGM, tmp_path / LGM)


def change(folder: Path, edit: Callable[[dict[str, Tensor]], object]) -> None:
    tensors = load((folder / WEIGHTS).read_bytes())
    edit(tensors)
    (folder / WEIGHTS).write_bytes(save(tensors))


@SHIPPED
def test_a_shipped_run_reaches_the_accuracy_that_it_tells(name):
    digits = load_digits("bundled")
    _, logits = classifier(FOLDER / name).look(to_pixels(torch.from_numpy(digits.test_images)))
    right = int((logits.argmax(1).numpy() == digits.test_labels).sum())
    result = RunReader(name, FOLDER / name).result()
    assert result is not None
    assert right / len(digits.test_labels) == pytest.approx(result["test_accuracy"], abs=1e-9)


@SHIPPED
def test_a_loaded_model_is_not_trained_any_further(name):
    model = classifier(FOLDER / name)
    assert list(model.parameters())
    assert not any(parameter.requires_grad for parameter in model.parameters())
    assert not any(module.training for module in model.modules())


@SHIPPED
def test_a_loaded_model_has_the_weights_of_the_file(name):
    stored = load((FOLDER / name / WEIGHTS).read_bytes())
    loaded = classifier(FOLDER / name).state_dict()
    assert loaded.keys() == stored.keys()
    assert all(torch.equal(loaded[key], stored[key]) for key in stored)


def _missing(tensors: dict[str, Tensor]) -> None:
    del tensors["loss.means"]


def _extra(tensors: dict[str, Tensor]) -> None:
    tensors["loss.more"] = torch.zeros(1)


def _renamed(tensors: dict[str, Tensor]) -> None:
    tensors["loss.centres"] = tensors.pop("loss.means")


def _reshaped(tensors: dict[str, Tensor]) -> None:
    tensors["loss.means"] = tensors["loss.means"].T.contiguous()


def _cut(tensors: dict[str, Tensor]) -> None:
    tensors["loss.means"] = tensors["loss.means"][:9].contiguous()


def _half(tensors: dict[str, Tensor]) -> None:
    tensors["loss.means"] = tensors["loss.means"].half()


def _integers(tensors: dict[str, Tensor]) -> None:
    tensors["loss.means"] = tensors["loss.means"].to(torch.int32)


@pytest.mark.parametrize(
    "edit", [_missing, _extra, _renamed, _reshaped, _cut, _half, _integers, dict.clear]
)
def test_tensors_that_the_settings_do_not_ask_for_are_refused(folder, edit):
    change(folder, edit)
    assert refusal(folder) == MISFIT


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_one_number_that_is_not_finite_is_refused(folder, value):
    change(folder, lambda tensors: tensors["loss.means"][3].fill_(value))
    assert refusal(folder) == "The weights of this run are not finite: its training diverged."


def test_weights_of_another_run_are_refused(folder):
    shutil.copy(FOLDER / SOFTMAX / WEIGHTS, folder / WEIGHTS)
    assert refusal(folder) == MISFIT


def test_a_pickle_by_the_name_of_the_weights_is_refused_and_not_run(folder, tmp_path):
    mark = tmp_path / "it_ran"
    # Protocol 0 for os.mkdir(mark): whoever unpickled it would make the folder.
    (folder / WEIGHTS).write_bytes(f"cos\nmkdir\n(V{mark}\ntR.".encode())
    assert refusal(folder) == UNREADABLE
    assert not mark.exists()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 7,
        b"no weights at all" * 20,
        struct.pack("<Q", 2**63) + b"{}",
        struct.pack("<Q", 2) + b"{}" + b"\0" * 100,
        struct.pack("<Q", 4) + b"[[[[",
        struct.pack("<Q", 4) + b"\xff\xfe\xfd\xfc",
    ],
)
def test_bytes_that_are_no_safetensors_are_refused(folder, data):
    (folder / WEIGHTS).write_bytes(data)
    assert refusal(folder) == UNREADABLE


@pytest.mark.parametrize("share", [0.001, 0.5, 0.9999])
def test_a_truncated_file_is_refused(folder, share):
    whole = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(whole[: int(share * len(whole))])
    assert refusal(folder) == UNREADABLE


def test_a_file_larger_than_the_settings_allow_is_refused_without_reading_it_all(folder):
    with (folder / WEIGHTS).open("r+b") as file:
        file.truncate(1 << 40)  # a hole: it would not fit into memory
    assert refusal(folder) == MISFIT


def test_a_run_without_a_result_has_not_ended(folder):
    (folder / WEIGHTS).unlink()
    (folder / "result.json").unlink()
    assert refusal(folder) == "This run has not ended yet; its weights come with its end."


def test_a_run_with_a_result_alone_ended_without_weights(folder):
    (folder / WEIGHTS).unlink()
    sentence = "This run ended without weights: it failed, or its files were removed."
    assert refusal(folder) == sentence


def test_another_number_of_classes_is_refused():
    reader = RunReader(LGM, FOLDER / LGM)
    with pytest.raises(StoreError, match="do not fit"):
        load_classifier(reader, reader.settings(), 9)
