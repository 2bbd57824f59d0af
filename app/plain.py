"""Text of unknown origin, made to read as it stands where Streamlit takes Markdown."""

from __future__ import annotations

import re
import string

_PUNCTUATION = re.compile(f"([{re.escape(string.punctuation)}])")
#: Splits what GitHub's Markdown would make a link of without being asked; not seen.
_WORD_JOINER = "\u2060"
_LINK_STARTS = re.compile(r"(?i)(://|www(?=\.)|@)")


def plain(text: str) -> str:
    """The text with everything escaped that Markdown, mathematics or colours would be made of."""
    text = _LINK_STARTS.sub(lambda found: found[0] + _WORD_JOINER, text)
    return _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))
