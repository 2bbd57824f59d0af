"""Measuring a claim through a real server and a real WebSocket client."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, cast

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from app.ledger import _MOST_AT_ONCE, _MOST_HELD, Ledger, find
from lgm_core.evidence.measure import Row
from tests.app.watching import told
from tests.runs.waiting import wait_until

#: The pair that the lab ships is a finished run of these settings.
SHIPPED = {"claim": "likelihood-detects", "variant": "D = 64, 40 epochs, FGSM 0.2", "seeds": 1}

#: This one is trained first.
SLOW = {"claim": "margin-tightens", "variant": "D = 2, margin 1", "seeds": 1}


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
    ledger = Ledger()
    with at_the_desk(port) as client:
        (answer,) = ask(client, ask=1, ledger=ledger.token, **question)
    assert answer["type"] == "error" and said in answer["message"]


def test_without_a_ledger_nothing_is_measured(port, local) -> None:
    with at_the_desk(port) as client:
        (answer,) = ask(client, ask=1, ledger="guess", **SHIPPED)
    assert "reload" in answer["message"]


def test_a_cancelled_measurement_leaves_no_row_and_its_runs_are_stopped(port, local) -> None:
    ledger = Ledger()
    with at_the_desk(port) as client:
        client.send(json.dumps({"ask": 1, "ledger": ledger.token, **SLOW}))
        while "Trains" not in told(client).get("doing", ""):
            pass
        client.send(json.dumps({"ask": 2}))
        heard = ask(client, ask=3, ledger="guess", **SHIPPED)
    assert heard[-1]["type"] == "error" and not ledger.rows
    wait_until(lambda: not local.busy, "the end of its runs")


def test_a_stranger_is_not_let_in(port) -> None:
    with pytest.raises(InvalidStatus), at_the_desk(port, origin="https://elsewhere.example"):
        pass


def test_a_ledger_lives_as_long_as_its_session_whoever_else_comes() -> None:
    first = Ledger()
    many = [Ledger() for _ in range(2000)]
    assert find(first.token) is first and find(many[-1].token) is many[-1]
    token = first.token
    del first
    gc.collect()
    assert find(token) is None


def test_one_with_rows_is_found_after_its_session_and_the_oldest_make_room() -> None:
    row = cast("Row", object())
    tokens = []
    for _ in range(_MOST_HELD + 1):
        ledger = Ledger()
        ledger.add(row)
        tokens.append(ledger.token)
    del ledger
    gc.collect()
    assert find(tokens[0]) is None
    again = find(tokens[1])
    assert again is not None and again.rows == (row,)
    again.add(row)  # was looked at last, and stays
    Ledger().add(row)
    del again
    gc.collect()
    assert find(tokens[1]) is not None and find(tokens[2]) is None


def test_measurements_take_no_thread_of_the_pages_and_those_too_many_are_told(port, local) -> None:
    """More of them than the pages have threads."""
    ledgers = [Ledger() for _ in range(45)]
    with ExitStack() as stack:
        desks = [stack.enter_context(at_the_desk(port)) for _ in ledgers]
        for desk, ledger in zip(desks, ledgers, strict=True):
            desk.send(json.dumps({**SLOW, "ask": 1, "ledger": ledger.token}))
        first = [told(desk).get("doing") for desk in desks]
        assert first.count("Waits until another measurement ends") >= 45 - 2 * _MOST_AT_ONCE
        # A route that needs one of the pages' threads answers.
        with at_the_desk(port) as another:
            (answer,) = ask(another, ask=1, ledger="guess", **SLOW)
            assert answer["type"] == "error"
    wait_until(lambda: not local.busy, "the end of its runs")


def test_a_second_measurement_takes_the_place_of_the_first(port, local) -> None:
    ledger = Ledger()
    with at_the_desk(port) as first, at_the_desk(port) as second:
        first.send(json.dumps({**SLOW, "ask": 1, "ledger": ledger.token}))
        assert told(first)["type"] == "progress"
        second.send(json.dumps({**SLOW, "ask": 1, "ledger": ledger.token}))
        while (last := told(first))["type"] == "progress":
            pass
        assert last == {"type": "error", "ask": 1, "message": "The measurement was cancelled."}
        assert told(second)["type"] == "progress"
    wait_until(lambda: not local.busy, "the end of its runs")
