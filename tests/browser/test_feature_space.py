"""The feature-space page as its users have it: play, drag, scrub, link, inspector, phone, axe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, PROJECTOR, Visit

LAB = (
    "[...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]"
    ".map((host) => host.shadowRoot?.querySelector('.lab:not(.thumbnail)')).find(Boolean)"
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


def test_a_slider_acts_on_the_running_training_while_it_is_dragged_and_pause_stops_both(
    open_page: Open,
) -> None:
    page = ready(open_page, "/feature-space?epochs=500")
    page.get_by_role("button", name="Play").first.click()
    wait_for_step(page, 5)
    slider = page.locator("[data-knob=alpha] input")
    slider.evaluate(
        "(node) => { node.value = node.max;"
        " node.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    page.wait_for_function(
        f"() => ['left', 'right'].every(s => {LAB}.labStats()[s].knobsOnScreen?.alpha === 3)",
        timeout=60_000,
    )
    page.get_by_role("button", name="Pause").first.click()
    page.wait_for_function(
        f"() => ['left', 'right'].every(s => {LAB}.labStats()[s].state === 'paused')",
        timeout=60_000,
    )
    stopped = stats(page)["left"]["lastStep"]
    page.wait_for_timeout(500)
    assert stats(page)["left"]["lastStep"] == stopped


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


def test_presenting_hides_the_settings_and_keeps_them(open_page: Open) -> None:
    page = ready(open_page, "/feature-space?dim=3&seed=5")
    page.get_by_role("button", name="Present").click()
    expect(page.get_by_role("spinbutton", name="Feature dimension D")).to_be_hidden()
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.get_by_role("button", name="Play").first).to_be_visible()
    page.get_by_role("button", name="Present").click()
    expect(page.get_by_role("spinbutton", name="Feature dimension D")).to_have_value("3")
    assert "seed=5" in page.url


def test_a_persons_own_pictures_become_the_digits(open_page: Open) -> None:
    page = ready(open_page)
    rows = [f"{name},{','.join([str(shade)] * 64)}" for name, shade in (("x", 200), ("o", 90))]
    table = "\n".join(rows * 20).encode()
    page.get_by_role("button", name="Use your own pictures").click()
    dialog = page.get_by_role("dialog")
    file = {"name": "mine.csv", "mimeType": "text/csv", "buffer": b"a,1,2"}
    dialog.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    expect(dialog.get_by_text("allowed: a square number of pixels")).to_be_visible()
    dialog.get_by_test_id("stFileChipDeleteBtn").get_by_role("button").click()
    file["buffer"] = table
    dialog.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    dialog.get_by_role("button", name="Train on these").click(timeout=20_000)
    chosen = page.get_by_role("combobox", name="Digits")
    expect(chosen).to_have_value("Your own digits", timeout=20_000)
    page.wait_for_url("**/feature-space?data=own-*", timeout=20_000)
    page.get_by_role("button", name="Play").first.click()
    wait_for_step(page, 1)


def test_it_has_no_serious_accessibility_finding(open_page: Open) -> None:
    page = ready(open_page)
    # The charts come last.
    page.locator(".curve .main-svg").nth(5).wait_for(state="attached", timeout=20_000)
    for scheme, size in (("light", PROJECTOR), ("light", PHONE), ("dark", PROJECTOR)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.wait_for_timeout(500)
        found = Axe().run(page).response["violations"]
        serious = [v["id"] for v in found if v["impact"] in ("serious", "critical")]
        assert serious == [], (scheme, size)
