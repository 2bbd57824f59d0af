"""A stranger's text reads as it stands: through a real Markdown parser, nothing is made of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.plain import plain

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def inline_kinds(text: str) -> set[str]:
    return {child.type for token in PARSER.parse(text) for child in (token.children or ())} | {
        token.type for token in PARSER.parse(text)
    }


@pytest.mark.parametrize(
    "text",
    [
        "![](http://elsewhere/x)", "[click here](http://elsewhere)", "<b>bold</b>", "# head",
        "**bold** _slanted_ `code` ~~gone~~", "1. first", "- item", "> quoted", "&amp; &lt;",
        "a\n\nb", "    code", "---", "| a | b |\n|---|---|",
    ],
)  # fmt: skip
def test_nothing_is_made_of_it(text):
    assert inline_kinds(plain(text)) <= {
        "paragraph_open", "paragraph_close", "inline", "text", "text_special",
    }  # fmt: skip


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60))
def test_it_reads_as_it_stands(text):
    tokens = PARSER.parse(plain(text))
    shown = "".join(child.content for token in tokens for child in token.children or ())
    assert shown.replace("\u2060", "") == " ".join(text.replace("\u2060", "").split())


@pytest.mark.parametrize("text", [":red[hi]", "$x^2$", ":material/home:"])
def test_streamlits_own_marks_are_escaped(text):
    assert all(plain(text)[i - 1] == "\\" for i, c in enumerate(plain(text)) if c in ":$[]")


@pytest.mark.parametrize("text", ["http://a.b/c", "HTTPS://a.b", "www.a.b", "a@b.co"])
def test_what_is_made_a_link_unasked_is_split(text):
    assert "\u2060" in plain(text)
