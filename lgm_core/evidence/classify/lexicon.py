"""The phrases of ``cues.toml``, found in a sentence word by word.

Python's regular expressions try the alternatives of a long pattern one after the other at every
character; in a tree of words a sentence is compared only with the phrases it has begun.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

_GAP = 4  #: words that `..` may stand for
_GAP_STOPS = frozenset(";(),")


class Match(NamedTuple):
    """Words ``first`` up to but not including ``last`` are a phrase of ``category``."""

    category: str
    first: int
    last: int


@dataclass(slots=True)
class _Node:
    """A place within phrases: what may follow, and the categories of those that end here."""

    categories: list[str] = field(default_factory=list)
    after: dict[int, _Node] = field(default_factory=dict)  #: by the number of an element
    gap: _Node | None = None


class Lexicon:
    """Finds phrases. That of the package's own table is :func:`the_lexicon`.

    Args:
        table: phrases by category, in the notation of ``cues.toml``.

    Raises:
        ValueError: a phrase begins with a gap.
    """

    def __init__(self, table: dict[str, list[str]]) -> None:
        self._root = _Node()
        self._elements: dict[str, int] = {}
        self._exact: dict[str, list[int]] = {}
        self._prefixes: dict[str, list[tuple[str, int]]] = {}
        for category, phrases in table.items():
            for text in phrases:
                self._add(category, text)
        # Strangers' words are many: the memory of them is bounded.
        self._fitting = lru_cache(maxsize=20_000)(self._find_fitting)

    def _add(self, category: str, text: str) -> None:
        nodes = [self._root]
        for part in text.split():
            following: list[_Node] = list(nodes) if part.endswith("?") else []
            if part == "..":
                if nodes == [self._root]:
                    raise ValueError(f"the phrase {text!r} begins with a gap")
                for node in nodes:
                    node.gap = node.gap or _Node()
                    following.append(node.gap)
            else:
                number = self._number(part.rstrip("?"))
                following += [node.after.setdefault(number, _Node()) for node in nodes]
            nodes = following
        for node in nodes:
            if node is not self._root and category not in node.categories:
                node.categories.append(category)

    def _number(self, element: str) -> int:
        if element not in self._elements:
            number = self._elements[element] = len(self._elements)
            for option in element.split("|"):
                if "*" in option:
                    start, end = option.split("*", 1)
                    self._prefixes.setdefault(start, []).append((end, number))
                else:
                    self._exact.setdefault(option, []).append(number)
        return self._elements[element]

    def _find_fitting(self, word: str) -> tuple[frozenset[int], tuple[_Node, ...]]:
        """The elements that the word may stand for, and where phrases go on after it."""
        found = set(self._exact.get(word, ()))
        for length in range(1, min(len(word), 40) + 1):
            for end, number in self._prefixes.get(word[:length], ()):
                if word.endswith(end) and len(word) >= length + len(end):
                    found.add(number)
        after = self._root.after
        return frozenset(found), tuple(after[number] for number in sorted(found) if number in after)

    def matches(self, words: Sequence[str]) -> list[Match]:
        """Every phrase at every place, the longest of a category where several begin.

        Args:
            words: of the sentence, as :func:`~.tokens.tokens_of` gives them.
        """
        known = [self._fitting(word) for word in words]
        fitting = [numbers for numbers, _ in known]
        fitting.append(frozenset())
        found: list[Match] = []
        for index, (_, nodes) in enumerate(known):
            if not nodes:
                continue
            longest: dict[str, int] = {}
            following = fitting[index + 1]
            for node in nodes:
                if node.categories or node.gap or not following.isdisjoint(node.after):
                    _walk(node, words, fitting, index + 1, longest)
            for category, end in longest.items():
                found.append(Match(category, index, end))
        return found


def _walk(
    node: _Node,
    words: Sequence[str],
    fitting: Sequence[frozenset[int]],
    index: int,
    longest: dict[str, int],
) -> None:
    """Notes for every category the furthest end of a phrase that goes on at ``index``."""
    for category in node.categories:
        if index > longest.get(category, 0):
            longest[category] = index
    if index >= len(words):
        return
    if node.after:
        after = node.after
        for number in fitting[index].intersection(after):
            _walk(after[number], words, fitting, index + 1, longest)
    if node.gap is not None:
        for at in range(index, min(index + _GAP + 1, len(words))):
            _walk(node.gap, words, fitting, at, longest)
            if words[at] in _GAP_STOPS:
                return


def _tables() -> dict[str, dict[str, list[str]]]:
    text = files(__package__).joinpath("cues.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def the_lexicon() -> Lexicon:
    """The phrases of ``cues.toml``; category names are unique over its tables."""
    return Lexicon({name: some for table in _tables().values() for name, some in table.items()})


@cache
def categories_of(table: str) -> tuple[str, ...]:
    """The names of the categories in a table of ``cues.toml``, such as ``relations``."""
    return tuple(_tables()[table])
