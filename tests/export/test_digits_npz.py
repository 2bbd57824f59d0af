"""A set of one's own as arrays, read back as the script reads it."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
import pytest

from lgm_core.data import Dataset
from lgm_core.export import digits_npz as module
from lgm_core.export.digits_npz import digits_npz
from lgm_core.export.recording import ExportError
from lgm_core.export.script import training_script
from lgm_core.training.settings import TrainSettings
from tests.export.test_script import imported

ARRAYS = ("train_images", "train_labels", "test_images", "test_labels")


def test_the_script_reads_the_digits_that_the_run_saw(
    few_digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "digits.npz"
    path.write_bytes(digits_npz(few_digits))
    script = imported(training_script(TrainSettings(data="own-0123456789abcdef")), tmp_path)
    monkeypatch.setattr(sys, "argv", ["lgm_lgm.py"])
    with pytest.raises(SystemExit, match="DIGITS"):
        script.load_digits()
    monkeypatch.setattr(sys, "argv", ["lgm_lgm.py", str(path)])
    for name, got in zip(ARRAYS, script.load_digits(), strict=True):
        expected = getattr(few_digits, name)
        assert got.dtype == expected.dtype
        assert np.array_equal(got, expected)


def test_class_names_stay_text(few_digits: Dataset) -> None:
    with np.load(io.BytesIO(digits_npz(few_digits)), allow_pickle=False) as file:
        assert file["class_names"].tolist() == list(few_digits.class_names)


def test_a_set_that_is_too_large_is_refused_in_words(
    few_digits: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    with pytest.raises(ExportError, match="allowed for an export"):
        digits_npz(few_digits)
