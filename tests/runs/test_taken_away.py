"""Runs that another program takes away or makes room with, while they are written."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from lgm_core.runs.store import Store, StoreError
from lgm_core.training.settings import TrainSettings

SETTINGS = TrainSettings(loss="softmax", epochs=3, seed=7)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.mark.parametrize("change", ["removed", "cut"])
def test_a_run_whose_frames_are_taken_away_does_not_go_on_in_silence(
    store: Store, change: str
) -> None:
    with store.create(SETTINGS) as writer:
        writer.append(b"good")
        if change == "removed":
            shutil.rmtree(writer.folder)
        else:
            os.truncate(writer.folder / "frames.bin", 5)
        with pytest.raises(StoreError, match="removed or cut by another program"):
            writer.append(b"more")
        writer.keep_alive()  # nothing is left to be kept


def test_a_live_run_that_writes_nothing_is_not_removed_to_make_room(store: Store) -> None:
    with store.create(SETTINGS) as waiting, store.create(SETTINGS) as silent:
        for folder in (waiting.folder, silent.folder):
            for path in (*folder.iterdir(), folder):
                os.utime(path, (1.0, 1.0))
        waiting.keep_alive()
        store.prune(0, 0)
        assert store.run_ids() == [waiting.run_id]
