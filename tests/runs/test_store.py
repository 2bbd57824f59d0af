from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file

from lgm_core.runs.store import RunReader, RunWriter, Store, StoreError, default_root, is_run_id
from lgm_core.training.settings import TrainSettings

SETTINGS = TrainSettings(loss="softmax", epochs=3, seed=7)
FRAMES = [b"first frame", b"\0", b"x" * 300, b"last"]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def ended(store: Store, age: float, size: int = 10) -> str:
    """A run that ended so many seconds ago."""
    with store.create(SETTINGS) as writer:
        writer.append(b"x" * size)
        writer.finish({"steps": 1}, None)
    then = time.time() - age
    for path in (*writer.folder.iterdir(), writer.folder):
        os.utime(path, (then, then))
    return writer.run_id


def test_a_run_can_be_read_back(store: Store) -> None:
    weights = {"means": torch.arange(6.0).reshape(3, 2)}
    with store.create(SETTINGS) as writer:
        for frame in FRAMES:
            writer.append(frame)
        writer.finish({"test_accuracy": 0.5}, weights)
    reader = store.open(writer.run_id)
    assert reader.settings() == SETTINGS
    assert list(reader.frames()) == FRAMES
    assert list(reader.frames(2)) == FRAMES[2:]
    assert reader.frame(1) == FRAMES[1]
    assert reader.result() == {"test_accuracy": 0.5}
    assert torch.equal(load_file(writer.folder / "weights.safetensors")["means"], weights["means"])
    assert not list(writer.folder.glob("*.part"))


def test_a_reader_follows_the_writer(store: Store) -> None:
    with store.create(SETTINGS) as writer:
        reader = store.open(writer.run_id)
        assert reader.count() == 0
        for number, frame in enumerate(FRAMES, 1):
            writer.append(frame)
            assert reader.count() == number
            assert reader.frame(number - 1) == frame
        assert reader.result() is None
        with pytest.raises(IndexError, match="frame 4; there are 4"):
            reader.frame(4)
        with pytest.raises(IndexError):
            reader.frame(-1)


def test_many_readers_beside_one_writer_see_whole_frames_in_order(store: Store) -> None:
    total, seen, wrong = 400, [], []
    with store.create(SETTINGS) as writer:
        reader = store.open(writer.run_id)

        def read() -> None:
            index = 0
            while index < total:
                while index < reader.count():
                    if reader.frame(index) != str(index).encode() * 50:
                        wrong.append(index)
                    index += 1
            seen.append(index)

        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        for index in range(total):
            writer.append(str(index).encode() * 50)
        for thread in threads:
            thread.join(20)
    assert (seen, wrong) == ([total] * 3, [])


def test_a_file_cut_at_any_byte_gives_the_whole_frames_before_the_cut(store: Store) -> None:
    with store.create(SETTINGS) as writer:
        ends = [0]
        for frame in FRAMES:
            writer.append(frame)
            ends.append(writer.size)
    path = writer.folder / "frames.bin"
    whole = path.read_bytes()
    assert len(whole) == ends[-1]
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        left = sum(end <= cut for end in ends[1:])
        assert list(RunReader(writer.run_id, writer.folder).frames()) == FRAMES[:left]


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, 10**6), mask=st.integers(1, 255))
def test_a_damaged_byte_never_shows_a_frame_that_was_not_written(
    tmp_path_factory: pytest.TempPathFactory, place: int, mask: int
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    with RunWriter("0" * 16, folder) as writer:
        for frame in FRAMES:
            writer.append(frame)
    path = folder / "frames.bin"
    data = bytearray(path.read_bytes())
    data[place % len(data)] ^= mask
    path.write_bytes(data)
    read = list(RunReader("0" * 16, folder).frames())
    assert len(read) < len(FRAMES)
    assert read == FRAMES[: len(read)]


def test_a_record_that_claims_to_be_huge_is_not_read(store: Store) -> None:
    with store.create(SETTINGS) as writer:
        writer.append(b"good")
    with (writer.folder / "frames.bin").open("ab") as file:
        file.write(b"\xff\xff\xff\xff\0\0\0\0" + b"y" * 100)
    assert list(store.open(writer.run_id).frames()) == [b"good"]


class FullDisk:
    """A file on a disk with room for so many bytes, as the system behaves when one is full."""

    def __init__(self, path: Path, room: int) -> None:
        self._file = path.open("ab", buffering=0)
        self._room = room

    def write(self, data: bytes) -> int:
        taken = data[: self._room]
        self._room -= len(taken)
        return self._file.write(taken)

    def truncate(self, size: int) -> int:
        return self._file.truncate(size)

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()


def test_a_full_disk_leaves_no_torn_frame_behind(tmp_path: Path) -> None:
    writer = RunWriter("0" * 16, tmp_path)
    writer.append(b"good")
    writer.close()
    writer._file = FullDisk(tmp_path / "frames.bin", 20)  # type: ignore[assignment]
    with pytest.raises(StoreError, match="disk is full"):
        writer.append(b"z" * 100)
    writer.close()
    again = RunWriter("0" * 16, tmp_path)
    again.append(b"after")
    again.close()
    assert list(RunReader("0" * 16, tmp_path).frames()) == [b"good", b"after"]


@pytest.mark.parametrize(
    "name",
    [
        "", "..", "../0123456789abcdef", "0123456789ABCDEF", "0123456789abcdef/",
        "0123456789abcde", "0123456789abcdef0", "0123456789abcdeg", "0123456789abcdef\n",
        "/etc/passwd", "０123456789abcdef", "%2e%2e", "0123456789abcde\0",
    ],
)  # fmt: skip
def test_a_bad_id_never_reaches_a_path(store: Store, tmp_path: Path, name: str) -> None:
    # Where the id did reach a path, there would be a run to find.
    outside = tmp_path.parent / "0123456789abcdef"
    outside.mkdir(exist_ok=True)
    (outside / "settings.json").write_text(SETTINGS.model_dump_json(by_alias=True))
    assert not is_run_id(name)
    with pytest.raises(StoreError, match="no such run"):
        store.open(name)


def test_an_unknown_run_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="no such run"):
        store.open("0123456789abcdef")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"epochs": 0}', '{"unknown": 1}', '{"alpha": NaN}', "[" * 100_000]
)
def test_settings_on_disk_are_not_trusted(store: Store, text: str) -> None:
    with store.create(SETTINGS) as writer:
        pass
    (writer.folder / "settings.json").write_text(text)
    with pytest.raises(StoreError, match="settings of this run cannot be read"):
        store.open(writer.run_id).settings()


