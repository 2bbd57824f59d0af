"""Measuring a claim through a real server and a real WebSocket client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from app.ledger import Ledger, find
from tests.app.watching import told
from tests.runs.waiting import wait_until

#: The pair that the lab ships is a finished run of these settings.
SHIPPED = {"claim": "likelihood-detects", "variant": "D = 64, 40 epochs, FGSM 0.2", "seeds": 1}


@contextmanager
def at_the_desk(port: int, **options: Any) -> Iterator[ClientConnection]:
    url = f"ws://127.0.0.1:{port}/lab/ledger"
    with connect(url, open_timeout=60, proxy=None, **options) as client:
        yield client


def ask(client: ClientConnection, **question: Any) -> list[dict[str, Any]]:
    """Asks and hears everything up to the end."""
    client.send(json.dumps(question))
    heard = [told(client)]
    while heard[-1]["type"] not in ("done", "error"):
        heard.append(told(client))
    return heard


def test_a_row_comes_with_progress_and_stays_in_the_ledger(port, local) -> None:
    ledger = Ledger()
    with at_the_desk(port) as client:
        heard = ask(client, ask=1, ledger=ledger.token, **SHIPPED)
    assert [message["type"] for message in heard[-2:]] == ["row", "done"]
    progress = [message for message in heard if message["type"] == "progress"]
    assert progress[0]["total"] == 3 and "seed 0" in progress[-1]["doing"]
    (row,) = ledger.rows
    assert (row.verdict, row.seeds, row.interval) == ("inconclusive", (0,), None)
    assert row.mean == row.values[0] and list(row.run_ids) == ["L-GM", "softmax"]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"claim": "nonsense"}, "allowed"),
        ({"claim": "likelihood-detects", "variant": "D = 3"}, "D = 64, PGD 0.2"),
        ({"claim": "likelihood-detects", "seeds": 11}, "disagree"),
        ({"claim": "likelihood-detects", "epochs": 1}, "disagree"),
    ],
)
def test_what_is_not_allowed_is_told(port, local, question, said) -> None:
    with at_the_desk(port) as client:
        (answer,) = ask(client, ask=1, ledger=Ledger().token, **question)
    assert answer["type"] == "error" and said in answer["message"]


def test_without_a_ledger_nothing_is_measured(port, local) -> None:
    with at_the_desk(port) as client:
        (answer,) = ask(client, ask=1, ledger="guess", **SHIPPED)
    assert "reload" in answer["message"]


def test_a_cancelled_measurement_leaves_no_row_and_its_runs_are_stopped(port, local) -> None:
    ledger = Ledger()
    question = {"claim": "margin-tightens", "variant": "D = 2, margin 1", "seeds": 1}
    with at_the_desk(port) as client:
        client.send(json.dumps({"ask": 1, "ledger": ledger.token, **question}))
        while "Trains" not in told(client).get("doing", ""):
            pass
        client.send(json.dumps({"ask": 2}))
        heard = ask(client, ask=3, ledger="guess", **SHIPPED)
    assert heard[-1]["type"] == "error" and not ledger.rows
    wait_until(lambda: not local.busy, "the end of its runs")


def test_a_stranger_is_not_let_in(port) -> None:
    with pytest.raises(InvalidStatus), at_the_desk(port, origin="https://elsewhere.example"):
        pass


def test_the_oldest_ledgers_make_room() -> None:
    first = Ledger()
    many = [Ledger() for _ in range(500)]
    assert find(first.token) is None and find(many[-1].token) is many[-1]
    assert first.rows == ()
