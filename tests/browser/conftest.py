"""A real Chromium, a real server, and pages that must not complain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    ConsoleMessage,
    Page,
    ViewportSize,
)

from tests.browser import chromium
from tests.browser.server import Server

#: The projector the mockups are drawn for, and a phone held upright.
PROJECTOR = (1280, 800)
PHONE = (390, 844)
#: After the last tab of a run closes; short, so that a test can wait for it.
GRACE_SECONDS = "2"


class OpenPage(Protocol):
    def __call__(
        self,
        path: str = "/",
        *,
        size: tuple[int, int] = PROJECTOR,
        scheme: Literal["light", "dark"] = "light",
        **context: Any,
    ) -> Visit: ...


@dataclass
class Visit:
    """A page in a browser context of its own, and what it complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Record console errors, uncaught exceptions and answers that say the server failed."""
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            where = message.location.get("url", "")
            self.complaints.append(f"{message.text} ({where})")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            # Asked of the fixtures, so that no list of such tests has to be kept.
            if "start_server" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.server)


@pytest.fixture(scope="session")
def browser_path() -> Path:
    """The browser that the tests drive."""
    path = chromium.find()
    if path is None:
        raise chromium.NoBrowserError(chromium.HELP)
    return path


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_path: Path) -> dict[str, Any]:
    """What pytest-playwright starts its browser with."""
    return {"executable_path": browser_path, "args": chromium.launch_args()}


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Server]:
    """Make a server with folders of its own; use it as a context manager."""

    def make(**options: Any) -> Server:
        environment = {"LGM_GRACE_SECONDS": GRACE_SECONDS, **options.pop("environment", {})}
        return Server(tmp_path_factory.mktemp("server"), environment=environment, **options)

    return make


@pytest.fixture(scope="session")
def server(start_server: Callable[..., Server]) -> Iterator[Server]:
    """One running app for all tests; no process of it may outlive it."""
    with start_server() as running:
        yield running


@pytest.fixture
def own(start_server: Callable[..., Server]) -> Iterator[Server]:
    """A server that no other test looks at."""
    with start_server() as running:
        yield running


@pytest.fixture(scope="session")
def profile(
    browser_type: BrowserType,
    browser_path: Path,
    server: Server,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[BrowserContext]:
    """A browser with a cache on disk, as people have one: pages open a second sooner."""
    context = browser_type.launch_persistent_context(
        tmp_path_factory.mktemp("profile"),
        executable_path=browser_path,
        args=chromium.launch_args(),
        base_url=server.url,
    )
    yield context
    context.close()


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """One tab for a file's tests that need no server: to open one takes longer than they do."""
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture
def open_page(
    new_context: Callable[..., BrowserContext], profile: BrowserContext, server: Server
) -> Iterator[OpenPage]:
    """Open a page of the app as a new person would; after the test it must not have complained.

    The first page of a test has the shared browser for itself; others, and those that ask for
    more than a size and a scheme, have contexts of their own. A test that provokes a complaint
    clears ``visit.complaints`` once it has looked at it.
    """
    visits: list[Visit] = []

    def open_(
        path: str = "/",
        *,
        size: tuple[int, int] = PROJECTOR,
        scheme: Literal["light", "dark"] = "light",
        **context: Any,
    ) -> Visit:
        width, height = size
        viewport: ViewportSize = {"width": width, "height": height}
        if visits or context:
            page = new_context(
                viewport=viewport, color_scheme=scheme, base_url=server.url, **context
            ).new_page()
        else:
            page = profile.new_page()
            page.set_viewport_size(viewport)
            page.emulate_media(color_scheme=scheme)
        visit = Visit(page)
        visit.listen()
        visits.append(visit)
        page.goto(path)
        page.get_by_test_id("stApp").wait_for()
        return visit

    yield open_
    for page in profile.pages:
        page.close()
    complaints = [complaint for visit in visits for complaint in visit.complaints]
    assert not complaints, "\n".join(complaints)
