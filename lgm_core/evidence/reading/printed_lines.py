"""A line as it stands on paper, which is all that plain text and PDF know of structure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
    | {"\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u2009": " ", "\u200b": None, "\ufeff": None}
)
_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_CUT_WORD = re.compile(r"((?:[^\W\d_]+-)*)([^\W\d_]+)[-‐\u00ad]\Z")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
#: Before these a hyphen at the end of a line is the word's own.
_KEEPING = frozenset({"non", "self", "well", "semi", "quasi", "cross", "co", "ex", "so", "high"})
#: Words that begin many others ("be-cause", "to-wards"), so that the two halves prove nothing.
_SHORT = (
    "a after an any as at be by can down every for he here how in into it may me more new no "
    "not of off on one or other out over per some sub the there through to under up us we "
    "what when where which who with"
)
_BEGINNINGS = frozenset(_SHORT.split())
#: A participle is a whole word, and what follows it another, unless it but lends it an ending.
_PARTICIPLE = re.compile(r"\w{4,}(?:ed|ing)-(?!ings?\Z|d?ed\Z|ly|ness|ful|less|ment|ton)\w{4,}")
_ENDINGS = ("", "s", "d", "ed", "ing", "ly", "al", "er", "es")


@dataclass(frozen=True)
class PrintedLine:
    """One line of print."""

    text: str
    indent: float = 0.0  #: from the left edge of its column, in widths of a letter "m"
    gap: bool = False  #: more white above it than between the lines of one paragraph
    size: float = 1.0  #: of its letters, against those of running text
    bold: bool = False
    filled: float = 1.0  #: share of the column's width that it reaches across, 0 to 1
    page: int = 0  #: on which it stands, from 0


def clean(text: str) -> str:
    """Ligatures as letters, single spaces, nothing that does not show."""
    return re.sub(r"[ \t\r\f\v]+", " ", text.translate(_LIGATURES)).strip()


class Joiner:
    """Joins the lines of one paper, mending words that were divided at their ends."""

    def __init__(self, lines: Iterable[PrintedLine]) -> None:
        self._seen: set[str] = set()
        cut = False
        for line in lines:
            words = _WORDS.findall(line.text.lower())
            # What stands around the hyphen at the end of a line is but half a word.
            begin, cut = int(cut), line.text.endswith(("-", "‐", "\u00ad"))
            self._seen.update(words[begin : -1 if cut else None])

    def join(self, texts: Sequence[str]) -> str:
        """One text out of lines; a hyphen stays where the paper prints the word with one.

        It also stays between two words of the paper that it never prints as one.
        """
        pieces: list[str] = []
        for text in texts:
            if not pieces:
                pieces.append(text)
                continue
            cut = _CUT_WORD.search(pieces[-1])
            first = _FIRST_WORD.match(text)
            if cut is None or first is None:
                glue = "" if re.search(r"[\w\]][-–]\Z", pieces[-1]) else " "
                pieces += [glue, text] if glue else [text]
            elif first.group()[0].isupper() or self._keeps(
                cut[1].lower(), cut[2].lower(), first.group().lower()
            ):
                pieces.append(text)
            else:
                pieces[-1] = pieces[-1][:-1]
                pieces.append(text)
        return re.sub(
            r"\u00ad|\s+", lambda found: "" if found[0] == "\u00ad" else " ", "".join(pieces)
        )

    def _keeps(self, chain: str, before: str, after: str) -> bool:
        if before + after in self._seen or chain + before + after in self._seen:
            return False
        if f"{chain}{before}-{after}" in self._seen or before in _KEEPING:
            return True
        # "state-of-the-" is not half of a word.
        if bool(chain) and len(before) <= 3:
            return True
        return bool(_PARTICIPLE.fullmatch(f"{before}-{after}")) or self._are_two_words(
            before, after
        )

    def _are_two_words(self, before: str, after: str) -> bool:
        if before in _BEGINNINGS or not {before, after} <= self._seen:
            return False
        joined = before + after
        stems = {joined.removesuffix(ending) for ending in _ENDINGS}
        # The first half is no form of the joined word: "over" of "overs".
        forms = {stem + ending for stem in stems for ending in _ENDINGS if stem != before}
        return not forms & self._seen
