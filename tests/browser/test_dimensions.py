"""The comparison by feature dimension, below the first screen of the page of strange inputs."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, expect

from app.panels.bundle import bundle
from lgm_core.runs.store import Store
from tests.browser.conftest import PHONE, PROJECTOR
from tests.browser.server import Server
from tests.browser.strange_page import wait_for_answer

Size = tuple[int, int]
Figure = tuple[float, float, float]  #: value, low and high end of the interval

PANELS = Path(__file__).parents[2] / "app" / "panels"


@pytest.fixture(name="visit")
def _visit(
    new_context: Callable[..., BrowserContext], server: Server
) -> Iterator[Callable[[Size], Page]]:
    def visit(size: Size) -> Page:
        page = new_context(viewport={"width": size[0], "height": size[1]}).new_page()
        page.goto(f"{server.url}/strange-inputs?count=50")
        wait_for_answer(page, attack="fgsm", count=50)
        return page

    yield visit


def opened(page: Page) -> Locator:
    """The part of the page, opened."""
    part = page.locator("details.dimensions")
    part.locator("summary").click()
    expect(part.get_by_role("button", name="Compute")).to_be_visible()
    return part


def test_computing_shows_its_progress_and_first_figures_and_can_be_cancelled(
    visit: Callable[[Size], Page], server: Server
) -> None:
    page = visit(PROJECTOR)
    # Closed, it lies below the first screen.
    box = page.locator("details.dimensions").bounding_box()
    assert box is not None
    assert box["y"] >= PROJECTOR[1]
    part = opened(page)
    expect(part.get_by_text("Trains six small models once")).to_be_visible()
    before = Store(server.runs).run_ids()
    part.get_by_role("button", name="Compute").click()
    # The pair that comes with the lab needs no training: its figures are there first.
    row = part.get_by_role("row", name="64")
    expect(row.get_by_role("cell").last).to_contain_text("%", timeout=60_000)
    expect(part.get_by_text("D = 2, Softmax: training, step")).to_be_visible(timeout=60_000)
    expect(part.get_by_role("progressbar")).to_be_visible()
    part.get_by_role("button", name="Cancel").click()
    expect(part.get_by_role("button", name="Compute")).to_be_visible()
    expect(part.get_by_role("progressbar")).to_be_hidden()
    expect(row.get_by_role("cell").last).to_contain_text("%")
    assert Store(server.runs).run_ids() == before


def test_it_fits_a_phone_and_has_no_serious_accessibility_finding(
    visit: Callable[[Size], Page],
) -> None:
    page = visit(PHONE)
    part = opened(page)
    part.get_by_role("button", name="Compute").click()
    expect(part.get_by_role("table")).to_be_visible()
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    box = part.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= PHONE[0]
    found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
    part.get_by_role("button", name="Cancel").click()


def words(page: Page, figures: dict[int, tuple[Figure, Figure]]) -> list[str]:
    """What the page says of AUROCs of softmax and L-GM by dimension: comparison and reason."""

    def half(score: str, figure: Figure) -> dict[str, Any]:
        auroc = dict(zip(("value", "low", "high"), figure, strict=True))
        return {"scores": {score: {"auroc": auroc}}}

    rows = [
        {"dim": dim, "softmax": half("max_probability", a), "lgm": half("log_likelihood", b)}
        for dim, (a, b) in figures.items()
    ]
    source = bundle(
        PANELS / "strange/js", "dimensions_words.js", shared=PANELS / "feature_space/js"
    )
    said: list[str] = page.evaluate(
        """async ([source, rows]) => {
          const { comparisonOf, reasonOf } = await import(`data:text/javascript;base64,${source}`);
          const chosen = { softmax: "max_probability", lgm: "log_likelihood" };
          return [comparisonOf(rows, chosen), reasonOf(rows, chosen)];
        }""",
        [base64.b64encode(source.encode()).decode(), rows],
    )
    return said


def test_the_sentences_say_what_the_figures_say_and_nothing_else(page: Page) -> None:
    far = (0.9, 0.88, 0.92)
    assert words(page, {2: (far, far)}) == ["", ""]
    comparison, reason = words(
        page,
        {2: (far, (0.7, 0.6, 0.8)), 8: (far, (0.89, 0.87, 0.91)), 64: (far, (0.98, 0.97, 0.99))},
    )
    assert comparison == (
        "AUROC of L-GM's log-likelihood against softmax's maximum probability: "
        "higher at D = 64 (0.980 against 0.900); lower at D = 2 (0.700 against 0.900); "
        "too close to tell at D = 8 (0.890 against 0.900)."
    )
    assert reason.startswith("Few features hurt here. The likely reason is crowding")
    # Better in a plane, or worse by less than the intervals tell.
    verdicts = {
        (0.99, 0.98, 1.0): "Few features do not hurt here",
        (0.895, 0.87, 0.92): "Whether few features hurt cannot be told from these figures",
    }
    for plane, verdict in verdicts.items():
        comparison, reason = words(page, {2: (far, plane), 64: (far, far)})
        assert reason == (
            f"{verdict}: the AUROC of L-GM's log-likelihood is {plane[0]:.3f} at D = 2 "
            "and 0.900 at D = 64."
        )
