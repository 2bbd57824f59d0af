"""Strange inputs when not all goes well: a wrong link, a cancelled question, a lost connection."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, WebSocketRoute, expect

from tests.browser.server import Server
from tests.browser.strange_page import PAGE, draw, state, wait_for_answer


def test_a_link_restores_what_was_asked_and_explains_what_is_wrong(
    new_context: Callable[..., BrowserContext], server: Server
) -> None:
    page = new_context(viewport={"width": 1280, "height": 800}).new_page()
    link = (
        "epsilon=0.35&attack=bim&steps=3&count=60&scores=energy.mixture&thresholds=_-1e9"
        "&models=nonsense&seed=x"
    )
    page.goto(f"{server.url}/strange-inputs?{link}")
    wait_for_answer(page, attack="bim", epsilon=0.35, steps=3, count=60)
    chosen = page.get_by_role("combobox", name="Score")
    expect(chosen.nth(0)).to_have_value("energy")
    expect(chosen.nth(1)).to_have_value("mixture")
    expect(page.get_by_text("models is 'nonsense'; there are no such runs here")).to_be_visible()
    expect(page.get_by_text("seed is 'x'; allowed: 0 to")).to_be_visible()
    for left in (1, 0):
        page.get_by_test_id("stToast").first.get_by_role("button", name="Close").click()
        expect(page.get_by_test_id("stToast")).to_have_count(left)
    page.get_by_role("button", name="Share").click()
    shared = page.get_by_role("textbox", name="Link to this setting").input_value()
    assert "scores=energy.mixture&thresholds=_-1000000000" in shared
    assert (state(page)["caught"][1], state(page)["falseAlarms"][1]) == (0, 0)
    assert "epsilon=0.35" in shared


def test_before_the_first_answer_one_can_cancel_draw_and_ask_again(
    new_context: Callable[..., BrowserContext], server: Server
) -> None:
    page = new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(f"{server.url}/strange-inputs?attack=cw&count=50&epsilon=0.35")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled: there is no answer yet.")).to_be_visible()
    page.get_by_role("button", name="Draw", exact=True).click()
    draw(page, [(0.5, 0.15), (0.5, 0.85)])
    expect(page.locator(".answers-to-drawing p").first).to_contain_text("Softmax: 1,")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Ask again").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    expect(page.get_by_role("button", name="Ask again")).to_be_hidden()
    # It bounds a search too: without it, two different questions would read alike.
    expect(page.locator(".work .doing").first).to_contain_text(
        "Carlini-Wagner at ε 0.35, 50 digits"
    )
    page.locator(".dimensions-slot summary").click()
    expect(page.get_by_text("For Carlini-Wagner, ε 0.35, 50 digits.")).to_be_visible()


def test_a_lost_connection_begins_a_growing_attack_again(
    new_context: Callable[..., BrowserContext], server: Server
) -> None:
    page = new_context(viewport={"width": 1280, "height": 800}).new_page()
    cut = []

    def between(route: WebSocketRoute) -> None:
        beyond = route.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            route.send(message)
            if not cut and isinstance(message, str) and message.endswith('"epsilon": 0.1}'):
                cut.append(message)
                route.close()

        beyond.on_message(pass_on)

    page.route_web_socket(re.compile(r"/lab/bench$"), between)
    page.goto(f"{server.url}/strange-inputs?count=50")
    before = wait_for_answer(page, attack="fgsm", count=50)["aurocs"]
    page.get_by_role("button", name="Grow").click()
    page.wait_for_function(f"() => {PAGE}.labStats().sweep.there === 21", timeout=60_000)
    page.get_by_role("slider", name="Size of the attack").fill("8")  # of 20 up to 0.5: 0.2
    assert state(page)["aurocs"] == before
    assert state(page)["sweep"] == {"shown": 8, "there": 21, "asked": 21}
    assert len(cut) == 1
    expect(page.get_by_text("Connecting to the server")).to_be_hidden()
