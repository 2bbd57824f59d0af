"""The running app in a browser, for the benchmarks that look at what a person sees."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import find_or_install, launch_args
from tests.browser.server import Server

#: The panel's root, inside the component's shadow tree.
LAB = (
    "[...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]"
    ".map((host) => host.shadowRoot?.querySelector('.lab')).find(Boolean)"
)


@contextmanager
def app() -> Iterator[Server]:
    """The server, with folders that are removed afterwards."""
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server:
        yield server


@contextmanager
def browser_page(url: str, width: int = 1280, height: int = 800) -> Iterator[Page]:
    """A page of a fresh headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_or_install(), args=launch_args())
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(url)
        yield page
        browser.close()


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` percent lie."""
    return round(float(np.percentile(values, share)), 4)


def stats(page: Page) -> dict[str, Any]:
    """What the panel counts of itself."""
    told: dict[str, Any] = page.evaluate(f"() => {LAB}.labStats()")
    return told
