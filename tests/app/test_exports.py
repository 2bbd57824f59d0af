"""The downloads of the export menu, asked for as a browser asks."""

from __future__ import annotations

import ast
import asyncio
import base64
import io
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from app import engine, exports, offline
from lgm_core.data import Dataset, load
from lgm_core.export.recording import Recording
from lgm_core.export.script import training_script
from lgm_core.runs.local import LocalEngine
from lgm_core.runs.store import Store
from lgm_core.training.frame import encode
from lgm_core.training.loop import train
from lgm_core.training.settings import TrainSettings
from tests.app import asking
from tests.app.asking import Answer
from tests.app.test_offline import recording_in

NOBODY = "0123456789abcdef"


async def ask(path: str) -> Answer:
    return await asking.ask(exports.routes(), path)


def get(path: str) -> Answer:
    return asyncio.run(ask(path))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(tmp_path_factory.mktemp("runs"))
    engine._engine = LocalEngine(store)
    yield store
    engine.close_engine()


def written(store: Store, settings: TrainSettings, frames: int) -> str:
    """A run of an earlier server, of which the first frames are kept."""
    with store.create(settings) as writer:
        if frames:
            for _, frame in zip(range(frames), train(settings), strict=False):
                writer.append(encode(frame, seconds=float(frame.step)))
    return writer.run_id


@pytest.fixture(scope="module")
def left(store: Store) -> str:
    return written(store, TrainSettings(loss="softmax", seed=4), 4)


@pytest.fixture(scope="module")
def right(store: Store) -> str:
    return written(store, TrainSettings(loss="lgm", seed=4), 4)


@pytest.fixture(scope="module")
def empty(store: Store) -> str:
    return written(store, TrainSettings(), 0)


def test_the_script_is_that_of_the_runs_settings(right: str) -> None:
    answer = get(f"/lab/runs/{right}/script.py")
    assert answer.status == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="lgm_lgm.py"'
    assert answer.text == training_script(TrainSettings(loss="lgm", seed=4))
    ast.parse(answer.text)


def test_a_script_needs_no_frame(empty: str) -> None:
    assert get(f"/lab/runs/{empty}/script.py").text == training_script(TrainSettings())


def test_the_gif_shows_the_pair(left: str, right: str) -> None:
    answer = get(f"/lab/animation.gif?left={left}&right={right}")
    assert answer.status == 200
    assert answer.headers["content-type"] == "image/gif"
    assert answer.headers["content-disposition"] == 'attachment; filename="lgm-lab.gif"'
    assert Image.open(io.BytesIO(answer.body)).n_frames > 1


def test_the_page_holds_both_runs_frame_by_frame(store: Store, left: str, right: str) -> None:
    answer = get(f"/lab/animation.html?left={left}&right={right}")
    assert answer.status == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="lgm-lab.html"'
    assert len(answer.body) < offline.MAX_BYTES
    recording = recording_in(answer.text)
    data = load("bundled")
    for side, run_id, title in (("left", left, "Softmax"), ("right", right, "L-GM")):
        run = recording[side]
        frames = [base64.b64decode(text) for text in run["frames"]]
        assert frames == list(store.open(run_id).frames())
        assert run["title"] == title
        assert run["labels"] == data.train_labels[data.displayed].tolist()
        assert run["total_steps"] == 20 * (4000 // 50)
        assert run["settings"]["seed"] == 4


@pytest.mark.parametrize("run_id", [NOBODY, "short", "../../etc", "A" * 16, "a" * 3000])
def test_no_such_run_is_said_in_a_sentence(right: str, run_id: str) -> None:
    paths = [f"/lab/animation.gif?left={run_id}&right={right}", f"/lab/animation.html?left={right}"]
    if "/" not in run_id:
        paths += [f"/lab/runs/{run_id}/script.py", f"/lab/runs/{run_id}/digits.npz"]
    for path in paths:
        answer = get(path)
        assert (answer.status, answer.headers["content-type"].split(";")[0]) == (404, "text/plain")
        assert answer.text == "There is no such run; it may have been removed to make room."


@pytest.mark.parametrize("kind", ["gif", "html"])
def test_a_run_without_frames_is_said_in_a_sentence(left: str, empty: str, kind: str) -> None:
    answer = get(f"/lab/animation.{kind}?left={left}&right={empty}")
    assert answer.status == 404
    assert answer.text == "The run of L-GM has no frame yet."


def test_mnist_is_not_handed_out_as_a_set_of_ones_own(right: str) -> None:
    answer = get(f"/lab/runs/{right}/digits.npz")
    assert answer.status == 404
    assert answer.text.startswith("This run's digits are MNIST's")


def test_a_set_of_ones_own_comes_with_its_script(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = load("bundled")
    chosen = whole.train_labels < 3
    name = "own-" + NOBODY
    own = Dataset(
        name,
        whole.train_images[chosen],
        whole.train_labels[chosen],
        whole.test_images[whole.test_labels < 3],
        whole.test_labels[whole.test_labels < 3],
        ("nought", "one", "two"),
    )
    monkeypatch.setattr(exports, "load", {name: own}.__getitem__)
    run_id = written(store, TrainSettings(data=name), 0)
    assert "NUM_CLASSES = 3\n" in get(f"/lab/runs/{run_id}/script.py").text
    answer = get(f"/lab/runs/{run_id}/digits.npz")
    with np.load(io.BytesIO(answer.body), allow_pickle=False) as file:
        assert np.array_equal(file["train_images"], own.train_images)
        assert file["class_names"].tolist() == list(own.class_names)


def test_animations_are_made_one_at_a_time_and_few_may_wait(
    left: str, right: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, most = 0, 0
    lock = threading.Lock()

    def slow(*_: Recording) -> bytes:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.05)
        with lock:
            running -= 1
        return b"GIF89a"

    async def crowd() -> list[Answer]:
        monkeypatch.setattr(exports, "_turn", asyncio.Semaphore(1))
        path = f"/lab/animation.gif?left={left}&right={right}"
        return await asyncio.gather(*(ask(path) for _ in range(exports.MAX_WAITING + 2)))

    monkeypatch.setattr(exports, "animation_gif", slow)
    answers = asyncio.run(crowd())
    assert most == 1
    assert [answer.status for answer in answers] == [200] * exports.MAX_WAITING + [503] * 2
    assert answers[-1].text.startswith("Many people are waiting")
    assert exports._waiting == 0


def test_the_menus_links_are_routes_of_the_server() -> None:
    from app.main import ROUTES

    paths = {route.path for route in ROUTES}  # type: ignore[attr-defined]
    assert {
        "/lab/runs/{run_id}/script.py",
        "/lab/runs/{run_id}/metrics.csv",
        "/lab/animation.html",
        "/lab/animation.gif",
    } <= paths
