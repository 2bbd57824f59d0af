"""The feature-space page as its users have it: play, drag, scrub, link, inspector, phone, axe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visit

LAB = (
    "[...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]"
    ".map((host) => host.shadowRoot?.querySelector('.lab')).find(Boolean)"
)
Open = Callable[..., Visit]


def stats(page: Page) -> dict[str, Any]:
    told: dict[str, Any] = page.evaluate(f"() => {LAB}.labStats()")
    return told


def wait_for_step(page: Page, step: int) -> None:
    page.wait_for_function(
        f"(step) => ['left', 'right'].every("
        f"s => ({LAB}?.labStats?.()[s].stepOnScreen ?? -1) >= step)",
        arg=step,
        timeout=90_000,
    )


def ready(open_page: Open, path: str = "/feature-space", **options: Any) -> Page:
    visit = open_page(path, **options)
    wait_for_step(visit.page, 0)
    # Streamlit asks for its own routes below the page's path and is told 404; not ours to mend.
    visit.complaints.clear()
    return visit.page


def test_play_makes_both_pictures_move_and_pause_stops_them(open_page: Open) -> None:
    page = ready(open_page)
    page.get_by_role("button", name="Play").first.click()
    wait_for_step(page, 5)
    page.get_by_role("button", name="Pause").first.click()
    page.wait_for_function(
        f"() => ['left', 'right'].every(s => {LAB}.labStats()[s].state === 'paused')",
        timeout=60_000,
    )
    stopped = stats(page)["left"]["lastStep"]
    page.wait_for_timeout(500)
    assert stats(page)["left"]["lastStep"] == stopped


def test_a_slider_acts_on_the_running_training_while_it_is_dragged(open_page: Open) -> None:
    page = ready(open_page, "/feature-space?epochs=500")
    page.get_by_role("button", name="Play").first.click()
    wait_for_step(page, 2)
    slider = page.locator("[data-knob=alpha] input")
    slider.evaluate(
        "(node) => { node.value = node.max;"
        " node.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    page.wait_for_function(
        f"() => ['left', 'right'].every(s => {LAB}.labStats()[s].knobsOnScreen?.alpha === 3)",
        timeout=60_000,
    )


def test_a_link_restores_the_whole_state(open_page: Open) -> None:
    page = ready(open_page, "/feature-space?alpha=0.5&dim=3&right=softmax&show=left-errors&seed=7")
    expect(page.locator("[data-knob=alpha] output")).to_have_text("0.50")
    expect(page.get_by_role("spinbutton", name="Feature dimension D")).to_have_value("3")
    expect(page.get_by_role("button", name="errors").first).to_have_attribute(
        "aria-pressed", "true"
    )
    assert "seed=7" in page.url


def test_a_bad_link_is_explained_and_the_default_used(open_page: Open) -> None:
    page = ready(open_page, "/feature-space?dim=900")
    expect(page.get_by_text("dim is '900'; allowed: 2 to 128.")).to_be_visible()
    expect(page.get_by_role("spinbutton", name="Feature dimension D")).to_have_value("2")


def test_the_landing_page_starts_the_demonstration_with_one_click(open_page: Open) -> None:
    page = open_page("/").page
    page.get_by_role("button", name="Start the demonstration").click()
    wait_for_step(page, 1)


def test_the_page_fits_a_phone(open_page: Open) -> None:
    page = ready(open_page, size=PHONE)
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    expect(page.get_by_role("button", name="Play").first).to_be_in_viewport()


def test_no_page_has_a_serious_accessibility_finding(open_page: Open) -> None:
    for path in ("/", "/feature-space"):
        page = open_page(path).page if path == "/" else ready(open_page, path)
        page.wait_for_timeout(1500)
        found = Axe().run(page).response["violations"]
        serious = [v["id"] for v in found if v["impact"] in ("serious", "critical")]
        assert serious == [], path
