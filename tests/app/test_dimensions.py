"""The comparison by feature dimension, through a real server and a real WebSocket client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from app import dimensions
from lgm_core.detection.dimensions import Model
from lgm_core.pretrained import LGM
from lgm_core.training.settings import LossName, TrainSettings
from tests.app.watching import told

FEW = {"attack": "fgsm", "count": 20}
SMALL = Model("softmax", 2)
SHIPPED = Model("lgm", 64)


@pytest.fixture(autouse=True)
def two_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is trained in a second, and one that comes with the lab."""
    monkeypatch.setattr(dimensions, "models", lambda: [SMALL, SHIPPED])
    monkeypatch.setattr(dimensions, "settings_for", short)
    monkeypatch.setattr(dimensions, "_known", type(dimensions._known)())


def short(loss: LossName, dim: int) -> TrainSettings:
    return TrainSettings(loss=loss, feature_dim=dim, epochs=1, batch_size=500)


@contextmanager
def at_the_desk(port: int, **options: Any) -> Iterator[ClientConnection]:
    url = f"ws://127.0.0.1:{port}/lab/dimensions"
    with connect(url, open_timeout=60, proxy=None, **options) as client:
        yield client


def ask(client: ClientConnection, number: int, **question: Any) -> list[dict[str, Any]]:
    """Asks and hears everything up to the end."""
    client.send(json.dumps({"ask": number, **question}))
    heard = [told(client)]
    while heard[-1]["type"] not in ("done", "error"):
        heard.append(told(client))
    assert {message["ask"] for message in heard} <= {number, None}
    return heard


def of_type(kind: str, heard: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [message for message in heard if message["type"] == kind]


def test_models_are_trained_once_and_figures_known_from_then_on(port, local):
    with at_the_desk(port) as client:
        before = ask(client, 1, settings=FEW, known=True)
        assert [(m["type"], m.get("untrained")) for m in before] == [("known", 1), ("done", None)]

        heard = ask(client, 2, settings=FEW)
        figures = of_type("figures", heard)
        assert [(m["loss"], m["dim"]) for m in figures] == [SHIPPED, SMALL]  # no training first
        assert figures[0]["run"] == LGM
        assert "log_likelihood" in figures[0]["scores"]
        assert "log_likelihood" not in figures[1]["scores"]
        for message in figures:
            assert 0 <= message["accuracy_attacked"] <= message["accuracy_clean"] <= 1
            auroc = message["scores"]["max_probability"]["auroc"]
            assert auroc["low"] <= auroc["value"] <= auroc["high"]
        doing = [(m["loss"], m["doing"]) for m in of_type("state", heard)]
        assert [step for i, step in enumerate(doing) if step not in doing[:i]] == [
            ("lgm", "waiting"), ("lgm", "attacking"),
            ("softmax", "waiting"), ("softmax", "training"), ("softmax", "attacking"),
        ]  # fmt: skip
        run = local.get(figures[1]["run"])
        assert run is not None
        assert run.settings == short(*SMALL)

    with at_the_desk(port) as client:
        again = ask(client, 7, settings=FEW, known=True)
        assert sorted(m["run"] for m in of_type("figures", again)) == sorted([LGM, run.id])
        assert of_type("known", again)[0]["untrained"] == 0
        other = ask(client, 8, settings=FEW | {"epsilon": 0.1})
        assert not [m for m in of_type("state", other) if m["doing"] == "training"]
        assert [m["run"] for m in of_type("figures", other)] == [run.id, LGM]
        assert of_type("figures", other)[0]["scores"] != figures[1]["scores"]


def test_a_cancelled_comparison_leaves_no_run_and_the_desk_is_free_again(port, local, monkeypatch):
    long = TrainSettings(loss="softmax", epochs=500)
    monkeypatch.setattr(dimensions, "models", lambda: [SMALL])
    monkeypatch.setattr(dimensions, "settings_for", lambda *_: long)
    before = local.store.run_ids()
    with at_the_desk(port) as client:
        client.send(json.dumps({"ask": 1, "settings": FEW}))
        while told(client).get("doing") != "training":
            pass
        client.send(json.dumps({"ask": 2}))
        monkeypatch.setattr(dimensions, "models", lambda: [SHIPPED])
        client.send(json.dumps({"ask": 3, "settings": FEW}))
        message = told(client)
        while message["ask"] != 3:
            assert message["type"] == "state"
            message = told(client)
        while message["type"] != "done":
            message = told(client)
    assert local.store.run_ids() == before


def test_what_makes_no_sense_is_refused_in_a_sentence_and_at_last_shown_the_door(port):
    with at_the_desk(port) as client:
        (answer,) = ask(client, 1, settings={"epsilon": 7})
        assert answer["message"] == "epsilon is 7; allowed: 0 to 1."
        for text in ("{", '{"ask": -1}', '{"ask": 1, "more": 1}', json.dumps({"ask": "x" * 3000})):
            client.send(text)
            assert told(client)["message"] == "The page and the server disagree."
        for _ in range(15):
            client.send("{")
        while True:
            try:
                client.recv(60)
            except Exception as closed:
                assert getattr(closed, "rcvd", None) is not None
                break


def test_a_page_from_elsewhere_is_not_let_in(port):
    with pytest.raises(InvalidStatus), at_the_desk(port, origin="http://elsewhere.example"):
        pass


def test_figures_that_are_kept_are_bounded(port, monkeypatch):
    monkeypatch.setattr(dimensions, "models", lambda: [SHIPPED])
    monkeypatch.setattr(dimensions, "_REMEMBERED", 2)
    with at_the_desk(port) as client:
        for count in (5, 6, 7):
            ask(client, count, settings=FEW | {"count": count})
    assert len(dimensions._known) == 2
