"""Who gets a run over the network, and what there is beside its stream."""

from __future__ import annotations

import csv
import io
import json
import urllib.error
import urllib.request
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from websockets.exceptions import ConnectionClosed, InvalidStatus

from lgm_core.data import load
from lgm_core.runs.inspect import inspect
from lgm_core.training.frame import decode, encode
from tests.app.watching import SETTINGS, told, watching
from tests.runs.making import frame


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
    parameters = {
        "means": np.random.default_rng(0).normal(size=(10, 2)).astype(np.float32),
        "log_variances": np.zeros((10, 1), np.float32),
    }
    ten = np.zeros((10, 2), np.float32)
    shown = replace(decode(frame(2)), view_means=ten, parameters=parameters)
    run.writer.append(encode(shown))
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
    assert b"plotly.js (basic - minified) v" in body[:200]


def test_a_run_whose_digits_are_not_there_says_so(port, run):
    run.settings = SETTINGS.model_copy(update={"data": "own-0123456789abcdef"})
    with watching(port, run.id) as client:
        status = told(client)
        assert status["state"] == "failed"
        assert "own-0123456789abcdef" in status["message"]
        with pytest.raises(ConnectionClosed) as closed:
            client.recv(timeout=30)
    assert closed.value.rcvd.code == 1008
