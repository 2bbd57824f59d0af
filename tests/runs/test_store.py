import errno
import os
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from lgm_core.runs.store import Store, StoreError, default_root, is_run_id
from lgm_core.training.settings import TrainSettings

SETTINGS = TrainSettings(loss="softmax", seed=7)
LONG_AGO = 1e9


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "runs")


def ended(store: Store, frame: bytes = b"frame", *, keep: frozenset[str] = frozenset()) -> str:
    """A run with one frame and a result."""
    with store.create(SETTINGS, keep=keep) as writer:
        writer.append(frame)
        writer.finish({}, None)
    return writer.run_id


def age(store: Store, run_id: str, seconds: float) -> None:
    """Lets a run look as if it was written to so long ago."""
    then = time.time() - seconds
    for path in (*(store.root / run_id).iterdir(), store.root / run_id):
        os.utime(path, (then, then))


def test_a_run_comes_back_as_it_was_written(store):
    weights = {"loss.means": torch.randn(3, 2)}
    with store.create(SETTINGS) as writer:
        for frame in (b"first", b"", b"third"):
            writer.append(frame)
        writer.finish({"test_accuracy": 0.5}, weights)
    reader = store.open(writer.run_id)
    assert reader.settings() == SETTINGS
    assert list(reader.frames()) == [b"first", b"", b"third"]
    assert list(reader.frames(2)) == [b"third"]
    assert reader.result() == {"test_accuracy": 0.5}
    kept = load_file(store.root / writer.run_id / "weights.safetensors")
    assert torch.equal(kept["loss.means"], weights["loss.means"])
    assert not list(store.root.rglob("*.part"))


def test_a_run_without_a_result_has_none(store):
    with store.create(SETTINGS) as writer:
        pass
    assert store.open(writer.run_id).result() is None
    assert store.open(writer.run_id).count() == 0


def test_run_ids_are_random_and_told_oldest_first(store):
    ids = [ended(store) for _ in range(3)]
    assert len(set(ids)) == 3
    assert all(is_run_id(run_id) for run_id in ids)
    for run_id, seconds in zip(ids, (50, 200, 100), strict=True):
        age(store, run_id, seconds)
    assert store.run_ids() == [ids[1], ids[2], ids[0]]


BAD_IDS = [
    "", ".", "..", "../..", "/etc/passwd", "0123456789ABCDEF", "0123456789abcde",
    "0123456789abcdef0", "0123456789abcdef\n", "0123456789abcde/", "٠١٢٣٤٥٦٧٨٩abcdef",
    "0123456789abcd\0f", "..%2f..%2f..%2f..%2",
]  # fmt: skip


@pytest.mark.parametrize("run_id", BAD_IDS)
def test_an_id_of_another_form_is_refused_before_any_path_is_touched(store, monkeypatch, run_id):
    def touched(*_: object) -> bool:
        raise AssertionError("a path was touched")

    monkeypatch.setattr(Path, "is_file", touched)
    monkeypatch.setattr(Path, "stat", touched)
    monkeypatch.setattr(Path, "open", touched)
    assert not is_run_id(run_id)
    with pytest.raises(StoreError, match="no such run"):
        store.open(run_id)


def test_an_unknown_run_is_refused_in_words(store):
    with pytest.raises(StoreError, match="no such run"):
        store.open("0123456789abcdef")


def test_beyond_the_limit_the_oldest_run_gives_way(tmp_path):
    store = Store(tmp_path, max_runs=3)
    ids = [ended(store) for _ in range(3)]
    for seconds, run_id in enumerate(reversed(ids), 1):
        age(store, run_id, seconds * 100)
    newest = ended(store)
    assert set(store.run_ids()) == {*ids[1:], newest}


def test_beyond_the_bytes_allowed_the_oldest_runs_give_way(tmp_path):
    store = Store(tmp_path, max_bytes=40_000)
    ids = [ended(store, bytes(15_000)) for _ in range(3)]
    for seconds, run_id in enumerate(reversed(ids), 1):
        age(store, run_id, seconds * 100)
    newest = ended(store)
    assert set(store.run_ids()) == {*ids[1:], newest}


def test_making_room_keeps_the_runs_that_are_live(tmp_path):
    store = Store(tmp_path, max_runs=2)
    writer = store.create(SETTINGS)
    age(store, writer.run_id, LONG_AGO)
    live = frozenset([writer.run_id])
    second = ended(store, keep=live)
    third = ended(store, keep=live)
    writer.append(b"it goes on")
    writer.close()
    assert set(store.run_ids()) == {writer.run_id, third}
    assert second not in store.run_ids()
    assert list(store.open(writer.run_id).frames()) == [b"it goes on"]


def test_another_process_may_be_writing_a_run_that_has_no_result_yet(tmp_path):
    store = Store(tmp_path, max_runs=1)
    with store.create(SETTINGS) as young, store.create(SETTINGS) as old:
        pass
    age(store, young.run_id, 60)
    age(store, old.run_id, LONG_AGO)
    newest = ended(store)
    assert set(store.run_ids()) == {young.run_id, newest}


def test_what_is_no_run_is_never_removed(tmp_path):
    store = Store(tmp_path, max_runs=1)
    for name in ("notes", "0123456789abcdeg"):
        (tmp_path / name).mkdir()
    (tmp_path / "0123456789abcdef").write_text("a file, not a folder")
    ended(store)
    ended(store)
    assert sorted(p.name for p in tmp_path.iterdir() if p.name not in store.run_ids()) == [
        "0123456789abcdef", "0123456789abcdeg", "notes",
    ]  # fmt: skip
    assert len(store.run_ids()) == 1


def test_a_root_that_cannot_be_written_is_told_in_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"Runs cannot be kept in .*: Not a directory\. Make room"):
        Store(tmp_path / "file").create(SETTINGS)


def test_a_frame_that_the_disk_takes_in_part_leaves_the_others_whole(store):
    with store.create(SETTINGS) as writer:
        writer.append(b"first")
        whole = writer._file
        writer._file = FullDisk(whole, room=3)
        with pytest.raises(StoreError, match="disk is full; the frames so far are kept"):
            writer.append(b"second")
        writer._file = FullDisk(whole, room=None)
        with pytest.raises(StoreError, match="cannot be written: No space left on device"):
            writer.append(b"third")
        writer._file = whole
        writer.append(b"fourth")
    assert list(store.open(writer.run_id).frames()) == [b"first", b"fourth"]


class FullDisk:
    """A file on a disk with ``room`` bytes left; None: the system refuses at once."""

    def __init__(self, file, room: int | None) -> None:
        self._file, self._room = file, room

    def write(self, data: bytes) -> int:
        if self._room is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return int(self._file.write(data[: self._room]))

    def truncate(self, size: int) -> None:
        self._file.truncate(size)


def test_the_root_is_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("LGM_RUNS_DIR", str(tmp_path))
    assert default_root() == tmp_path
    monkeypatch.delenv("LGM_RUNS_DIR")
    assert default_root().parts[-2:] == ("lgm-lab", "runs")
