"""What LaTeX does not print or prints as it is: conditionals that fail, code within a line."""

from __future__ import annotations

import re

from lgm_core.evidence.reading.latex_scan import group

_LONGEST_CODE = 200
_CODE = re.compile(r"\\(verb|Verb|lstinline|mintinline)\*?(?![A-Za-z])[ \t]?")
# A plane of private use that the rest of the reader leaves alone.
_AT = 0xF0000
_HIDDEN = re.compile(r"[\U000f0021-\U000f007e]")
_TOKEN = re.compile(
    r"\\newif\s{0,5}\\if(?P<made>[A-Za-z@]{1,60})"
    r"|\\let\s{0,5}\\if(?P<let>[A-Za-z@]{1,60})\s{0,5}=?\s{0,5}\\if(?P<value>true|false)(?![A-Za-z@])"
    r"|\\(?P<else>else)(?![A-Za-z@])|\\(?P<fi>fi)(?![A-Za-z@])"
    r"|\\if(?P<asked>[A-Za-z@]{0,60})(?![A-Za-z@])"
    r"|\\(?P<flag>[A-Za-z@]{1,60}?)(?P<set>true|false)(?![A-Za-z@])"
)
_TRUTHS = {"true": True, "false": False}
#: Begin as conditionals do and are none.
_NO_CONDITION = frozenset({"f", "thenelse"})


def without_untaken(source: str) -> str:
    r"""The source without what ``\iffalse`` and the like keep from print.

    Conditionals of ``\newif`` are as they were set last. Others stay as they are with both their
    branches, and so does all when one that fails is never closed.
    """
    flags = dict(_TRUTHS)
    parts: list[str] = []
    open_now: list[bool | None] = []  # whether each branch is taken; None where nobody can tell
    untaken = done = 0
    for found in _TOKEN.finditer(source):
        printing = not untaken
        own = False
        if printing:
            parts.append(source[done : found.start()])
        done = found.end()
        if made := found["made"] or found["let"]:
            own = True
            if printing:
                flags[made] = found["value"] == "true"
        elif (asked := found["asked"]) is not None:
            if asked in flags or _is_conditional(source, asked, found.end()):
                own = asked in flags
                open_now.append(flags.get(asked))
                untaken += open_now[-1] is False
        elif flag := found["flag"]:
            own = flag in flags and flag not in _TRUTHS
            if own and printing:
                flags[flag] = _TRUTHS[found["set"]]
        elif open_now:
            before = open_now.pop()
            own = before is not None
            untaken -= before is False
            if found["else"]:
                open_now.append(None if before is None else not before)
                untaken += open_now[-1] is False
        if printing and not own:
            parts.append(found.group())
    if untaken:
        return source
    parts.append(source[done:])
    return "".join(parts)


def _is_conditional(source: str, name: str, end: int) -> bool:
    if name in _NO_CONDITION:
        return False
    # "\ifstrempty{...}{...}{...}" closes with its last brace.
    return not name or "@" in name or not source[end : end + 20].lstrip(" \t").startswith("{")


def with_code_hidden(source: str) -> str:
    r"""The source with what ``\verb`` and its like print in letters that no command is made of."""
    parts: list[str] = []
    done = 0
    for found in _CODE.finditer(source):
        if found.start() < done:
            continue
        read = _code(source, found)
        if read is not None:
            parts += [source[done : found.start()], _hidden(read[0])]
            done = read[1]
    parts.append(source[done:])
    return "".join(parts)


def with_code_shown(text: str) -> str:
    """The text with the letters that ``with_code_hidden`` has put in other letters' place."""
    return _HIDDEN.sub(lambda hit: chr(ord(hit[0]) - _AT), text)


def _code(source: str, found: re.Match[str]) -> tuple[str, int] | None:
    at = found.end()
    if found[1] in {"lstinline", "mintinline"}:
        option = group(source, at, "[")
        at = option[1] if option else at
    if found[1] == "mintinline":
        language = group(source, at)
        at = language[1] if language else at
    if braced := group(source, at):
        return braced
    mark = source[at : at + 1]
    end = source.find(mark, at + 1, at + 2 + _LONGEST_CODE) if mark else -1
    code = source[at + 1 : end]
    # "#1" is what a macro is yet to be given.
    if end < 0 or mark.isalpha() or mark in " \t\n{}" or "\n" in code or "#1" in code:
        return None
    return code, end + 1


def _hidden(text: str) -> str:
    return "".join(chr(_AT + ord(it)) if "!" <= it <= "~" else it for it in text)
