"""What a person sees while both runs train: frames, redraws, age of the points, knob to picture.

A headless Chromium beside the two workers and the server, all on the same cores.
"""

from __future__ import annotations

import time
from statistics import median
from typing import Any

from playwright.sync_api import Page

from benchmarks._lab import LAB, app, browser_page, percentile, stats
from benchmarks._report import report

SETTLE_SECONDS = 4.0
WATCH_SECONDS = 12.0
TURNS = 20
_EPOCHS = 500  # longer than the benchmark

#: Moves the slider by its own events, as a drag does, and waits in the browser for a frame on
#: screen that was trained with the new value; takes a share of the range, gives milliseconds.
_TURN = f"""(value) => new Promise((resolve, reject) => {{
    const lab = {LAB};
    const slider = lab.querySelector('[data-knob=alpha] input');
    const began = performance.now();
    slider.value = String(Math.round(value * Number(slider.max)));
    slider.dispatchEvent(new Event('input', {{bubbles: true}}));
    const wanted = Number(slider.getAttribute('aria-valuetext'));
    const look = () => {{
        const now = performance.now();
        const shown = ['left', 'right'].map((side) => lab.labStats()[side].knobsOnScreen?.alpha);
        if (shown.every((alpha) => Math.abs(alpha - wanted) < 0.02)) resolve(now - began);
        else if (now - began > 5000) reject(new Error(`not on screen: ${{shown}}, ${{wanted}}`));
        else requestAnimationFrame(look);
    }};
    requestAnimationFrame(look);
}})"""


def first_frame(page: Page) -> float:
    """Seconds from Play to the first frame of both runs that shows trained features."""
    page.wait_for_function(
        f"() => ['left', 'right'].every(s => {LAB}?.labStats?.()[s].stepOnScreen === 0)",
        timeout=60_000,
    )
    play = page.get_by_role("button", name="Play").first
    began = time.perf_counter()
    play.click()
    page.wait_for_function(
        f"() => ['left', 'right'].every(s => {LAB}?.labStats?.()[s].stepOnScreen > 0)",
        timeout=60_000,
        polling="raf",
    )
    return time.perf_counter() - began


def rates(page: Page) -> dict[str, Any]:
    """Frames drawn and redraws a second, and the points' age, of the worse of the two sides."""
    before, began = stats(page), time.perf_counter()
    ages: list[float] = []
    while time.perf_counter() - began < WATCH_SECONDS:
        page.wait_for_timeout(500)
        now = stats(page)
        ages += [now[side]["age95"] for side in ("left", "right")]
    seconds = time.perf_counter() - began
    sides = [(before[side], now[side]) for side in ("left", "right")]
    return {
        "distinct_frames_per_second": round(
            min((b["framesDrawn"] - a["framesDrawn"]) / seconds for a, b in sides), 1
        ),
        "redraws_per_second": round(min((b["draws"] - a["draws"]) / seconds for a, b in sides), 1),
        "age95_seconds": round(max(ages), 2),
        "steps_per_second": [round((b["lastStep"] - a["lastStep"]) / seconds) for a, b in sides],
    }


def main() -> None:
    """Opens the page, plays, watches, and turns the margin."""
    with app() as server, browser_page(f"{server.url}/feature-space?epochs={_EPOCHS}") as page:
        figures: dict[str, Any] = {"play_to_frame_seconds": round(first_frame(page), 3)}
        page.wait_for_timeout(SETTLE_SECONDS * 1000)
        figures |= rates(page)
        turns = []
        for turn in range(TURNS):
            turns.append(float(page.evaluate(_TURN, 0.1 + 0.04 * turn)))
            page.wait_for_timeout(150)
        figures["knob_milliseconds_median"] = round(median(turns))
        figures["knob_milliseconds_p95"] = round(percentile(turns, 95))
    bars = {
        "play_to_frame_seconds": "<= 1",
        "distinct_frames_per_second": ">= 20",
        "redraws_per_second": ">= 45",
        "age95_seconds": "<= 4",
        "knob_milliseconds_median": "<= 150",
        "knob_milliseconds_p95": "<= 300",
    }
    report("live_page", figures, bars)


if __name__ == "__main__":
    main()
