"""Find a Chromium-like browser on this machine, or bring one.

``python -m tests.browser.chromium`` prints the browser that the tests will drive. The order:
``CHROME_PATH``, an installed Chromium, Chrome or Edge, Playwright's own build, and only then an
installation: Playwright's build first, the system's package manager after it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

COMMANDS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "microsoft-edge", "microsoft-edge-stable", "msedge",
)  # fmt: skip
#: Where browsers lie that put no command on the PATH (macOS, Windows).
APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "~/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
#: One installation a package manager: its command line, and whether it needs root.
PACKAGE_MANAGERS: dict[str, tuple[tuple[tuple[str, ...], ...], bool]] = {
    "apt-get": (
        (("update", "-qq"), ("install", "-y", "-qq", "--no-install-recommends", "chromium")),
        True,
    ),
    "dnf": ((("install", "-y", "-q", "chromium"),), True),
    "apk": ((("add", "--quiet", "chromium"),), True),
    "brew": ((("install", "--quiet", "--cask", "chromium"),), False),
}
INSTALL_SECONDS = 600
HELP = (
    "No browser to test with. Install Chromium or Chrome (Debian and Ubuntu: apt-get install "
    "chromium; Fedora: dnf install chromium; macOS: brew install --cask chromium), or name one: "
    "CHROME_PATH=/path/to/chrome make test"
)


class NoBrowserError(RuntimeError):
    """No browser starts here and none could be installed; the message says what to install."""


def launch_args() -> list[str]:
    """Command-line switches: Chromium refuses its sandbox to root, as in most containers."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return ["--disable-gpu", "--disable-dev-shm-usage", *(["--no-sandbox"] if root else [])]


def installed() -> Iterator[Path]:
    """Browsers that seem to be installed, best first; none of them is tried yet."""
    for command in COMMANDS:
        if found := shutil.which(command):
            yield Path(found)
    for name in APPLICATIONS:
        path = Path(name).expanduser()
        if path.is_file():
            yield path
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    # Yielded after Playwright has closed: whoever tries a browser opens it again.
    if own.is_file():
        yield own


def starts(path: Path) -> bool:
    """Whether the browser really starts; a distribution's command can be an empty shell."""
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=path, args=launch_args(), timeout=30_000
            )
            browser.close()
    except Error:
        return False
    return True


def find() -> Path | None:
    """The first browser that starts, or None.

    Raises:
        NoBrowserError: if ``CHROME_PATH`` names something that does not start.
    """
    # Playwright allows one event loop a thread, and the caller's may be taken by its own.
    with ThreadPoolExecutor(1) as thread:
        if named := os.environ.get("CHROME_PATH"):
            if thread.submit(starts, Path(named)).result():
                return Path(named)
            raise NoBrowserError(f"CHROME_PATH is {named}, which does not start as a browser.")
        return thread.submit(
            lambda: next((path for path in installed() if starts(path)), None)
        ).result()


def find_or_install() -> Path:
    """The first browser that starts, after installing one where there is none.

    Raises:
        NoBrowserError: if there is none and none could be installed.
    """
    if path := find():
        return path
    for install in (install_from_playwright, install_from_system):
        if install() and (path := find()):
            return path
    raise NoBrowserError(HELP)


def install_from_playwright() -> bool:
    """Download Playwright's own Chromium. Returns whether that went well."""
    return _run(sys.executable, "-m", "playwright", "install", "chromium")


def install_from_system() -> bool:
    """Install Chromium with the system's package manager. Returns whether that went well."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    for manager, (commands, needs_root) in PACKAGE_MANAGERS.items():
        if shutil.which(manager) and (root or not needs_root):
            return all(_run(manager, *arguments) for arguments in commands)
    return False


def _run(*command: str) -> bool:
    print(f"Installing a browser: {' '.join(command)}", file=sys.stderr)
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=sys.stderr, timeout=INSTALL_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    try:
        print(f"Browser: {find_or_install()}")
    except NoBrowserError as error:
        sys.exit(str(error))
