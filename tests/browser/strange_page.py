"""What the tests of strange inputs ask of the page, and how they draw on its pad."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

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
