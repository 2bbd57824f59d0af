"""Words of a sentence with their places, its citation markers as single words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

CITE = "CITE"  #: the word that stands for the citation in question
OTHER = "OTHER"  #: the word that stands for any other citation
MAX_WORDS = 600  #: of one sentence; what follows is not read

_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑'’][^\W\d_]+)*|\d+(?:[.,]\d+)*|[^\w\s]")
_MAX_CHARACTERS = 8_000

Span = tuple[int, int]


class Tokens(NamedTuple):
    """Words in order; the three lists are of equal length."""

    words: list[str]  #: lower case; numbers are "0", markers ``CITE`` and ``OTHER``
    spans: list[Span]  #: within the original sentence
    capital: list[bool]  #: whether it began with a capital letter


def tokens_of(sentence: str, targets: Sequence[Span], others: Sequence[Span] = ()) -> Tokens:
    """Words and punctuation of a sentence; each marker is one word.

    Args:
        sentence: as printed.
        targets: the places of the citation in question.
        others: those of the other citations; must not overlap the former.
    """
    marked = sorted([(span, CITE) for span in targets] + [(span, OTHER) for span in others])
    tokens = Tokens([], [], [])
    at = 0
    for (start, end), name in marked:
        _add_words(tokens, sentence, at, start)
        _add(tokens, name, (start, end), capital=False)
        at = max(at, end)
    _add_words(tokens, sentence, at, min(len(sentence), _MAX_CHARACTERS))
    del tokens.words[MAX_WORDS:], tokens.spans[MAX_WORDS:], tokens.capital[MAX_WORDS:]
    return tokens


def _add(tokens: Tokens, word: str, span: Span, capital: bool) -> None:
    tokens.words.append(word)
    tokens.spans.append(span)
    tokens.capital.append(capital)


def _add_words(tokens: Tokens, sentence: str, start: int, end: int) -> None:
    words, spans, capital = tokens
    for found in _WORD.finditer(sentence, start, end):
        text = found.group()
        word = text.lower()
        if not text.isascii():
            word = word.replace("’", "'").replace("‐", "-").replace("‑", "-")
        if word.endswith("n't") and len(word) > 3:
            here, there = found.span()
            _add(tokens, word[:-3], (here, there - 3), text[0].isupper())
            _add(tokens, "n't", (there - 3, there), capital=False)
            continue
        words.append("0" if word[0].isdigit() else word)
        spans.append(found.span())
        capital.append(word[0] != text[0])
