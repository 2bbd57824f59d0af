"""The authors that a LaTeX paper names, without where they work."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lgm_core.evidence.names import family_first
from lgm_core.evidence.reading.bibtex import in_own_braces
from lgm_core.evidence.reading.groups import is_group
from lgm_core.evidence.reading.latex_scan import group
from lgm_core.evidence.reading.latex_text import plain_latex

_MOST_COMMANDS = 100
_MOST_AUTHORS = 200
_AUTHOR = re.compile(r"\\author(?![A-Za-z])")
_NEXT = re.compile(r"\\(?:and|And|AND)(?![A-Za-z])")
_NAMES = re.compile(r"\\IEEEauthorblockN(?![A-Za-z])")
_NO_NAME = re.compile(
    r"\\(?:thanks|footnote\w*|inst|textsuperscript|IEEEauthorblockA|IEEEauthorrefmark"
    r"|IEEEmembership|affil\w*|institution|address|e?mail|orcid\w*|corref|fnref)(?![A-Za-z])"
)


def authors_of(source: str) -> tuple[str, ...]:
    """The authors in the source's ``\\author`` commands, each as "Family, Given" or a group's name.

    In the blocks of IEEE's classes only those of names are read.
    """
    people: list[str] = []
    for found in list(_AUTHOR.finditer(source))[:_MOST_COMMANDS]:
        option = group(source, found.end(), "[")
        content = group(source, option[1] if option else found.end())
        for person in _NEXT.split(_names_alone(content[0])) if content else ():
            first_line = re.split(r"\\\\|\n\s*\n", person.strip())[0]
            bare = re.sub(r"\$[^$]*\$", "", _without(first_line))
            if in_own_braces(bare):
                people.append(plain_latex(bare))
            else:
                people += map(_in_order, re.split(r",|;|\sand\s", plain_latex(bare)))
    return tuple(name for name in people if 1 < len(name) < 60 and "@" not in name)[:_MOST_AUTHORS]


def _in_order(name: str) -> str:
    name = re.sub(r"[\d*†‡]", "", name).strip()
    return name if is_group(name) else family_first(name)


def _names_alone(content: str) -> str:
    blocks = [held[0] for hit in _NAMES.finditer(content) if (held := group(content, hit.end()))]
    return r" \and ".join(blocks) if blocks else content


def _without(source: str) -> str:
    """The source without the commands that hold no name, and what they hold."""
    return "".join(_between(source))


def _between(source: str) -> Iterator[str]:
    done = 0
    for found in _NO_NAME.finditer(source):
        option = group(source, found.end(), "[")
        held = group(source, option[1] if option else found.end())
        if found.start() >= done and held is not None:
            yield source[done : found.start()]
            done = held[1]
    yield source[done:]
