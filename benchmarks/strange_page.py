"""How soon the page of strange inputs answers: the size of the attack moved, a stroke drawn.

The running app in a headless Chromium on the same cores. Every size is a new one, so that no
answer was given before; a stroke is timed by the page itself, from the pen's lifting on.
"""

from __future__ import annotations

from statistics import median

from playwright.sync_api import Page

from benchmarks._lab import app, browser_page, percentile
from benchmarks._report import report

TURNS = 12
STROKES = 12
BARS = {
    "slider_to_histograms_seconds_p95": "<= 2",
    "stroke_to_verdict_ms_p95": "<= 300",
    "first_stroke_ms": "<= 300",
}
PAGE = (
    "[...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]"
    ".map((host) => host.shadowRoot?.querySelector('.strange')).find(Boolean)"
)

#: Waits in the browser until histograms of another size stand, drawn; gives milliseconds since
#: the key that moved the slider.
_WATCH = f"""(before) => new Promise((resolve) => {{
    let began = null;
    window.addEventListener('keyup', () => (began ??= performance.now()),
        {{ once: true, capture: true }});
    const look = () => {{
        const stats = {PAGE}.labStats();
        if (stats.settings.epsilon !== before && !stats.busy && began !== null) {{
            // The charts are drawn in this display frame; it is on screen in the next one.
            requestAnimationFrame(() => resolve(performance.now() - began));
        }} else requestAnimationFrame(look);
    }};
    window.watched = true;
    requestAnimationFrame(look);
}})"""


def slider(page: Page) -> list[float]:
    """Seconds from the slider's move to the histograms of 1,000 digits under both models."""
    found = []
    handle = page.get_by_role("slider", name="Size ε")
    for _ in range(TURNS):
        before = page.evaluate(f"() => {PAGE}.labStats().settings.epsilon")
        page.evaluate("window.watched = false")
        page.evaluate(f"(before) => {{ window.answer = ({_WATCH})(before); }}", before)
        handle.focus()
        handle.press("ArrowRight")
        found.append(page.evaluate("() => window.answer") / 1000)
    return found


def strokes(page: Page) -> list[float]:
    """Milliseconds from the end of a stroke to both models' verdicts."""
    page.get_by_role("button", name="Draw", exact=True).click()
    box = page.get_by_role("img", name="Drawing pad").bounding_box()
    assert box is not None
    found: list[float] = []
    for number in range(STROKES):
        x = box["x"] + box["width"] * (0.25 + 0.5 * number / STROKES)
        page.mouse.move(x, box["y"] + 0.2 * box["height"])
        page.mouse.down()
        page.mouse.move(x, box["y"] + 0.8 * box["height"], steps=5)
        before = page.evaluate(f"() => {PAGE}.labStats().verdicts")
        page.mouse.up()
        page.wait_for_function(f"(n) => {PAGE}.labStats().verdicts > n", arg=before)
        found.append(page.evaluate(f"() => {PAGE}.labStats().drawnIn"))
    return found


def main() -> None:
    """Opens the page, moves the slider, draws."""
    with app() as server, browser_page(f"{server.url}/strange-inputs") as page:
        page.wait_for_function(
            f"() => {{ const s = {PAGE}?.labStats?.(); return s && s.settings && !s.busy; }}",
            timeout=90_000,
        )
        page.wait_for_timeout(2000)
        turns, drawn = slider(page), strokes(page)
    figures: dict[str, object] = {
        "slider_to_histograms_seconds_median": round(median(turns), 3),
        "slider_to_histograms_seconds_p95": percentile(turns, 95),
        "stroke_to_verdict_ms_median": round(median(drawn), 1),
        "stroke_to_verdict_ms_p95": percentile(drawn, 95),
        "first_stroke_ms": round(drawn[0], 1),
        "turns": len(turns),
        "strokes": len(drawn),
    }
    report("strange_page", figures, BARS)


if __name__ == "__main__":
    main()
