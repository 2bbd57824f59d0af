"""The few things about LaTeX that must be known before it is parsed: groups and environments."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

_MAX_GROUP = 40_000
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*(?:\n[ \t]*(?=\S))?")
_ENVIRONMENT = re.compile(r"\\(begin|end)\s{0,5}\{([A-Za-z]{1,40}\*?)\}")
_BRACKET = re.compile(r"\\.|[{}\[\]]", re.DOTALL)


def without_comments(source: str) -> str:
    """The source without its comments; an escaped percent sign stays."""
    return _COMMENT.sub(r"\1", source)


def group(source: str, at: int, opening: str = "{") -> tuple[str, int] | None:
    """The content of the group that opens at or after spaces from ``at``, and where it ends.

    ``opening`` is ``{`` or ``[``. None when no such group opens there, or when it is not closed
    within 40,000 characters.
    """
    start = at
    while start < len(source) and source[start] in " \t\n" and start - at < 100:
        start += 1
    if source[start : start + 1] != opening or "\n\n" in source[at:start]:
        return None
    end = _closings(source).get(start, len(source))
    if end - start > _MAX_GROUP or end == len(source):
        return None
    return source[start + 1 : end], end + 1


@lru_cache(maxsize=8)
def _closings(source: str) -> dict[int, int]:
    """Where each brace and bracket closes, found in one pass so that no text makes it slow."""
    closings: dict[int, int] = {}
    open_now: list[tuple[str, int]] = []
    for found in _BRACKET.finditer(source):
        letter, at = found.group(), found.start()
        if letter in "{[":
            open_now.append((letter, at))
        elif letter == "]" and open_now and open_now[-1][0] == "[":
            closings[open_now.pop()[1]] = at
        elif letter == "}":
            # Brackets that a group leaves open, as in "{[0, 1)}", end with it.
            while open_now and open_now[-1][0] == "[":
                open_now.pop()
            if open_now:
                closings[open_now.pop()[1]] = at
    return closings


def replace_environments(
    source: str, wanted: Callable[[str], bool], replaced: Callable[[str, str], str]
) -> str:
    """The source with each outermost environment that is wanted replaced.

    ``replaced`` is given the name without its star, and the content. An environment without an
    end stays as it is.
    """
    parts: list[str] = []
    done = 0
    name, depth, start, inside = "", 0, 0, 0
    for found in _ENVIRONMENT.finditer(source):
        what, which = found.groups()
        if depth:
            if which == name:
                depth += 1 if what == "begin" else -1
            if not depth:
                parts += [
                    source[done:start],
                    replaced(name.rstrip("*"), source[inside : found.start()]),
                ]
                done = found.end()
        elif what == "begin" and wanted(which.rstrip("*")):
            name, depth, start, inside = which, 1, found.start(), found.end()
    parts.append(source[done:])
    return "".join(parts)
