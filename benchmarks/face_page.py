"""What a person sees while faces straighten themselves: frames, redraws, the slider's answer.

A headless Chromium beside the worker and the server, all on the same cores.
"""

from __future__ import annotations

import time
from statistics import median

from playwright.sync_api import Page

from benchmarks._lab import LAB, app, browser_page, percentile
from benchmarks._report import report

SETTLE_SECONDS = 4.0
WATCH_SECONDS = 12.0
TURNS = 20
BARS = {
    "frames_per_step": "1",
    "redraws_per_second": ">= 45",
    "slider_milliseconds_p95": "<= 150",
}
_STATS = f"() => {{ const {{ warped, theta, sides, ...rest }} = {LAB}.labStats(); return rest; }}"
#: Moves the turn's slider by its own events, and waits for the display frame after the answer.
_TURN = f"""(value) => new Promise((resolve) => {{
    const slider = {LAB}.querySelector('.sliders input');
    const began = performance.now();
    slider.value = String(value);
    slider.dispatchEvent(new Event('input', {{bubbles: true}}));
    requestAnimationFrame(() => resolve(performance.now() - began));
}})"""


def slider(page: Page) -> list[float]:
    """Milliseconds from a slider's move to the warped face on screen, on the trained run."""
    page.wait_for_function(
        f"() => {LAB}?.querySelector('.turning')?.hidden === false", timeout=60_000
    )
    return [float(page.evaluate(_TURN, -30 + 3 * turn)) for turn in range(TURNS)]


def main() -> None:
    """Turns a face of the trained run, then trains one and watches."""
    with app() as server:
        with browser_page(f"{server.url}/faces") as page:
            turns = slider(page)
        with browser_page(f"{server.url}/faces?steps=20000&decay=none") as page:
            page.wait_for_function(f"() => {LAB}?.labStats?.().lastStep === 0", timeout=60_000)
            page.get_by_role("button", name="Play").first.click()
            page.wait_for_function(f"() => {LAB}.labStats().lastStep > 3", timeout=60_000)
            page.wait_for_timeout(SETTLE_SECONDS * 1000)
            before, began = page.evaluate(_STATS), time.perf_counter()
            page.wait_for_timeout(WATCH_SECONDS * 1000)
            after, seconds = page.evaluate(_STATS), time.perf_counter() - began
    steps = after["lastStep"] - before["lastStep"]
    figures = {
        "frames_per_step": round((after["framesReceived"] - before["framesReceived"]) / steps, 3),
        "steps_per_second": round(steps / seconds, 1),
        "redraws_per_second": round((after["draws"] - before["draws"]) / seconds, 1),
        "drawing_milliseconds": round(after["milliseconds"], 2),
        "slider_milliseconds_median": round(median(turns)),
        "slider_milliseconds_p95": round(percentile(turns, 95)),
    }
    report("face_page", figures, BARS)


if __name__ == "__main__":
    main()
