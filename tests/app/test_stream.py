"""The stream of a run's frames, through a real server and a real WebSocket client."""

from __future__ import annotations

import json
import time
from urllib.parse import quote

import pytest
from websockets.exceptions import ConnectionClosed

from app import stream
from lgm_core.data import load
from lgm_core.runs.engine import Run, RunState, RunStatus
from lgm_core.training.controls import Command
from lgm_core.training.frame import decode
from lgm_core.training.settings import TrainSettings
from tests.app.watching import (
    PAUSE,
    SETTINGS,
    TOKEN,
    refusal,
    shown,
    silent,
    steering,
    told,
    watching,
)
from tests.runs.waiting import wait_until


def test_first_a_greeting_then_the_status_then_the_frames(port, run):
    run.show(3)
    data = load("bundled")
    with watching(port, run.id) as client:
        assert told(client) == {
            "type": "hello",
            "run": run.id,
            "settings": SETTINGS.model_dump(by_alias=True),
            "class_names": list("0123456789"),
            "labels": data.train_labels[data.displayed].tolist(),
            "frames": 3,
            "total_steps": 3 * (4000 // 256),
            "owner": False,
        }
        assert told(client) == {
            "type": "status", "state": "running", "message": None, "position": None
        }  # fmt: skip
        frames = [client.recv(60) for _ in range(3)]
        assert frames == list(run.reader.frames())
        run.show()
        assert client.recv(60) == run.reader.frame(3)
        run.become(RunStatus(RunState.FAILED, "A sentence."))
        assert told(client) == {
            "type": "status", "state": "failed", "message": "A sentence.", "position": None
        }  # fmt: skip


@pytest.mark.parametrize(("since", "first"), [("3", 3), ("", 0), ("-1", 0), ("x", 0), ("1e3", 0)])
def test_a_browser_that_comes_back_gets_what_it_has_not_seen(port, run, since, first):
    run.show(5)
    with watching(port, run.id, f"since={since}") as client:
        told(client), told(client)
        assert [shown(client) for _ in range(first, 5)] == list(range(first, 5))
        assert silent(client)


@pytest.mark.parametrize("query", ["", "token=", "token=wrong", "token=%00%ff", "token=xx"])
def test_without_the_owners_token_nothing_is_steered(port, run, query):
    with watching(port, run.id, query) as client:
        assert told(client)["owner"] is False
        told(client)
        for order in (PAUSE, json.dumps({"knobs": {"alpha": 0}})):
            client.send(order)
            words = "Refused: only the browser that started this run may steer it."
            assert refusal(client) == words
        run.show()
        assert shown(client) == 0
        assert run.owners == 0
    assert run.commands == []


def test_a_run_without_a_token_has_no_owner(port, run):
    run.token = None
    with watching(port, run.id, "token=None") as client:
        assert told(client)["owner"] is False


def test_the_owner_steers_and_is_seen_to_come_and_go(port, run):
    with steering(port, run.id) as client:
        assert run.owners == 1
        client.send(PAUSE)
        client.send(json.dumps({"knobs": {"alpha": 2, "lambda": 0.5}}))
        assert silent(client)
        wait_until(lambda: len(run.commands) == 2, "the orders")
    assert run.commands == [
        Command(action="pause"),
        Command(knobs={"alpha": 2.0, "lambda": 0.5}),
    ]
    wait_until(lambda: run.owners == 0, "the owner's leaving")


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (PAUSE + " " * 2000, "a message is text of at most 1024 bytes"),
        (b"\x00\x01", "a message is text of at most 1024 bytes"),
        ("", "a message is {ack} or {knobs, action}"),
        ("[]", "a message is {ack} or {knobs, action}"),
        ("[" * 1000, "a message is {ack} or {knobs, action}"),
        ('{"ack": -1}', "a message is {ack} or {knobs, action}"),
        ('{"ack": 1e400}', "a message is {ack} or {knobs, action}"),
        ('{"eval": "1"}', "a message is {ack} or {knobs, action}"),
        ('{"knobs": {"alpha": 9}}', "alpha is 9.0; allowed: 0 to 3"),
        ('{"knobs": {"alpha": NaN}}', "finite number"),
        ('{"knobs": {"seed": 1}}', "'seed' is not a setting"),
        ('{"action": "format"}', "'play', 'pause', 'step' or 'stop'"),
        ("{}", "a message is {ack} or {knobs, action}"),
        ('{"knobs": {}}', "a message is {ack} or {knobs, action}"),
    ],
)
def test_a_bad_message_is_refused_in_words_and_the_stream_goes_on(port, run, message, words):
    with steering(port, run.id) as client:
        client.send(message)
        answer = refusal(client)
        assert answer.startswith("Refused: ")
        assert answer.endswith(".")
        assert not answer.endswith("..")
        assert words in answer
        run.show()
        assert shown(client) == 0
        client.send(PAUSE)
        wait_until(lambda: run.commands == [Command(action="pause")], "the next order")


def test_whoever_says_too_much_is_heard_later_and_everything_is_heard(port, run, monkeypatch):
    monkeypatch.setattr(stream, "_MESSAGES_PER_SECOND", 100)
    with steering(port, run.id) as client:
        began = time.monotonic()
        for _ in range(200):
            client.send('{"ack": 0}')
        client.send(PAUSE)
        wait_until(lambda: run.commands == [Command(action="pause")], "the order after them")
        # A second's worth is heard at once.
        assert time.monotonic() - began >= 0.9


