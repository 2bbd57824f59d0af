"""What can be had of alignment runs beside their frames, asked for as a browser asks."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from collections.abc import Iterator

import pytest
from PIL import Image
from safetensors.numpy import load

from app import engine, face_files
from lgm_core import pretrained
from lgm_core.alignment.frame import decode
from lgm_core.alignment.settings import AlignSettings
from lgm_core.export.faces_gif import faces_gif
from lgm_core.runs.local import LocalEngine
from lgm_core.runs.store import Store
from tests.app.asking import Answer, get_from

NOBODY = "0123456789abcdef"


@pytest.fixture(autouse=True, scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(tmp_path_factory.mktemp("runs"))
    engine._engine = LocalEngine(store)
    yield store
    engine.close_engine()


def get(path: str) -> Answer:
    return get_from(face_files.routes(), path)


def test_the_transformer_alone_is_given_for_the_browser_to_run() -> None:
    answer = get(f"/lab/runs/{pretrained.FACES}/transformer")
    assert answer.status == 200
    names = set(load(answer.body))
    assert {f"transformer.localisers.0.{layer}.weight" for layer in (1, 3, 6, 9, 11)} <= names
    assert all(name.startswith("transformer.") for name in names)


@pytest.mark.parametrize("name", ["transformer", "faces.gif"])
@pytest.mark.parametrize("run", [NOBODY, pretrained.LGM, "..", "x" * 300])
def test_runs_that_are_none_of_faces_are_refused_in_a_sentence(name: str, run: str) -> None:
    answer = get(f"/lab/runs/{run}/{name}")
    assert answer.status == 404
    if run != "..":
        assert answer.text.startswith("There is no such run") or answer.text == "Not Found"


def test_a_run_without_weights_says_so() -> None:
    answer = get(f"/lab/runs/{pretrained.FACES_WITHOUT}/transformer")
    assert answer.status == 404
    assert answer.text == "This run has no weights: its training has not ended in order."


def test_a_run_in_training_says_so() -> None:
    run = engine.engine().start(AlignSettings(), paused=True)
    answer = get(f"/lab/runs/{run.id}/transformer")
    assert answer.text == "This run is still in training; its weights are there once it ends."


def test_the_html_file_holds_the_runs_and_asks_for_nothing() -> None:
    runs = f"{pretrained.FACES_WITHOUT}.{pretrained.FACES}"
    answer = get(f"/lab/faces.html?runs={runs}&title=%3C/script%3E&title=Affine")
    assert answer.status == 200
    page = answer.text
    assert answer.headers["content-disposition"] == 'attachment; filename="faces.html"'
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none';")
    scripts = re.findall(r'<script type="module">(.*?)</script>', page, re.S)
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy[1]
    held = re.search(r'id="recording">(.*?)</script>', page, re.S)
    assert held is not None
    without, affine = json.loads(held[1])["runs"]
    assert (without["title"], affine["title"]) == ("</script>", "Affine")
    assert without["weights"] is None
    assert load(base64.b64decode(affine["weights"]))
    first, last = (decode(base64.b64decode(affine["frames"][i])) for i in (0, -1))
    assert first.opening is not None
    assert (last.step, last.closing is not None) == (800, True)


@pytest.mark.parametrize("query", ["", "?runs=", f"?runs={NOBODY}", f"?runs={pretrained.LGM}"])
def test_an_html_file_of_nothing_is_refused(query: str) -> None:
    answer = get(f"/lab/faces.html{query}")
    assert answer.status == 404
    assert answer.text.startswith("There is no such run")


def test_the_gif_begins_disturbed_and_ends_straightened() -> None:
    run = engine.engine().get(pretrained.FACES)
    assert run is not None
    assert isinstance(run.settings, AlignSettings)
    assert len(faces_gif(run.reader, run.settings)) < 6_000_000
    data = faces_gif(run.reader, run.settings, pictures=4)
    with Image.open(io.BytesIO(data)) as image:
        assert image.n_frames == 4
        assert image.info["loop"] == 0
        first = image.convert("L").copy()
        image.seek(3)
        last = image.convert("L").copy()
    width, height = first.size
    # Left of each pair is the disturbed face, which stays; right of it the straightened one.
    assert first.crop((14, 14, 78, 78)).tobytes() == last.crop((14, 14, 78, 78)).tobytes()
    assert first.crop((88, 14, 152, 78)).tobytes() != last.crop((88, 14, 152, 78)).tobytes()
    assert (width, height) == (776, 487)


def test_a_frame_is_found_by_its_step_and_every_one_is_a_keyframe() -> None:
    run = engine.engine().get(pretrained.FACES)
    assert run is not None
    index = run.reader.index_at(403)
    assert decode(run.reader.frame(index)).step == 400
    assert run.reader.keyframe_before(index) == index


@pytest.mark.parametrize("kind", ["F8_E4M3", "BF16"])
def test_weights_of_a_kind_that_cannot_be_read_are_refused(store: Store, kind: str) -> None:
    size = {"F8_E4M3": 1, "BF16": 2}[kind]
    header = json.dumps(
        {"transformer.a": {"dtype": kind, "shape": [4], "data_offsets": [0, 4 * size]}}
    ).encode()
    with store.create(AlignSettings()) as writer:
        writer.finish_bytes({"state": "finished"}, None)
    weights = len(header).to_bytes(8, "little") + header + bytes(4 * size)
    (store.root / writer.run_id / "weights.safetensors").write_bytes(weights)
    answer = get(f"/lab/runs/{writer.run_id}/transformer")
    assert (answer.status, answer.text) == (404, "The weights of this run cannot be read.")


def test_a_run_without_faces_makes_no_html_file(store: Store) -> None:
    with store.create(AlignSettings()) as writer:
        writer.append(b"no frame at all")
        writer.finish_bytes({"state": "finished"}, None)
    answer = get(f"/lab/faces.html?runs={writer.run_id}")
    assert (answer.status, answer.text) == (404, "The first frame of this run cannot be read.")
