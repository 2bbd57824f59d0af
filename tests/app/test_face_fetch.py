"""Faces that have to be downloaded are, on the page; where they cannot be, it says why."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app import face_fetch
from lgm_core.data import DataError
from lgm_core.data.kept_people import is_kept, save
from lgm_core.data.people import load_people
from lgm_core.data.synthetic_faces import synthetic_people


def page() -> None:
    import streamlit

    from app.face_fetch import have_faces

    have_faces("olivetti")
    streamlit.markdown("The page goes on.")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LGM_CACHE_DIR", str(tmp_path))


def test_what_is_kept_is_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face_fetch, "load_people", None)
    monkeypatch.setattr(face_fetch, "is_kept", lambda name: True)
    assert AppTest.from_function(page).run().markdown[0].value == "The page goes on."


def test_once_it_is_fetched_nothing_of_the_download_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def fetch(name: str, *, progress) -> None:
        progress(2_130_000, 4_260_000)
        asked.append(name)

    monkeypatch.setattr(face_fetch, "load_people", fetch)
    ended = AppTest.from_function(page).run()
    assert asked == ["olivetti"] and ended.markdown[0].value == "The page goes on."
    assert not ended.button


def test_what_cannot_be_had_ends_the_page_in_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(name: str, *, progress) -> None:
        raise DataError("Olivetti cannot be downloaded: no connection. Use orl or synthetic.")

    monkeypatch.setattr(face_fetch, "load_people", fetch)
    ended = AppTest.from_function(page).run()
    assert "no connection" in ended.error[0].value and not ended.markdown


def test_a_set_is_kept_once_it_was_saved() -> None:
    people = synthetic_people()
    assert not is_kept("olivetti")
    save(type(people)(**{**vars(people), "name": "olivetti"}))
    assert is_kept("olivetti") and load_people("olivetti").title == people.title
