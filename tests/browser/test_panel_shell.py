"""What surrounds the two pictures: transport, timeline, sliders, inspector, tools."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, PROJECTOR, OpenPage
from tests.browser.server import Server
from tests.runs.waiting import wait_until

PATIENCE = 30_000


def stats(page: Page) -> dict[str, Any]:
    told: dict[str, Any] = page.locator(".lab").evaluate("lab => lab.labStats()")
    return told


def steps(page: Page) -> list[int]:
    return [run["lastStep"] for run in stats(page).values()]


def step_once(page: Page) -> None:
    before = steps(page)
    page.keyboard.press("ArrowRight")
    wait_until(lambda: steps(page) != before, "a step")


def wait_for_step(page: Page, step: int) -> None:
    page.wait_for_function(
        """step => {
            const host = document.querySelector('[data-testid="stBidiComponentIsolated"]');
            const lab = host?.shadowRoot?.querySelector('.lab');
            const runs = Object.values(lab?.labStats?.() ?? {});
            return runs.length === 2 && runs.every((run) => run.lastStep >= step);
        }""",
        arg=step,
        timeout=PATIENCE,
    )


def open_lab(open_page: OpenPage, **options: Any) -> Page:
    visit = open_page("/feature-space", **options)
    page = visit.page
    page.locator(".lab .knob").first.wait_for(timeout=PATIENCE)
    wait_for_step(page, 0)
    # Streamlit looks for itself below the page's own path first, and is not there.
    visit.complaints.clear()
    return page


@pytest.fixture(name="calm", scope="module")
def _calm(browser: Browser, server: Server) -> Iterator[Page]:
    """One visit for the tests that only look: no run of it trains before the last of them."""
    width, height = PROJECTOR
    page = browser.new_page(viewport={"width": width, "height": height}, base_url=server.url)
    page.goto("/feature-space")
    wait_for_step(page, 0)
    yield page
    page.close()


def test_space_plays_and_pauses_and_the_timeline_goes_back(open_page: OpenPage) -> None:
    page = open_lab(open_page)
    expect(page.get_by_text("Press Play or the space bar").first).to_be_visible()
    page.keyboard.press("Space")
    wait_for_step(page, 20)
    page.keyboard.press("Space")
    page.get_by_role("button", name="Play", exact=True).wait_for(timeout=PATIENCE)
    page.get_by_role("slider", name="Training step").fill("10")
    expect(page.locator(".reading .count")).to_have_text("10")
    for run in stats(page).values():
        assert run["stepOnScreen"] <= 10
    page.get_by_role("button", name="Newest step").click()
    runs = stats(page).values()
    newest = max(run["lastStep"] for run in runs)
    expect(page.locator(".reading .count")).to_have_text(str(newest))
    assert newest >= 20
    for run in runs:
        assert run["state"] == "paused"
    # One step brings both to the same step, however far apart the pause has found them.
    newest = max(steps(page))
    while min(steps(page)) < newest:
        step_once(page)
    assert set(steps(page)) == {newest}
    step_once(page)
    wait_for_step(page, newest + 1)
    assert set(steps(page)) == {newest + 1}


def test_a_slider_says_its_number_and_reaches_the_link(calm: Page) -> None:
    page = calm
    slider = page.get_by_role("slider", name=re.compile("margin"))
    slider.focus()
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "1.01")
    page.wait_for_url(re.compile(r"alpha=1\.01"), timeout=PATIENCE)
    expect(slider).to_have_attribute("aria-valuetext", "1.01")
    # It keeps the focus after a drag; the lab's keys go on to work.
    slider.press("?")
    expect(page.get_by_text("start afresh")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("start afresh")).to_be_hidden()


def test_a_symbol_of_the_formula_leads_to_its_slider(calm: Page) -> None:
    page = calm
    page.get_by_role("button", name=re.compile("likelihood weight")).click()
    expect(page.get_by_role("slider", name=re.compile("likelihood weight"))).to_be_focused()


def test_the_inspector_opens_by_keyboard_and_gives_the_focus_back(calm: Page) -> None:
    page = calm
    picture = page.get_by_role("application").nth(1)
    picture.focus()
    picture.press("ArrowRight")
    picture.press("Enter")
    sheet = page.get_by_role("dialog", name="Digit")
    expect(sheet.get_by_role("heading", name="This digit is a")).to_be_visible()
    expect(sheet.get_by_text("log p(x|k)")).to_be_visible(timeout=PATIENCE)
    expect(sheet.locator(".answers table")).to_have_count(2)
    expect(sheet.locator("tbody tr")).to_have_count(20)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(picture).to_be_focused()


def test_all_fits_one_screen(calm: Page) -> None:
    box = calm.locator(".lab").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 800


def test_on_a_phone_the_transport_stays_menus_stay_inside_and_touch_closes_the_inspector(
    open_page: OpenPage,
) -> None:
    width, height = PHONE
    page = open_lab(open_page, size=PHONE, has_touch=True)
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    play = page.get_by_role("button", name="Play", exact=True)
    for scroll in (0, 600):
        page.get_by_test_id("stMain").evaluate("(main, top) => main.scrollTo(0, top)", scroll)
        expect(play).to_be_in_viewport()
    page.get_by_test_id("stMain").evaluate("(main) => main.scrollTo(0, 0)")
    for name in ("Keys", "Share", "Export"):
        button = page.get_by_role("button", name=name)
        button.tap()
        menu = page.locator(".popover:not([hidden])")
        box = menu.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert menu.evaluate("(menu) => menu.scrollWidth <= menu.clientWidth"), name
        button.tap()
    picture = page.get_by_role("application").nth(1)
    picture.focus()
    picture.press("ArrowRight")
    picture.press("Enter")
    sheet = page.get_by_role("dialog", name="Digit")
    expect(sheet).to_be_visible()
    # Playwright taps only where nothing else lies on top.
    sheet.get_by_role("button", name="Close").tap(timeout=PATIENCE)
    expect(sheet).to_be_hidden()
    assert page.evaluate("innerHeight") == height


def test_the_question_mark_lists_the_keys_and_leaves_the_space_bar_to_play(calm: Page) -> None:
    page = calm
    page.keyboard.press("?")
    expect(page.get_by_text("one training step")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("one training step")).to_be_hidden()
    page.keyboard.press("Space")
    wait_for_step(page, 1)


def test_no_panel_is_ever_darker_than_its_paper_before_the_first_frame(
    open_page: OpenPage,
) -> None:
    visit = open_page("/")
    page = visit.page
    # From the start on, at each display frame: a pixel of every picture.
    page.add_init_script(
        """const look = () => {
          const host = document.querySelector('[data-testid="stBidiComponentIsolated"]');
          for (const canvas of host?.shadowRoot?.querySelectorAll('.picture canvas') ?? []) {
            if (canvas.width < 100) continue;
            const { data } = canvas.getContext('2d').getImageData(40, 60, 1, 1);
            window.darkest = Math.min(window.darkest, data[0] + data[1] + data[2]);
          }
          requestAnimationFrame(look);
        };
        window.darkest = 765;
        requestAnimationFrame(look);"""
    )
    page.goto("/feature-space")
    wait_for_step(page, 0)
    assert 300 < page.evaluate("window.darkest") < 765
    visit.complaints.clear()
