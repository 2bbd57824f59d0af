from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lgm_core.runs.reader import RunReader, StoreError
from lgm_core.runs.store import RunWriter
from lgm_core.training.frame import read_header
from tests.runs.making import frame

STEPS = (0, 0, 4, 8, 8, 12)
KEYFRAMES = (0, 4)


@pytest.fixture
def reader(tmp_path: Path) -> RunReader:
    with RunWriter("0" * 16, tmp_path) as writer:
        for number, step in enumerate(STEPS):
            writer.append(frame(step, seconds=0.5 * number, keyframe=number in KEYFRAMES))
    return RunReader("0" * 16, tmp_path)


def test_header_is_that_of_the_frame(reader: RunReader) -> None:
    for index in range(reader.count()):
        told = read_header(reader.frame(index))
        header = reader.header(index)
        assert header.model_dump(by_alias=True, exclude_none=True) == {"test_count": 0} | told
        assert header.seconds == 0.5 * index


@pytest.mark.parametrize(
    ("step", "index"), [(-1, -1), (0, 1), (3, 1), (4, 2), (8, 4), (11, 4), (12, 5), (10**9, 5)]
)
def test_index_at_is_the_newest_frame_at_or_before_a_step(
    reader: RunReader, step: int, index: int
) -> None:
    assert reader.index_at(step) == index


@pytest.mark.parametrize(
    ("index", "not_before", "found"), [(5, 0, 4), (4, 4, 4), (3, 0, 0), (3, 1, None), (-1, 0, None)]
)
def test_keyframe_before(reader: RunReader, index: int, not_before: int, found: int | None) -> None:
    assert reader.keyframe_before(index, not_before=not_before) == found


def test_a_run_that_was_removed_says_so(reader: RunReader) -> None:
    reader.count()
    shutil.rmtree(reader.folder)
    with pytest.raises(StoreError, match="has been removed"):
        reader.frame(0)
    assert RunReader("0" * 16, reader.folder).count() == 0


@pytest.mark.parametrize(
    "data",
    [
        b"abc",
        b"\xff" * 40,
        (5).to_bytes(8, "little") + b"hello",
        (2).to_bytes(8, "little") + b"{}",
        frame(1).replace(b'\\"step\\":1', b'\\"step\\":x'),
        frame(1).replace(b'\\"step\\":1', b'\\"stop\\":1'),
    ],
)
def test_a_record_that_is_no_frame_gives_one_sentence(tmp_path: Path, data: bytes) -> None:
    with RunWriter("0" * 16, tmp_path) as writer:
        writer.append(data)
    with pytest.raises(StoreError, match="cannot be read"):
        RunReader("0" * 16, tmp_path).header(0)


def test_a_file_that_ends_in_zeros_does_not_fill_the_memory(tmp_path: Path) -> None:
    with RunWriter("0" * 16, tmp_path) as writer:
        writer.append(frame(1))
    with (tmp_path / "frames.bin").open("ab") as file:
        file.truncate(file.tell() + (1 << 30))  # as a disk may leave them after a power cut
    reader = RunReader("0" * 16, tmp_path)
    assert reader.count() == 1
    assert list(reader.frames()) == [frame(1)]


def test_a_file_of_tiny_frames_does_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lgm_core.runs.reader.MAX_FRAMES", 5)
    with RunWriter("0" * 16, tmp_path) as writer:
        for _ in range(9):
            writer.append(b"x")
    assert RunReader("0" * 16, tmp_path).count() == 5