@pytest.mark.parametrize("text", ["", "{", "[1]", '"text"', "[" * 100_000, "\xff"])
def test_a_result_that_is_none_is_none(store: Store, text: str) -> None:
    with store.create(SETTINGS) as writer:
        pass
    (writer.folder / "result.json").write_text(text, encoding="latin-1")
    assert store.open(writer.run_id).result() is None


def test_a_result_is_never_half_written(store: Store) -> None:
    with store.create(SETTINGS) as writer, pytest.raises(ValueError, match="not JSON compliant"):
        writer.finish({"test_accuracy": float("nan")}, None)
    assert not (writer.folder / "result.json").exists()


def test_the_oldest_ended_runs_give_way_to_new_ones(tmp_path: Path) -> None:
    store = Store(tmp_path, max_runs=3)
    first, second, third = (ended(store, age) for age in (300, 200, 100))
    assert store.run_ids() == [first, second, third]
    with store.create(SETTINGS) as new:
        assert store.run_ids() == [second, third, new.run_id]


def test_runs_give_way_when_they_fill_too_much(tmp_path: Path) -> None:
    store = Store(tmp_path, max_bytes=25_000)
    first, second, third = (ended(store, age, 10_000) for age in (300, 200, 100))
    with store.create(SETTINGS) as new:
        assert store.run_ids() == [second, third, new.run_id]
    assert not (tmp_path / first).exists()


def test_a_live_run_is_never_removed(tmp_path: Path) -> None:
    store = Store(tmp_path, max_runs=2)
    kept = ended(store, 300)
    # No result yet and written to just now: it may be another process's.
    with store.create(SETTINGS) as live, store.create(SETTINGS, keep=frozenset([kept])) as new:
        assert set(store.run_ids()) == {kept, live.run_id, new.run_id}


def test_what_is_not_a_run_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "0123456789abcdef").write_text("a file of that name")
    store = Store(tmp_path, max_runs=1)
    ended(store, 100)
    ended(store, 50)
    assert (tmp_path / "notes").is_dir()
    assert (tmp_path / "0123456789abcdef").is_file()
    assert len(store.run_ids()) == 1


def test_a_folder_that_cannot_be_written_gives_one_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(StoreError, match=r"Runs cannot be kept in .*LGM_RUNS_DIR"):
        Store(blocked / "runs").create(SETTINGS)


def test_the_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LGM_RUNS_DIR", str(tmp_path / "mine"))
    assert default_root() == tmp_path / "mine"
    monkeypatch.delenv("LGM_RUNS_DIR")
    assert default_root().parts[-2:] == ("lgm-lab", "runs")


def test_no_secret_is_stored(store: Store) -> None:
    with store.create(SETTINGS) as writer:
        writer.finish({}, None)
    assert {path.name for path in writer.folder.iterdir()} == {
        "settings.json", "frames.bin", "result.json",
    }  # fmt: skip
    stored = json.loads((writer.folder / "settings.json").read_text())
    assert stored == SETTINGS.model_dump(by_alias=True)
