"""Which pairs can be attacked, and why not the others."""

from __future__ import annotations

import pytest

from app import strange_models
from app.strange_models import has_weights, key_of, pairs_to_attack
from lgm_core.pretrained import LGM, SOFTMAX
from lgm_core.training.frame import encode
from lgm_core.training.loop import Trainer
from lgm_core.training.settings import TrainSettings


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A visitor who has not trained anything."""
    monkeypatch.setattr(strange_models.pairs, "current", lambda: None)


@pytest.fixture(scope="module")
def trained(local) -> str:
    """A run of the store that has ended with weights."""
    settings = TrainSettings(epochs=1, batch_size=1000)
    trainer = Trainer(settings)
    with local.store.create(settings) as writer:
        for frame in trainer.run():
            writer.append(encode(frame))
        writer.finish(
            trainer.result() | {"state": "finished", "message": None}, trainer.state_dict()
        )
    return writer.run_id


@pytest.fixture(scope="module")
def unfinished(local) -> str:
    """A run of the store whose server was killed."""
    with local.store.create(TrainSettings()) as writer:
        return writer.run_id


def test_the_shipped_pair_is_always_there(local):
    found, problem = pairs_to_attack("")
    assert problem is None
    assert list(found) == ["shipped"]
    pair = found["shipped"]
    assert pair.title == "Shipped pair, D = 64"
    assert [(m.id, m.name) for m in pair.models] == [(SOFTMAX, "Softmax"), (LGM, "L-GM")]


def test_a_link_brings_a_pair_of_the_store(trained):
    found, problem = pairs_to_attack(f"{trained}.{trained}")
    assert problem is None
    pair = found[f"{trained}.{trained}"]
    assert key_of(pair.runs) == f"{trained}.{trained}"
    assert [model.name for model in pair.models] == ["L-GM, left", "L-GM, right"]


@pytest.mark.parametrize(
    "wanted", ["x", "ffffffffffffffff.ffffffffffffffff", "../..", f"{LGM}", f"{LGM}.", "." * 300]
)
def test_a_link_to_nothing_is_explained(local, wanted):
    found, problem = pairs_to_attack(wanted)
    assert list(found) == ["shipped"]
    assert problem is not None
    assert "there are no such runs here" in problem


def test_a_run_without_trained_weights_is_not_attacked(trained, unfinished):
    found, problem = pairs_to_attack(f"{trained}.{unfinished}")
    assert list(found) == ["shipped"]
    assert problem is not None
    assert problem.startswith(f"Run {unfinished} has no trained weights: ")


def test_weights_before_the_first_step_do_not_count(local):
    settings = TrainSettings(epochs=1)
    trainer = Trainer(settings)
    with local.store.create(settings) as writer:
        result = trainer.result() | {"state": "stopped", "message": None}
        writer.finish(result, trainer.state_dict())
    run = local.get(writer.run_id)
    assert (run.reader.folder / "weights.safetensors").is_file()
    assert not has_weights(run)
