"""Makes the pictures of the README and the landing page from the running app.

``python -m scripts.screenshots``: starts the app, lets both runs train, and photographs the page
at 1280 x 800, light and dark, and on a phone.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import find_or_install, launch_args
from tests.browser.server import ROOT, Server

IMAGES = ROOT / "docs" / "images"
_TRAINED = """() => ['left', 'right'].every(side => {
    const lab = document.querySelector('[data-testid=stBidiComponentIsolated]')
        ?.shadowRoot?.querySelector('.lab');
    return lab?.labStats?.()[side].state === 'finished'; })"""


def photograph(page: Page, url: str, path: Path) -> None:
    """Trains both runs to the end and takes the picture."""
    page.goto(f"{url}/feature-space")
    page.get_by_role("button", name="Play").first.click(timeout=60_000)
    page.wait_for_function(_TRAINED, timeout=300_000)
    page.wait_for_timeout(1500)
    page.screenshot(path=path)
    print(path.relative_to(ROOT))


_ANSWERED = """() => {
    const lab = document.querySelector('[data-testid=stBidiComponentIsolated]')
        ?.shadowRoot?.querySelector('.strange');
    const state = lab?.labStats?.();
    return state && !state.busy && state.answeredIn !== null
        && lab.querySelector('.js-plotly-plot'); }"""


def photograph_strange(page: Page, url: str, path: Path) -> None:
    """Waits for the first answer and takes the picture."""
    page.goto(f"{url}/strange-inputs")
    page.wait_for_function(_ANSWERED, timeout=120_000)
    page.wait_for_timeout(1500)
    page.screenshot(path=path)
    print(path.relative_to(ROOT))


_STRAIGHT = """() => {
    const lab = document.querySelector('[data-testid=stBidiComponentIsolated]')
        ?.shadowRoot?.querySelector('.faces');
    const state = lab?.labStats?.();
    return state?.stepOnScreen === 800 && !state.moving
        && lab.querySelector('.turning')?.hidden === false; }"""


def photograph_faces(page: Page, url: str, path: Path) -> None:
    """Waits for the trained result and takes the picture."""
    page.goto(f"{url}/faces")
    page.wait_for_function(_STRAIGHT, timeout=120_000)
    page.wait_for_timeout(1500)
    page.screenshot(path=path)
    print(path.relative_to(ROOT))


def photograph_evidence(page: Page, url: str, path: Path) -> None:
    """Waits for the lab's own articles to be read and takes the picture."""
    page.goto(f"{url}/evidence")
    page.locator(".statements article").first.wait_for(timeout=180_000)
    page.wait_for_timeout(1500)
    page.screenshot(path=path)
    print(path.relative_to(ROOT))


def main() -> None:
    """Takes all pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    shots = (
        ("feature-space-light", 1280, 800, "light"),
        ("feature-space-dark", 1280, 800, "dark"),
        ("feature-space-phone", 390, 844, "light"),
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_or_install(), args=launch_args())
        for name, width, height, scheme in shots:
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme=scheme
            )
            photograph(page, server.url, IMAGES / f"{name}.png")
            strange = name.replace("feature-space", "strange-inputs")
            photograph_strange(page, server.url, IMAGES / f"{strange}.png")
            faces = name.replace("feature-space", "faces")
            photograph_faces(page, server.url, IMAGES / f"{faces}.png")
            evidence = name.replace("feature-space", "evidence")
            photograph_evidence(page, server.url, IMAGES / f"{evidence}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
