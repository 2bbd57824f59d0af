"""LaTeX as the plain text that print would show."""

from __future__ import annotations

import logging
import re
import unicodedata
from functools import lru_cache
from typing import Any

from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import (
    LatexWalker,
    LatexWalkerError,
    get_default_latex_context_db,
)

MAX_CHARACTERS = 60_000
_MAX_PARSED = 20_000
_MAX_NESTING = 60
# Readings of a token: to begin with, and for each character. Print needs one a character at most.
_READINGS = (500, 4)
# The parser logs a warning for every command that lacks an argument.
logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)

_NEEDS_PARSING = re.compile(r"[\\$]")
_MATH = re.compile(r"(?<!\\)\$([^$]{1,2000}?)(?<!\\)\$|\\\((.{1,2000}?)\\\)", re.DOTALL)
_PLAIN = (
    ("---", "—"), ("--", "–"), ("``", "“"), ("''", "”"), ("~", " "), ("\\,", " "), ("\\;", " "),
    ("\\ ", " "), ("\\/", ""), ("\\@", ""), ("\\-", ""), ("\\ldots", "…"), ("\\dots", "…"),
)  # fmt: skip
_ESCAPABLE = "%&#_$"
_ESCAPED = re.compile(r"(?<!\\)\\([%&#_$])")
_HIDDEN = re.compile(r"[\ue0f0-\ue0f4]")
_STYLED = re.compile(
    r"\\(?:emph|text(?:bf|it|tt|sc|sf|rm|normal|sl|up|md)?|textsuperscript|mbox|underline|url)"
    r"\s?\{([^{}\\]*)\}"
)
_SWITCH = re.compile(
    r"\\(?:bf|it|em|sc|tt|rm|sf|sl|bfseries|itshape|noindent|centering|small|footnotesize|large"
    r"|Large|smallskip|medskip|bigskip|hfill|vfill|newpage|clearpage|protect|leavevmode)(?![A-Za-z])\s?"
)
_RELATION = re.compile(
    r"(\\[A-Za-z]{1,20})\s+(?=\\(?:leq?|geq?|approx|sim|times|pm|neq?|in|to|cdot|ll|gg|propto)\b)"
)
_LINKED = re.compile(
    r"\\href\s?\{[^{}]*\}|\\(?:auto|c|C|eq|page|name|sub)?ref\*?\s?\{[^{}]*\}|\\label\s?\{[^{}]*\}"
    r"|\\[A-Za-z]{0,12}[cC]ite[A-Za-z]{0,12}\*?(?:\s?\[[^\[\]]{0,300}\]){0,2}\s?\{[^{}]{0,500}\}"
)
_ACCENT = re.compile(
    r"\\(?:([\"'`^~=.])\s?\{?\s?\\?([A-Za-z])\s?\}?|([cvuHkr])\s?(?:\{\\?([A-Za-z])\}|\s([A-Za-z])))"
)
_COMBINING = {
    '"': "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303", "=": "\u0304",
    ".": "\u0307", "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "k": "\u0328",
    "r": "\u030a",
}  # fmt: skip
_KEPT = re.compile(r"[\ue100-\uf000]")
_CONTEXT = get_default_latex_context_db()
_CONVERTER = LatexNodes2Text(math_mode="text", strict_latex_spaces=False, keep_comments=False)


def plain_latex(source: str, crude: bool = False) -> str:
    """The text of a piece of LaTeX with single spaces; accents, dashes and math stay readable.

    Only the first 60,000 characters are looked at. What cannot be parsed, is longer than 20,000
    after the simplest commands or nested more than 60 deep keeps its letters without commands,
    and so does everything when ``crude``.
    """
    source = source[:MAX_CHARACTERS]
    if "\\" in source or "$" in source:
        kept: list[str] = []

        def keep(found: re.Match[str]) -> str:
            if len(kept) >= 3000:
                return found.group()
            formula = _RELATION.sub("\\1\ue0ef", (found[1] or found[2]).strip())
            kept.append(_parsed(f"${formula}$", crude))
            return chr(0xE100 + len(kept) - 1)

        source = _written_out(_MATH.sub(keep, source))
        source = _parsed(source, crude) if _NEEDS_PARSING.search(source) else source
        source = _KEPT.sub(
            lambda hit: kept[ord(hit[0]) - 0xE100] if ord(hit[0]) - 0xE100 < len(kept) else "",
            source,
        )
    for written, shown in _PLAIN[:5]:
        source = source.replace(written, shown)
    source = source.replace("\ue0ef", " ")
    source = " ".join(re.sub(r"[{}]", "", source).replace("\u00a0", " ").split())
    return _HIDDEN.sub(lambda hit: _ESCAPABLE[ord(hit[0]) - 0xE0F0], source)


def _written_out(source: str) -> str:
    """The commonest commands by plain substitution, many times faster than a parser."""
    source = _ESCAPED.sub(lambda hit: chr(0xE0F0 + _ESCAPABLE.index(hit[1])), source)
    source = _ACCENT.sub(_accented, source)
    for written, shown in _PLAIN[5:]:
        source = source.replace(written, shown)
    source = _SWITCH.sub("", _LINKED.sub("", source))
    for _ in range(4):
        source, count = _STYLED.subn(r"\1", source)
        if not count:
            break
    return source


def _accented(found: re.Match[str]) -> str:
    mark, letter = found[1] or found[3], found[2] or found[4] or found[5]
    return unicodedata.normalize("NFC", letter + _COMBINING[mark])


def _parsed(source: str, crude: bool) -> str:
    return _formula(source) if len(source) < 200 and not crude else _tried(source, crude)


@lru_cache(maxsize=4096)
def _formula(source: str) -> str:
    return _tried(source, False)


def _tried(source: str, crude: bool) -> str:
    try:
        if crude or len(source) > _MAX_PARSED or _nesting(source) > _MAX_NESTING:
            raise RecursionError
        nodes = _Walker(source, latex_context=_CONTEXT, tolerant_parsing=True)
        return str(_CONVERTER.nodelist_to_text(nodes.get_latex_nodes()[0]))
    except (LatexWalkerError, RecursionError, ValueError, LookupError, AttributeError, TypeError):
        return re.sub(r"\\[a-zA-Z]{1,40}\*?|[$\\]", " ", source)


class _Walker(LatexWalker):  # type: ignore[misc]
    """Gives up on a text that it begins again and again.

    Where arguments are opened within arguments and never closed, each one is tried anew for each
    that surrounds it: a minute's work in seventy characters.
    """

    def __init__(self, source: str, **options: Any) -> None:
        super().__init__(source, **options)
        first, each = _READINGS
        self._left = first + each * len(source)

    def get_token(self, *place: Any, **options: Any) -> Any:
        """The token at a place.

        Raises:
            RecursionError: as many have been read as the text deserves.
        """
        self._left -= 1
        if self._left < 0:
            raise RecursionError
        return super().get_token(*place, **options)


def _nesting(source: str) -> int:
    deepest = depth = 0
    for found in re.finditer(r"\\begin\b|\\end\b|\\left\b|\\.|[{}$]", source, re.DOTALL):
        if found.group() in {"{", "\\begin", "\\left"}:
            depth += 1
        elif found.group() in {"}", "\\end"}:
            depth -= 1
        deepest = max(deepest, depth)
    return deepest
