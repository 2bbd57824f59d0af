"""Runs over the network, through a real server and a real WebSocket client."""

from __future__ import annotations

import csv
import io
import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import uvicorn
from PIL import Image
from starlette.applications import Starlette
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from app import broadcast, engine, stream
from lgm_core.data import load
from lgm_core.runs.engine import Run, RunState, RunStatus
from lgm_core.runs.inspect import inspect
from lgm_core.runs.local import LocalEngine
from lgm_core.runs.store import RunReader, RunWriter, Store
from lgm_core.training.controls import Command
from lgm_core.training.frame import decode, encode
from lgm_core.training.loop import train
from lgm_core.training.settings import TrainSettings
from tests.runs.making import frame
from tests.runs.waiting import wait_until

SETTINGS = TrainSettings(epochs=3, batch_size=256)
TOKEN = "the owner's secret"
PAUSE = json.dumps({"action": "pause"})


class WrittenRun:
    """A run that the test itself writes; it notes what it is sent."""

    def __init__(self, writer: RunWriter) -> None:
        self.writer = writer
        self.id = writer.run_id
        self.settings = SETTINGS
        self.token = TOKEN
        self.status = RunStatus(RunState.RUNNING)
        self.reader = RunReader(writer.run_id, writer.folder)
        self.commands: list[Command] = []
        self.owners = 0
        self.listeners: list[Callable[[], None]] = []
        self.steps = 0

    def show(self, number: int = 1, *, keyframe: bool = False, size: int = 0) -> None:
        for _ in range(number):
            data = frame(self.steps, keyframe=keyframe, test_accuracy=0.5)
            if size:
                filling = {"filling": np.zeros(size // 4, np.float32)}
                data = encode(replace(decode(data), parameters=filling))
            self.writer.append(data)
            self.steps += 1
        self.tell()

    def become(self, status: RunStatus) -> None:
        self.status = status
        self.tell()

    def tell(self) -> None:
        for listener in tuple(self.listeners):
            listener()

    def send(self, command: Command) -> None:
        self.commands.append(command)

    def owner_came(self) -> None:
        self.owners += 1

    def owner_left(self) -> None:
        self.owners -= 1

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        self.listeners.append(callback)
        return lambda: self.listeners.remove(callback)


@pytest.fixture(scope="module")
def local(tmp_path_factory) -> Iterator[LocalEngine]:
    """The engine of the server; it ends with it."""
    engine._engine = LocalEngine(Store(tmp_path_factory.mktemp("runs")))
    yield engine._engine
    engine.close_engine()


@pytest.fixture(scope="module")
def port(local) -> Iterator[int]:
    app = Starlette(routes=broadcast.routes(), lifespan=broadcast.lifespan)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        wait_until(lambda: server.started or not thread.is_alive(), "the server")
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join(60)
    assert not thread.is_alive()
    assert engine._engine is None, "the engine outlived its server"


@pytest.fixture
def run(local) -> Iterator[WrittenRun]:
    with local.store.create(SETTINGS) as writer:
        run = WrittenRun(writer)
        local._stored[run.id] = run  # type: ignore[assignment]
        yield run
        local._stored.pop(run.id, None)
    wait_until(lambda: not run.listeners and not run.owners, "the end of every stream")


@contextmanager
def watching(port: int, run_id: str, query: str = "", **options: Any) -> Iterator[ClientConnection]:
    url = f"ws://127.0.0.1:{port}/lab/runs/{run_id}/stream?{query}"
    with connect(url, open_timeout=60, max_size=1 << 24, proxy=None, **options) as client:
        yield client


@contextmanager
def steering(port: int, run_id: str) -> Iterator[ClientConnection]:
    """A client that owns the run and has been greeted."""
    with watching(port, run_id, "token=the%20owner's%20secret") as client:
        assert told(client)["owner"] is True
        assert told(client)["type"] == "status"
        yield client


def told(client: ClientConnection) -> dict[str, Any]:
    message = client.recv(60)
    assert isinstance(message, str), "a frame where words were expected"
    answer = json.loads(message)
    assert isinstance(answer, dict)
    return answer


def shown(client: ClientConnection) -> int:
    """The step of the next message, which is a frame."""
    message = client.recv(60)
    assert isinstance(message, bytes), message
    return decode(message).step


def refusal(client: ClientConnection) -> str:
    answer = told(client)
    assert answer["type"] == "error"
    return str(answer["message"])


def silent(client: ClientConnection) -> bool:
    """Whether nothing is on its way: the server answers what is sent now before anything else."""
    client.send("{")
    return "{ack}" in refusal(client)


def fetch(port: int, path: str) -> tuple[int, str, bytes]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/lab{path}", timeout=60) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read()


BAD_IDS = ["0123456789abcdef", "0123456789ABCDEF", "short", "..%2F..%2Fetc%2Fpasswd", "a" * 5000]


@pytest.mark.parametrize("run_id", BAD_IDS)
def test_a_stream_of_no_run_is_closed_before_it_opens(port, run_id):
    with pytest.raises(InvalidStatus) as refused, watching(port, run_id):
        pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    "origin",
    [
        "http://elsewhere.example",
        "http://127.0.0.1.example",
        "http://127.0.0.1@example",
        "null",
        "http://[",
    ],
)
def test_a_page_from_elsewhere_gets_no_stream(port, run, origin):
    with pytest.raises(InvalidStatus) as refused, watching(port, run.id, origin=origin):
        pass
    assert refused.value.response.status_code == 403


def test_a_page_of_this_server_gets_its_stream(port, run):
    with watching(port, run.id, origin=f"http://127.0.0.1:{port}") as client:
        assert told(client)["type"] == "hello"


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


def test_the_pictures_are_the_displayed_digits(port, run):
    status, kind, body = fetch(port, f"/runs/{run.id}/digits.png")
    assert (status, kind) == (200, "image/png")
    sheet = np.asarray(Image.open(io.BytesIO(body)))
    data = load("bundled")
    assert sheet.shape == (40 * 28, 50 * 28)
    for number in (0, 49, 50, 1234, 1999):
        row, column = divmod(number, 50)
        tile = sheet[28 * row : 28 * (row + 1), 28 * column : 28 * (column + 1)]
        np.testing.assert_array_equal(tile, data.train_images[data.displayed[number]])


def test_the_inspector_answers_for_a_digit_and_a_step(port, run):
    data = load("bundled")
    run.writer.append(encode(next(train(SETTINGS, dataset=data))))
    status, _, body = fetch(port, f"/runs/{run.id}/inspect?digit=3&step=2")
    assert status == 200
    labels = data.train_labels[data.displayed].tolist()
    assert json.loads(body) == inspect(run.reader, SETTINGS, labels, 3, 2)


@pytest.mark.parametrize("query", ["digit=2000&step=0", "digit=77&step=0"])
def test_the_inspector_says_what_it_cannot_answer(port, run, query):
    run.show()
    status, _, body = fetch(port, f"/runs/{run.id}/inspect?{query}")
    assert status == 404
    assert json.loads(body)["error"].endswith(".")


def test_the_numbers_come_as_a_table(port, run):
    run.show(3)
    status, kind, body = fetch(port, f"/runs/{run.id}/metrics.csv")
    assert status == 200
    assert kind.startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(body.decode())))
    assert [row["step"] for row in rows] == ["0", "1", "2"]
    assert rows[1]["lambda"] == "0.1"
    assert rows[1]["test_accuracy"] == "0.5"
    assert rows[1]["log_likelihood"] == ""


@pytest.mark.parametrize("what", ["digits.png", "inspect", "metrics.csv"])
@pytest.mark.parametrize("run_id", BAD_IDS)
def test_what_belongs_to_no_run_is_not_found(port, what, run_id):
    assert fetch(port, f"/runs/{run_id}/{what}")[0] == 404


def test_damaged_settings_hide_their_run_alone(port, local, run):
    with local.store.create(SETTINGS) as writer:
        (writer.folder / "settings.json").write_text("{")
    assert fetch(port, f"/runs/{writer.run_id}/metrics.csv")[0] == 404
    assert fetch(port, f"/runs/{run.id}/metrics.csv")[0] == 200


def test_plotly_comes_from_this_server(port):
    status, kind, body = fetch(port, "/plotly.min.js")
    assert status == 200
    assert kind.startswith("text/javascript")
    assert b"plotly.js v" in body[:200]


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
