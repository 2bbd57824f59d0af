"""A Markdown text as print would show it, line by line, for a paper that lists its works itself."""

from __future__ import annotations

import re

from lgm_core.evidence.reading.markdown_blocks import Block, blocks_of
from lgm_core.evidence.reading.markdown_fields import front_matter
from lgm_core.evidence.reading.markdown_text import inline_text, shown
from lgm_core.evidence.reading.printed_lines import PrintedLine
from lgm_core.evidence.reading.reference_list import find_reference_list

_DEEPEST = 7  #: deeper than any heading
_NUMERIC = re.compile(r"^\[(\d{1,4})\]:[ \t]*", re.MULTILINE)


def printed_text(text: str) -> str:
    """The headings and paragraphs of a Markdown text, a blank line between each two.

    Its code and formulas are hidden as ``inline_text`` does it, and its tables are left out. In
    the list of references numbers stay in front of the entries, and nothing is hidden.
    """
    text = re.sub(r"[\ue000-\uf8ff]", "", text).replace("\r\n", "\n").replace("\r", "\n")
    fields, text = front_matter(text)
    parts = [inline_text(fields.get("title", ""))]
    listing = 0  # the level of the heading of the list that is open
    for block in blocks_of(text):
        if block.kind == "heading":
            heading = inline_text(block.text)
            if _heads_list(heading):
                listing = block.level
            elif block.level <= listing:
                listing = 0
            parts.append(heading)
        elif block.kind == "text":
            if not listing and _heads_list(inline_text(block.text)):
                listing = _DEEPEST
            parts.append(_entry(block) if listing else inline_text(block.text, lines=True))
        elif block.kind == "definition" and listing and (number := _NUMERIC.match(block.text)):
            parts.append(f"[{number[1]}] {block.text[number.end() :]}")
    return "\n\n".join(part for part in parts if part.strip())


def _entry(block: Block) -> str:
    text = shown(inline_text(block.text, lines=True))
    text = _NUMERIC.sub(r"[\1] ", text)
    return f"{block.label} {text}".strip()


def _heads_list(text: str) -> bool:
    return find_reference_list((PrintedLine(text), PrintedLine("An entry."))) is not None
