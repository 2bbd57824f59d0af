"""Taking out what stands between two marks, against the regular expression that says the same."""

from __future__ import annotations

import re
import time

from hypothesis import given
from hypothesis import strategies as st

from lgm_core.evidence.reading.enclosed import without_enclosed


@given(st.text("ab<!->", max_size=60), st.integers(0, 12))
def test_it_is_what_the_expression_does(text: str, most: int) -> None:
    expression = re.compile(rf"<!--.{{0,{most}}}?-->", re.DOTALL)
    found = without_enclosed(text, "<!--", "-->", instead="_", most=most)
    assert found == expression.sub("_", text)


@given(st.text("a$", max_size=40), st.integers(0, 8))
def test_marks_that_are_alike_go_in_pairs(text: str, most: int) -> None:
    expression = re.compile(rf"\$\$.{{0,{most}}}?\$\$", re.DOTALL)
    found = without_enclosed(text, "$$", "$$", instead="", most=most)
    assert found == expression.sub("", text)


def test_no_text_makes_it_slow() -> None:
    texts = ("<!--" * 50_000, "<!--" * 50_000 + "-->", "<!-- -->" * 50_000)
    began = time.perf_counter()
    for text in texts:
        without_enclosed(text, "<!--", "-->", instead="", most=5000)
    assert time.perf_counter() - began < 2
