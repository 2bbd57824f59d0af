"""The page of strange inputs: it opens on the pair that comes with the lab and answers at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import PHONE, PROJECTOR
from tests.browser.server import Server

PAGE = (
    "[...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]"
    ".map((host) => host.shadowRoot?.querySelector('.strange')).find(Boolean)"
)


def state(page: Page) -> dict[str, Any]:
    """What the panel says of itself."""
    found: dict[str, Any] = page.evaluate(f"() => {PAGE}.labStats()")
    return found


def wait_for_answer(page: Page, **settings: Any) -> dict[str, Any]:
    """Waits until the answer to these settings is on screen."""
    page.wait_for_function(
        f"(wanted) => {{ const s = {PAGE}?.labStats?.(); return s && !s.busy && s.settings"
        " && Object.entries(wanted).every(([name, value]) => s.settings[name] === value); }",
        arg=settings,
        timeout=90_000,
    )
    return state(page)


def choose(page: Page, label: str, option: str) -> None:
    """Picks an option of one of the sidebar's select boxes."""
    page.get_by_test_id("stSelectbox").filter(has_text=label).get_by_role("combobox").click()
    page.get_by_role("option", name=option).click()


@pytest.fixture(name="visit", scope="module")
def _visit(browser: Browser, server: Server) -> Iterator[Page]:
    """One visit for all: each test asks for what it needs and leaves the page in order."""
    width, height = PROJECTOR
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(f"{server.url}/strange-inputs")
    wait_for_answer(page, attack="fgsm", epsilon=0.2)
    yield page
    page.close()


def threshold(page: Page, number: int) -> Locator:
    return page.get_by_role("slider", name="Threshold").nth(number)


def test_it_opens_on_the_shipped_pair_with_everything_to_see(visit: Page) -> None:
    expect(visit.get_by_text("are still read rightly by")).to_be_visible()
    expect(visit.locator(".tile").first).to_contain_text("→")
    expect(visit.get_by_role("row", name="L-GM: log-likelihood", exact=False).first).to_be_visible()
    expect(visit.get_by_role("row", name="Softmax: Mahalanobis")).to_be_visible()
    assert state(visit)["falseAlarms"] == [pytest.approx(0.05, abs=0.01)] * 2
    fits = "() => document.scrollingElement.scrollHeight <= innerHeight"
    assert visit.evaluate(fits)


def test_the_threshold_decides_what_is_called_strange_everywhere(visit: Page) -> None:
    verdicts = visit.locator(".tile").locator(".verdict")
    slider = threshold(visit, 1)
    slider.focus()
    slider.press("Home")
    assert state(visit)["caught"][1] < 0.05
    assert set(verdicts.all_text_contents()) <= {"let through", "called strange"}
    slider.press("End")
    assert state(visit)["caught"][1] > 0.8
    before = state(visit)["caught"][0]
    expect(visit.get_by_text("Called strange:").nth(1)).to_contain_text("of the clean digits")
    for _ in range(3):
        slider.press("PageDown")
    after = state(visit)["caught"]
    assert after[0] == before
    assert after[1] < 0.999


def test_the_way_of_an_attacked_digit_is_walked_from_the_keyboard(visit: Page) -> None:
    choose(visit, "Attack", "PGD, from random starts")
    steps = wait_for_answer(visit, attack="pgd")["steps"]
    assert steps == 22  # the clean digit, the random start, twenty steps
    visit.locator(".tile").nth(2).click()
    assert state(visit)["selected"] == 2
    visit.keyboard.press(" ")
    visit.wait_for_function(f"() => {PAGE}.labStats().step < 15")
    visit.wait_for_function(f"() => {PAGE}.labStats().step > 15")
    visit.wait_for_function(f"() => {PAGE}.labStats().step === 21", timeout=10_000)
    expect(visit.get_by_text("step 21 of 21")).to_be_visible()
    visit.keyboard.press(",")
    assert state(visit)["step"] == 20


def test_a_long_attack_shows_its_progress_and_can_be_cancelled(visit: Page) -> None:
    choose(visit, "Attack", "Carlini-Wagner")
    cancel = visit.get_by_role("button", name="Cancel")
    expect(cancel).to_be_visible(timeout=20_000)
    expect(visit.get_by_text(" of ", exact=False).first).to_be_visible()
    cancel.click()
    expect(visit.get_by_text("Cancelled")).to_be_visible()
    choose(visit, "Attack", "FGSM, one step")
    wait_for_answer(visit, attack="fgsm")
    expect(visit.get_by_text("are still read rightly by")).to_be_visible()


def test_it_fits_a_phone_and_has_no_serious_accessibility_finding(
    new_context: Callable[..., BrowserContext], server: Server
) -> None:
    width, height = PHONE
    page = new_context(viewport={"width": width, "height": height}).new_page()
    page.goto(f"{server.url}/strange-inputs")
    wait_for_answer(page, attack="fgsm")
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []


def draw(page: Page, *strokes: list[tuple[float, float]]) -> None:
    """Draws on the pad; places are shares of its side."""
    box = page.get_by_role("img", name="Drawing pad").bounding_box()
    assert box is not None
    for stroke in strokes:
        places = [(box["x"] + u * box["width"], box["y"] + v * box["height"]) for u, v in stroke]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place, steps=6)
        page.mouse.up()


def test_a_drawing_is_judged_at_once(visit: Page) -> None:
    visit.get_by_role("button", name="Draw", exact=True).click()
    verdicts = visit.locator(".answers-to-drawing p")
    draw(visit, [(0.5, 0.15), (0.5, 0.85)])
    expect(verdicts).to_have_count(2)
    for model, verdict in zip(("Softmax", "L-GM"), verdicts.all(), strict=True):
        expect(verdict).to_contain_text(f"{model}: 1,")
        expect(verdict).to_contain_text("of the training digits")
    assert state(visit)["drawnIn"] < 1000
    # A scribble that fills the pad is no digit.
    visit.get_by_role("button", name="Clear").click()
    rows = [0.1 + 0.1 * i for i in range(9)]
    draw(visit, [(u, v) for v in rows for u in ((0.1, 0.9) if round(10 * v) % 2 else (0.9, 0.1))])
    expect(verdicts.nth(1)).to_contain_text("called strange")
    visit.keyboard.press("Escape")
    expect(visit.get_by_role("dialog", name="Draw")).to_be_hidden()


def test_epsilon_zero_is_chance_and_strange_pictures_are_no_attack(visit: Page) -> None:
    slider = visit.get_by_role("slider", name="Size ε")
    slider.focus()
    for _ in range(20):
        slider.press("ArrowLeft")
    wait_for_answer(visit, epsilon=0)
    expect(visit.get_by_text("AUROC 0.500").first).to_be_visible()
    choose(visit, "Input", "Faces")
    wait_for_answer(visit, inputs="faces")
    expect(
        visit.get_by_text("it has never seen one").or_(visit.get_by_text("has never seen"))
    ).to_be_visible()
    expect(visit.locator(".tile").first).to_contain_text("read as")
