"""The exported page: what it holds, what it may do, and what it can never hold."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from typing import Any

import pytest

from app import offline
from app.offline import as_script_text, offline_page
from lgm_core.data import Dataset, load
from lgm_core.export.recording import Recording
from lgm_core.runs.store import Store
from lgm_core.training.frame import encode
from lgm_core.training.loop import train
from lgm_core.training.settings import TrainSettings

Runs = tuple[Recording, Recording]


def recording_in(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="recording">(.*?)</script>', page, re.S)
    assert found is not None
    read: dict[str, Any] = json.loads(found[1])
    return read


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """The beginning of two runs."""
    store = Store(tmp_path_factory.mktemp("runs"))
    made = []
    for loss, title in (("softmax", "Softmax"), ("lgm", "L-GM")):
        settings = TrainSettings(loss=loss, seed=4)
        with store.create(settings) as writer:
            for _, frame in zip(range(3), train(settings), strict=False):
                writer.append(encode(frame, seconds=float(frame.step)))
        made.append(Recording(title, store.open(writer.run_id), settings, load("bundled")))
    return made[0], made[1]


def test_the_page_shows_title_and_settings(runs: Runs) -> None:
    page = offline_page(*runs)
    assert "<h1>Softmax beside L-GM</h1>" in page
    assert "<dt>seed</dt><dd>4</dd>" in page
    assert "<dt>digits</dt><dd>Bundled, 5,000</dd>" in page


def test_the_pages_policy_allows_its_own_scripts_and_no_connection(runs: Runs) -> None:
    page = offline_page(*runs)
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert found is not None
    rules = dict(rule.strip().split(" ", 1) for rule in found[1].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data: blob:"
    assert not {"connect-src", "frame-src", "font-src", "media-src"} & rules.keys()
    scripts = re.findall(r"<script(?: type=\"module\")?>(.*?)</script>", page, re.S)
    hashes = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts]
    assert rules["script-src"].split() == [f"'sha256-{digest}'" for digest in hashes]


def test_text_in_the_page_cannot_become_markup(runs: Runs) -> None:
    whole = load("bundled")
    evil = "</script><!--<b>&x"
    named = Dataset(
        "bundled",
        whole.train_images,
        whole.train_labels,
        whole.test_images,
        whole.test_labels,
        (evil, *whole.class_names[1:]),
    )
    run = runs[0]._replace(title=evil, dataset=named)
    page = offline_page(run, run)
    assert evil not in page
    assert page.count("</script>") == 3
    assert html.escape(evil) in page
    assert recording_in(page)["left"]["class_names"][0] == evil


def test_json_for_a_script_reads_back_the_same() -> None:
    value = {"a": "</script>", "b": ["<!--", "&amp;", "\u2028", 1.5]}
    text = as_script_text(value)
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == value


def test_a_long_run_is_thinned_to_the_pages_size(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = runs[0]
    reader = run.reader
    sizes = [len(frame) for frame in reader.frames()]
    room = sizes[0] + sizes[-1] + 10
    monkeypatch.setattr(offline, "MAX_BYTES", 0)
    monkeypatch.setattr(offline, "_LEAST_FRAMES", room)
    kept = recording_in(offline_page(run, run))["left"]["frames"]
    assert [base64.b64decode(text) for text in kept] == [
        reader.frame(0),
        reader.frame(len(sizes) - 1),
    ]


def test_the_page_is_ready_for_a_file_system(runs: Runs) -> None:
    page = offline_page(*runs)
    # Nothing in the markup points out of the file; the addresses in plotly's code are only text.
    markup = re.sub(r"<script.*?</script>|<style>.*?</style>", "", page, flags=re.S)
    assert not re.search(r"(src|href)=|https?:", markup)
