"""What surrounds the two pictures: transport, timeline, sliders, inspector, tools."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenPage

PATIENCE = 30_000


def stats(page: Page) -> dict[str, Any]:
    told: dict[str, Any] = page.locator(".lab").evaluate("lab => lab.labStats()")
    return told


def wait_for_step(page: Page, step: int) -> None:
    page.wait_for_function(
        """step => {
            const host = document.querySelector('[data-testid="stBidiComponentIsolated"]');
            const lab = host?.shadowRoot.querySelector('.lab');
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


def test_space_plays_and_pauses_and_the_timeline_goes_back(open_page: OpenPage) -> None:
    page = open_lab(open_page)
    expect(page.get_by_text("Press Play or the space bar").first).to_be_visible()
    page.keyboard.press("Space")
    wait_for_step(page, 20)
    page.keyboard.press("Space")
    page.get_by_role("button", name="Play", exact=True).wait_for(timeout=PATIENCE)
    page.get_by_role("slider", name="Training step").fill("10")
    expect(page.locator(".reading .count")).to_have_text("10")
    page.get_by_role("button", name="Newest step").click()
    runs = stats(page).values()
    newest = max(run["lastStep"] for run in runs)
    expect(page.locator(".reading .count")).to_have_text(str(newest))
    assert newest >= 20
    for run in runs:
        assert run["state"] == "paused"


def test_a_slider_says_its_number_and_reaches_the_link(open_page: OpenPage) -> None:
    page = open_lab(open_page)
    slider = page.get_by_role("slider", name=re.compile("margin"))
    slider.focus()
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "1.01")
    page.wait_for_url(re.compile(r"alpha=1\.01"), timeout=PATIENCE)
    expect(slider).to_have_attribute("aria-valuetext", "1.01")


def test_a_symbol_of_the_formula_leads_to_its_slider(open_page: OpenPage) -> None:
    page = open_lab(open_page)
    page.get_by_role("button", name=re.compile("likelihood weight")).click()
    expect(page.get_by_role("slider", name=re.compile("likelihood weight"))).to_be_focused()


def test_the_inspector_opens_by_keyboard_and_gives_the_focus_back(open_page: OpenPage) -> None:
    page = open_lab(open_page)
    picture = page.get_by_role("application").nth(1)
    picture.focus()
    picture.press("ArrowRight")
    picture.press("Enter")
    sheet = page.get_by_role("dialog", name="Digit")
    expect(sheet.get_by_text("log p(x|k)")).to_be_visible(timeout=PATIENCE)
    expect(sheet.locator("tbody tr")).to_have_count(20)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(picture).to_be_focused()


def test_all_fits_one_screen_and_on_a_phone_the_transport_stays(open_page: OpenPage) -> None:
    page = open_lab(open_page)
    box = page.locator(".lab").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 800

    page = open_lab(open_page, size=PHONE)
    play = page.get_by_role("button", name="Play", exact=True)
    for scroll in (0, 600):
        page.get_by_test_id("stMain").evaluate("(main, top) => main.scrollTo(0, top)", scroll)
        expect(play).to_be_in_viewport()