def test_too_many_orders_in_a_second_are_refused_and_soon_taken_again(port, run, monkeypatch):
    monkeypatch.setattr(stream, "_ORDERS_PER_SECOND", 2)
    with steering(port, run.id) as client:
        for _ in range(20):
            client.send('{"knobs": {"alpha": 1}}')
        client.send("{")
        refused = 0
        while "{ack}" not in (answer := refusal(client)):
            assert answer == "Refused: too many messages in a second."
            refused += 1
        assert refused > 0
        assert len(run.commands) + refused == 20

        def taken() -> bool:
            client.send(PAUSE)
            return silent(client) or "{ack}" not in refusal(client)

        wait_until(taken, "an order taken again")
        assert run.commands[-1] == Command(action="pause")


def test_whoever_listens_to_no_refusal_is_cut_off_alone(port, run):
    with watching(port, run.id) as patient, watching(port, run.id) as client:
        with pytest.raises(ConnectionClosed) as closed:
            for _ in range(10_000):
                client.send("{")
                client.recv(60)
        assert closed.value.rcvd.code == 1008
        told(patient), told(patient)
        run.show()
        assert shown(patient) == 0


def test_a_browser_that_never_acknowledges_gets_the_window_and_no_more(port, run):
    run.show(3 * stream.WINDOW)
    with watching(port, run.id) as client:
        told(client), told(client)
        assert [shown(client) for _ in range(stream.WINDOW)] == list(range(stream.WINDOW))
        run.show(3)
        assert silent(client)
        client.send('{"ack": 2}')
        assert [shown(client), shown(client)] == [stream.WINDOW, stream.WINDOW + 1]
        assert silent(client)


def test_large_frames_fill_the_window_by_their_bytes(port, run):
    run.show(4, size=stream.WINDOW_BYTES // 2)
    with watching(port, run.id) as client:
        told(client), told(client)
        assert [shown(client), shown(client)] == [0, 1]
        assert silent(client)
        client.send('{"ack": 1}')
        assert shown(client) == 2
        assert silent(client)


def test_acknowledging_more_than_was_sent_opens_the_window_no_further(port, run):
    run.show(3 * stream.WINDOW)
    with watching(port, run.id) as client:
        told(client), told(client)
        for _ in range(stream.WINDOW):
            shown(client)
        client.send('{"ack": 1000000}')
        steps = [shown(client) for _ in range(stream.WINDOW)]
        assert steps[-1] == 2 * stream.WINDOW - 1
        assert silent(client)


@pytest.mark.parametrize("with_keyframe", [True, False])
def test_a_slow_browser_loses_frames_and_ends_with_the_newest(port, run, with_keyframe):
    with watching(port, run.id) as client:
        told(client), told(client)
        run.show(stream.WINDOW)
        for _ in range(stream.WINDOW):
            shown(client)
        run.show(100)
        keyframe = run.steps
        run.show(keyframe=with_keyframe)
        run.show(20)
        client.send(json.dumps({"ack": stream.WINDOW}))
        newest = run.steps - 1
        expected = list(range(keyframe if with_keyframe else newest, newest + 1))
        got: list[int] = []
        received = stream.WINDOW
        while not got or got[-1] < newest:
            got.append(shown(client))
            received += 1
            client.send(json.dumps({"ack": received}))
        assert got == expected
        assert silent(client)


def test_a_replay_leaves_out_no_frame(port, run):
    number = 2 * stream.LAG + 10
    run.show(number)
    with watching(port, run.id) as client:
        told(client), told(client)
        for step in range(number):
            assert shown(client) == step
            client.send(json.dumps({"ack": step + 1}))


def test_a_run_removed_under_its_watchers_ends_the_stream(port, run):
    run.show(stream.WINDOW + 1)
    with watching(port, run.id) as client:
        told(client), told(client)
        for _ in range(stream.WINDOW):
            shown(client)
        (run.reader.folder / "frames.bin").unlink()
        client.send(json.dumps({"ack": 5}))
        with pytest.raises(ConnectionClosed):
            client.recv(60)


def test_from_play_to_the_last_frame_through_the_stream(port, local):
    run: Run = local.start(TrainSettings(epochs=1, batch_size=256), paused=True, company=64)
    with watching(port, run.id, f"token={run.token}") as client:
        assert told(client)["owner"] is True
        frames: list[bytes] = []
        states: list[str] = []
        while "finished" not in states or len(frames) < run.reader.count():
            message = client.recv(90)
            if isinstance(message, bytes):
                frames.append(message)
                client.send(json.dumps({"ack": len(frames)}))
                if len(frames) == 1:
                    client.send('{"action": "play"}')
            else:
                states.append(json.loads(message)["state"])
        assert frames == list(run.reader.frames())
        assert states == ["prepared", "running", "finished"]
        assert decode(frames[-1]).step == 4000 // 256


@pytest.mark.parametrize(("code", "gone"), [(1001, True), (1000, False)])
def test_a_closed_tab_is_told_from_a_lost_connection(port, run, code, gone):
    with watching(port, run.id, f"token={quote(TOKEN)}") as client:
        told(client)
        client.close(code)
    wait_until(lambda: run.owners == 0, "the owner's leaving")
    assert run.abandoned is gone
