"""The exported page, opened from the disk in a browser that has no network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from app.offline import offline_page
from lgm_core.data import load
from lgm_core.export.recording import Recording
from lgm_core.runs.store import Store
from lgm_core.training.frame import encode
from lgm_core.training.loop import train
from lgm_core.training.settings import TrainSettings
from tests.browser.conftest import PHONE, PROJECTOR, Visit

PATIENCE = 30_000


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("offline")
    store = Store(folder / "runs")
    runs = []
    for loss, title in (("softmax", "Softmax"), ("lgm", "L-GM")):
        settings = TrainSettings(loss=loss, epochs=1)
        with store.create(settings) as writer:
            for frame in train(settings):
                writer.append(encode(frame, seconds=frame.step / 20))
        runs.append(Recording(title, store.open(writer.run_id), settings, load("bundled")))
    path = folder / "lgm-lab.html"
    path.write_text(offline_page(*runs), encoding="utf-8")
    return path


def open_file(
    new_context: Callable[..., BrowserContext], path: Path, size: tuple[int, int]
) -> tuple[Visit, list[str]]:
    width, height = size
    context = new_context(viewport={"width": width, "height": height}, offline=True)
    visit = Visit(context.new_page())
    visit.listen()
    requests: list[str] = []
    visit.page.on("request", lambda request: requests.append(request.url))
    visit.page.goto(path.as_uri())
    wait_for_step(visit.page, 0)
    return visit, requests


def wait_for_step(page: Page, step: int) -> None:
    page.wait_for_function(
        """step => {
            const runs = Object.values(document.querySelector('.lab').labStats());
            return runs.length === 2 && runs.every((run) => run.stepOnScreen >= step);
        }""",
        arg=step,
        timeout=PATIENCE,
    )


@pytest.mark.parametrize("size", [PROJECTOR, PHONE])
def test_plays_from_the_disk_and_asks_for_nothing(
    new_context: Callable[..., BrowserContext], exported: Path, size: tuple[int, int]
) -> None:
    visit, requests = open_file(new_context, exported, size)
    page = visit.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Softmax beside L-GM")
    page.keyboard.press("Space")
    wait_for_step(page, 40)
    expect(page.locator(".curve .main-svg").first).to_be_attached(timeout=PATIENCE)
    page.get_by_role("slider", name="Training step").fill("80")
    wait_for_step(page, 80)
    assert [url for url in requests if not url.startswith("data:")] == [exported.as_uri()]
    assert not visit.complaints, visit.complaints
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_its_policy_refuses_the_network(
    new_context: Callable[..., BrowserContext], exported: Path
) -> None:
    visit, _ = open_file(new_context, exported, PROJECTOR)
    refused = visit.page.evaluate(
        """async () => {
            const asked = new Promise((resolve) => {
                document.addEventListener('securitypolicyviolation',
                    (event) => resolve(event.effectiveDirective), { once: true });
            });
            fetch('http://127.0.0.1:9/').catch(() => null);
            return asked;
        }"""
    )
    assert refused == "connect-src"
