"""The search for a browser: what it takes, and what it says when there is none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.browser import chromium


def test_a_program_that_is_no_browser_does_not_count(tmp_path: Path) -> None:
    assert not chromium.starts(Path(sys.executable))
    assert not chromium.starts(tmp_path / "nothing")


def test_a_named_browser_that_does_not_start_is_an_error_that_names_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    named = str(tmp_path / "chrome")
    monkeypatch.setenv("CHROME_PATH", named)
    with pytest.raises(chromium.NoBrowserError, match=named):
        chromium.find()


def test_the_named_browser_is_preferred(
    monkeypatch: pytest.MonkeyPatch, browser_path: Path
) -> None:
    monkeypatch.setenv("CHROME_PATH", str(browser_path))
    monkeypatch.setattr(chromium, "installed", lambda: iter(()))
    assert chromium.find() == browser_path


def test_without_any_browser_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CHROME_PATH", raising=False)
    monkeypatch.setattr(chromium, "installed", lambda: iter(()))
    tried: list[str] = []

    def fail(*command: str) -> bool:
        tried.append(" ".join(command))
        return False

    monkeypatch.setattr(chromium, "_run", fail)
    with pytest.raises(chromium.NoBrowserError, match="apt-get install chromium"):
        chromium.find_or_install()
    assert "playwright install chromium" in tried[0]
