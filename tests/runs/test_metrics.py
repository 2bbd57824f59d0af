from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from lgm_core.runs.metrics import metrics_csv
from lgm_core.runs.reader import RunReader, StoreError
from lgm_core.runs.store import RunWriter
from lgm_core.training.frame import FrameScalars
from tests.runs.making import frame


def table(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(metrics_csv(RunReader("0" * 16, folder)))))


def test_each_frame_is_a_line_with_all_its_numbers(tmp_path: Path) -> None:
    with RunWriter("0" * 16, tmp_path) as writer:
        writer.append(frame(0, seconds=0.0, keyframe=True))
        writer.append(frame(4, seconds=0.25, total=1.5, test_accuracy=0.875, test_count=200))
    first, second = table(tmp_path)
    columns = {info.alias or name for name, info in FrameScalars.model_fields.items()}
    assert set(first) == columns | {"seconds"}
    assert (first["step"], first["total"], first["seconds"]) == ("0", "", "0.0")
    assert {name: second[name] for name in ("step", "total", "lambda", "seconds")} == {
        "step": "4", "total": "1.5", "lambda": "0.1", "seconds": "0.25",
    }  # fmt: skip
    assert (second["test_accuracy"], second["test_count"]) == ("0.875", "200")


def test_a_run_without_frames_is_a_table_without_lines(tmp_path: Path) -> None:
    with RunWriter("0" * 16, tmp_path):
        pass
    assert table(tmp_path) == []


def test_what_is_no_number_never_reaches_the_table(tmp_path: Path) -> None:
    with RunWriter("0" * 16, tmp_path) as writer:
        writer.append(frame(1).replace(b'\\"step\\":1', b'\\"step\\":"=A1"'))
    with pytest.raises(StoreError, match="cannot be read"):
        table(tmp_path)


def test_what_a_later_frame_of_the_same_step_does_not_know_is_the_earlier_ones(tmp_path: Path):
    with RunWriter("0" * 16, tmp_path) as writer:
        writer.append(frame(4, seconds=0.25, total=1.5, test_accuracy=0.5))
        writer.append(frame(4, seconds=0.5, test_accuracy=0.75, keyframe=True))
        writer.append(frame(4, seconds=0.75, alpha=2.0))
    shown = [(row["step"], row["total"], row["test_accuracy"]) for row in table(tmp_path)]
    assert shown == [("4", "1.5", "0.75"), ("4", "", "")]
