"""The landing page's runs: one pair for everybody, that stands back behind anybody's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app import engine, showcase
from lgm_core.runs.engine import RunState
from lgm_core.runs.local import LocalEngine
from lgm_core.runs.store import Store
from lgm_core.training.comparison import Comparison
from lgm_core.training.controls import Command
from lgm_core.training.settings import TrainSettings
from tests.runs.waiting import wait_until

SHORT = Comparison(epochs=1, batch_size=256)


@pytest.fixture
def fresh(tmp_path, monkeypatch) -> Iterator[LocalEngine]:
    """An engine, and a showcase that knows of nothing."""
    monkeypatch.setattr(engine, "_engine", LocalEngine(Store(tmp_path)))
    monkeypatch.setattr(showcase, "_ids", None)
    monkeypatch.setattr(showcase, "_searched", False)
    monkeypatch.setattr(showcase, "COMPARISON", SHORT)
    yield engine.engine()
    engine.close_engine()


def finished() -> tuple[str, str]:
    pair = showcase.showcase()
    assert pair is not None
    for run in pair:
        wait_until(lambda run=run: run.status.state.over, "the end of the showcase")
        assert run.status.state == RunState.FINISHED
    return pair[0].id, pair[1].id


def test_it_is_trained_once_and_then_shown_to_everybody(fresh):
    ids = finished()
    pair = showcase.showcase()
    assert pair is not None
    assert tuple(run.id for run in pair) == ids
    assert [run.settings.loss for run in pair] == ["softmax", "lgm"]
    assert len(fresh.store.run_ids()) == 2


def test_what_an_earlier_server_trained_is_found_again(fresh, monkeypatch):
    ids = finished()
    engine.close_engine()
    monkeypatch.setattr(engine, "_engine", LocalEngine(fresh.store))
    monkeypatch.setattr(showcase, "_ids", None)
    monkeypatch.setattr(showcase, "_searched", False)
    pair = showcase.showcase()
    assert pair is not None
    assert tuple(run.id for run in pair) == ids


def test_it_does_not_train_while_somebody_else_does(fresh, monkeypatch):
    monkeypatch.setattr(showcase, "COMPARISON", Comparison(epochs=500))
    other = fresh.start(TrainSettings(epochs=500), company=64)
    assert showcase.showcase() is None
    other.send(Command(action="stop"))
    wait_until(lambda: not fresh.busy, "a free engine")
    assert showcase.showcase() is not None


def test_it_gives_way_and_begins_again_once_the_machine_is_free(fresh, monkeypatch):
    monkeypatch.setattr(showcase, "COMPARISON", Comparison(epochs=500))
    pair = showcase.showcase()
    assert pair is not None
    wait_until(lambda: all(run.reader.count() > 1 for run in pair), "frames")
    showcase.give_way()
    wait_until(lambda: all(run.status.state.over for run in pair), "the stop")
    wait_until(lambda: not fresh.busy, "a free engine")
    again = showcase.showcase()
    assert again is not None
    assert {run.id for run in again}.isdisjoint(run.id for run in pair)
