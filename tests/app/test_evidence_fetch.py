"""What a search for citing papers leaves on the page, and what a bad file is called."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from app.evidence_papers import Read


def _box() -> None:
    from app.evidence_fetch import fetch_box

    fetch_box()


def test_a_search_that_fails_leaves_a_sentence_and_no_box_that_says_done() -> None:
    app = AppTest.from_function(_box).run(timeout=30)
    app.text_input[0].set_value("no identifier at all")
    app.button[0].click().run(timeout=30)
    assert not app.exception and not app.status
    assert [caption.value for caption in app.caption] != []


def test_a_bad_file_is_named_once() -> None:
    named = Read("odd.docx", None, "'odd.docx' is in no known format; allowed are some.")
    assert named.told == named.problem
    assert Read("odd.pdf", None, "The PDF is cut short.").told == "odd.pdf: The PDF is cut short."
