"""An author's own macros, put in where they are used, within bounds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lgm_core.evidence.reading.latex_scan import group

_MAX_PASSES = 8
_MAX_GROWTH = 400_000
_MAX_MACROS = 2000
_MAX_BODY = 5000
_DEFINITION = re.compile(
    r"\\(?P<kind>(?:re|provide)?newcommand|renewcommand|providecommand|DeclareRobustCommand"
    r"|DeclareMathOperator|NewDocumentCommand|[gex]?def)\*?\s{0,5}"
    r"(?:\{\s{0,5}\\(?P<braced>[A-Za-z@]{1,60})\s{0,5}\}|\\(?P<bare>[A-Za-z@]{1,60}))"
)
_PARAMETERS = re.compile(r"\s{0,5}((?:#\d){0,9})\s{0,5}(?=\{)")
# What the reader itself looks for keeps its meaning, whatever an author makes of it.
_KEPT = re.compile(
    r"\w*[cC]ite\w*|(sub){0,2}section|chapter|part|(sub)?paragraph|caption|begin|end|bibitem|item"
    r"|input|include|title|author|date|bibliography|newblock|par|footnote|maketitle|label|ref"
    r"|emph|textbf|textit|document|abstract"
)
_XSPACE = re.compile(r"\\xspace(?![A-Za-z])(\s*)(?=(.?))", re.DOTALL)


@dataclass(frozen=True)
class _Macro:
    arguments: int
    default: str | None
    body: str


def expand_macros(source: str) -> tuple[str, bool]:
    """The source with simple macros expanded, and whether that could be done to the end.

    Macros with up to nine arguments, one of them optional, are known. Expansion ends after
    eight rounds or when the text has grown by 400,000 characters.
    """
    macros, source = _definitions(source)
    if not macros:
        return _spaced(source), True
    names = re.compile(r"\\(" + "|".join(sorted(macros, key=len, reverse=True)) + r")(?![A-Za-z@])")
    limit = len(source) + _MAX_GROWTH
    for _ in range(_MAX_PASSES):
        expanded = _expanded_once(source, names, macros, limit)
        if expanded is None:
            return _spaced(source), False
        if expanded == source:
            return _spaced(source), True
        source = expanded
    return _spaced(source), names.search(source) is None


def _expanded_once(
    source: str, names: re.Pattern[str], macros: dict[str, _Macro], limit: int
) -> str | None:
    parts: list[str] = []
    done = length = 0
    for found in names.finditer(source):
        if found.start() < done:
            continue
        macro = macros[found[1]]
        arguments, end = _arguments(source, found.end(), macro)
        body = macro.body
        if macro.arguments:
            body = _filled(body, arguments)
        parts += [source[done : found.start()], body]
        length += found.start() - done + len(body)
        done = end
        if length > limit:
            return None
    parts.append(source[done:])
    return "".join(parts) if length + len(source) - done <= limit else None


def _filled(body: str, arguments: list[str]) -> str:
    padded = [*arguments, *[""] * 9]
    return re.sub(r"#([1-9])", lambda hit: padded[int(hit[1]) - 1], body)


def _arguments(source: str, at: int, macro: _Macro) -> tuple[list[str], int]:
    arguments: list[str] = []
    if macro.arguments and macro.default is not None:
        given = group(source, at, "[")
        arguments.append(given[0] if given else macro.default)
        at = given[1] if given else at
    while len(arguments) < macro.arguments:
        given = group(source, at)
        if given is None:
            break
        arguments.append(given[0])
        at = given[1]
    return arguments, at


def _definitions(source: str) -> tuple[dict[str, _Macro], str]:
    macros: dict[str, _Macro] = {}
    parts: list[str] = []
    done = 0
    for found in _DEFINITION.finditer(source):
        if found.start() < done:
            continue
        name = found["braced"] or found["bare"]
        read = _definition(source, found)
        if read is None:
            continue
        macro, end = read
        parts.append(source[done : found.start()])
        done = end
        simple = len(macro.body) <= _MAX_BODY and len(macros) < _MAX_MACROS
        if simple and "@" not in name and not _KEPT.fullmatch(name):
            macros[name] = macro
    parts.append(source[done:])
    return macros, "".join(parts)


def _definition(source: str, found: re.Match[str]) -> tuple[_Macro, int] | None:
    at, count, default = found.end(), 0, None
    kind = found["kind"]
    if kind.endswith("def"):
        parameters = _PARAMETERS.match(source, at)
        if parameters is None:
            return None
        count, at = len(parameters[1]) // 2, parameters.end()
    elif kind == "NewDocumentCommand":
        letters = group(source, at)
        if letters is None or re.sub(r"[m ]", "", letters[0]):
            return None
        count, at = letters[0].count("m"), letters[1]
    elif number := group(source, at, "["):
        count = int(number[0]) if number[0].strip().isdecimal() and len(number[0]) == 1 else 0
        at = number[1]
        if optional := group(source, at, "["):
            default, at = optional
    body = group(source, at)
    if body is None:
        return None
    text = rf"\operatorname{{{body[0]}}}" if kind == "DeclareMathOperator" else body[0]
    return _Macro(count, default, text), body[1]


def _spaced(source: str) -> str:
    return _XSPACE.sub(lambda found: " " if found[1] and found[2] not in ".,;:)" else "", source)
