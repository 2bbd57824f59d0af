import os
from pathlib import Path

import pytest

from lgm_core.data.cache import cache_folder, read_bounded, write_whole


def test_the_folder_is_the_one_that_is_set(monkeypatch):
    monkeypatch.setenv("LGM_CACHE_DIR", "/some/folder")
    assert cache_folder() == Path("/some/folder")


def test_without_a_setting_it_is_the_systems(monkeypatch):
    monkeypatch.delenv("LGM_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", "/some/caches")
    assert cache_folder().name == "lgm-lab"


def test_a_file_is_written_and_replaced(tmp_path):
    path = tmp_path / "a" / "b"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_whole(path, b"old")

    def fail(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="full"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_reading_is_bounded(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"123456")
    assert read_bounded(path, 3) == b"1234"
    assert read_bounded(path, 6) == b"123456"


def test_a_pipe_in_a_files_place_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a file"):
        read_bounded(tmp_path / "pipe", 3)
