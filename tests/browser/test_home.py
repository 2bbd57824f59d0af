"""The landing page: its card is alive, and one click leads to the demonstration."""

from __future__ import annotations

from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.server import Server
from tests.browser.test_feature_space import stats, wait_for_step

THUMBNAIL = (
    "[...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]"
    ".map((host) => host.shadowRoot?.querySelector('.thumbnail')).find(Boolean)"
)


def wait_for_drawing(page: Page) -> None:
    page.wait_for_function(
        f"() => ['left', 'right'].every("
        f"(side) => ({THUMBNAIL}?.labStats?.()[side]?.framesDrawn ?? 0) > 3)",
        timeout=60_000,
    )


def check_accessibility(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []


def test_its_card_shows_runs_that_move_and_then_the_visitors_own(
    new_context: Callable[..., BrowserContext], own: Server
) -> None:
    page = new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(own.url)
    wait_for_drawing(page)
    check_accessibility(page)
    shown = own.runs.iterdir()
    assert len(list(shown)) == 2
    page.get_by_role("button", name="Start the demonstration").click()
    wait_for_step(page, 1)
    page.get_by_role("link", name="L-GM Lab").click()
    wait_for_drawing(page)
    page.get_by_role("button", name="Back to your training").click()
    wait_for_step(page, 1)
    assert stats(page)["left"]["state"] in ("running", "finished")


def test_it_fits_a_phone_and_has_no_serious_accessibility_finding(
    new_context: Callable[..., BrowserContext], server: Server
) -> None:
    width, height = PHONE
    page = new_context(viewport={"width": width, "height": height}).new_page()
    page.goto(server.url + "/home")
    assert page.url == server.url + "/"
    wait_for_drawing(page)
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    expect(page.get_by_role("button", name="Start the demonstration")).to_be_in_viewport()
    check_accessibility(page)
