"""Seconds from starting the process to a page that can be used: Play is there and enabled."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

from benchmarks._report import report
from tests.browser.chromium import find_or_install, launch_args
from tests.browser.server import Server

ROUNDS = 3


def main() -> None:
    """Starts the app in an environment that is made; the browser is open already."""
    seconds = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_or_install(), args=launch_args())
        for _ in range(ROUNDS):
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            with tempfile.TemporaryDirectory() as folder:
                server = Server(Path(folder))
                began = time.perf_counter()
                server.start()
                page.goto(f"{server.url}/feature-space")
                play = page.get_by_role("button", name="Play").first
                play.wait_for(state="visible", timeout=60_000)
                seconds.append(time.perf_counter() - began)
                page.close()
                server.stop()
        browser.close()
    figures = {
        "start_to_usable_seconds": round(median(seconds), 2),
        "rounds": [round(s, 2) for s in seconds],
    }
    report("startup", figures, {"start_to_usable_seconds": "<= 5"})


if __name__ == "__main__":
    main()
