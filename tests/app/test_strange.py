"""The bench of strange inputs, through a real server and a real WebSocket client."""

from __future__ import annotations

import base64
import itertools
import json
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from lgm_core.pretrained import LGM, SOFTMAX

RUNS = [SOFTMAX, LGM]
FEW = {"attack": "fgsm", "epsilon": 0.2, "count": 20}


@contextmanager
def at_the_bench(port: int, **options: Any) -> Iterator[ClientConnection]:
    url = f"ws://127.0.0.1:{port}/lab/bench"
    with connect(url, open_timeout=60, proxy=None, max_size=2**24, **options) as client:
        yield client


def hear(client: ClientConnection) -> list[Any]:
    """Everything up to the end; messages as dictionaries, answers as bytes."""
    heard: list[Any] = []
    while not heard or not (
        isinstance(heard[-1], dict)
        and heard[-1]["type"] in ("done", "error", "drawing", "no_drawing")
    ):
        message = client.recv(timeout=90)
        heard.append(message if isinstance(message, bytes) else json.loads(message))
    return heard


def figures(answer: bytes) -> dict[str, Any]:
    (length,) = struct.unpack_from("<Q", answer)
    found: dict[str, Any] = json.loads(json.loads(answer[8 : 8 + length])["__metadata__"]["study"])
    return found


def test_both_models_answer_with_their_studies(port):
    with at_the_bench(port) as client:
        client.send(json.dumps({"ask": 1, "runs": RUNS, "settings": FEW}))
        heard = hear(client)
    assert heard[-1] == {"type": "done", "ask": 1}
    said = [m for m in heard if isinstance(m, dict) and m["type"] == "answer"]
    assert sorted((m["side"], m["run"]) for m in said) == [(0, SOFTMAX), (1, LGM)]
    for message, answer in itertools.pairwise(heard):
        if isinstance(answer, bytes):
            assert message["type"] == "answer"
            assert figures(answer)["has_density"] == (message["run"] == LGM)
            assert load(answer)["abnormal"].shape == (20, 784)


def test_a_sweep_goes_through_the_sizes_without_pictures(port):
    sizes = [0.0, 0.1, 0.3]
    with at_the_bench(port) as client:
        client.send(json.dumps({"ask": 7, "runs": RUNS, "settings": FEW, "sweep": sizes}))
        heard = hear(client)
    assert [m["epsilon"] for m in heard if isinstance(m, dict) and m["type"] == "swept"] == sizes
    answers = [m for m in heard if isinstance(m, bytes)]
    assert [figures(a)["settings"]["epsilon"] for a in answers] == np.repeat(sizes, 2).tolist()
    for answer in answers:
        arrays = load(answer)
        assert all(name.startswith("abnormal.") for name in arrays)
        assert all(array.shape == (20,) for array in arrays.values())
    # Nothing was changed at size 0.
    assert figures(answers[0])["scores"]["energy"]["auroc"]["value"] == pytest.approx(0.5)


def test_a_drawing_is_judged_beside_the_question(port):
    picture = np.zeros((28, 28), np.uint8)
    picture[4:24, 13:16] = 255
    with at_the_bench(port) as client:
        text = base64.b64encode(picture.tobytes()).decode()
        client.send(json.dumps({"ask": 3, "runs": [LGM], "picture": text}))
        drawing = hear(client)[-1]
    assert drawing["side"] == 0
    assert drawing["drawing"]["predicted"] == 1
    assert sum(drawing["drawing"]["posterior"]) == pytest.approx(1)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ({"runs": RUNS, "settings": {"epsilon": 2}}, "epsilon is 2; allowed: 0 to 1."),
        ({"runs": RUNS, "settings": {"attack": "magic"}}, "attack is 'magic'; allowed: "),
        ({"runs": ["ffffffffffffffff"], "settings": FEW}, "There is no such run"),
        ({"runs": ["../../etc/passwd"], "settings": FEW}, "There is no such run"),
        ({"runs": RUNS, "sweep": [1.5]}, "The page and the server disagree."),
        ({"runs": [*RUNS, LGM]}, "The page and the server disagree."),
        ({"runs": [LGM], "picture": "AAAA"}, "a picture has 3 pixels; allowed: 784"),
        ({"password": "x"}, "The page and the server disagree."),
    ],
)
def test_what_cannot_be_answered_is_said_in_one_sentence(port, question, sentence):
    with at_the_bench(port) as client:
        client.send(json.dumps({"ask": 1, **question}))
        error = hear(client)[-1]
        assert error["type"] == ("no_drawing" if "picture" in question else "error")
        assert error["message"].startswith(sentence)
        client.send(json.dumps({"ask": 2, "runs": [LGM], "settings": FEW | {"count": 5}}))
        assert hear(client)[-1]["type"] == "done"


def test_one_who_does_not_listen_is_shown_out(port):
    with at_the_bench(port) as client:
        for _ in range(20):
            client.send("{")
        with pytest.raises(ConnectionClosed):
            for _ in range(30):
                client.recv(timeout=10)


def test_another_page_is_not_let_in(port):
    with pytest.raises(InvalidStatus), at_the_bench(port, origin="https://elsewhere.example"):
        pass
