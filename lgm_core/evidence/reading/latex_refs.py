"""Numbers for ``\\ref``, counted as LaTeX would in its plainest classes."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"\\(?P<level>section|subsection|subsubsection)(?P<star>\*?)\s?[\[{]"
    r"|\\begin\{(?P<float>figure|table|equation|align|algorithm|theorem|lemma)\*?\}"
    r"|\\label\s?\{(?P<label>[^{}]{1,200})\}"
)
_REFERRING = re.compile(
    r"\\(?P<kind>ref|eqref|autoref|cref|Cref|vref|subref|pageref|nameref)\*?"
    r"\s?\{(?P<labels>[^{}]{1,500})\}"
)
_NAMES = {"figure": "Figure", "table": "Table", "equation": "Equation", "section": "Section"}
_LEVELS = ("section", "subsection", "subsubsection")


def with_numbers(source: str) -> str:
    """The source with its references to figures, tables, equations and sections as numbers.

    A label that is nowhere set, or is set in something else, prints as nothing.
    """
    numbers: dict[str, tuple[str, str]] = {}
    counts: dict[str, int] = {}
    levels = [0, 0, 0]
    current = ("section", "")
    for found in _TOKEN.finditer(source):
        if level := found["level"]:
            if not found["star"]:
                depth = _LEVELS.index(level)
                levels[depth] += 1
                levels[depth + 1 :] = [0] * (2 - depth)
                current = ("section", ".".join(map(str, levels[: depth + 1])))
        elif name := found["float"]:
            name = "equation" if name == "align" else name
            counts[name] = counts.get(name, 0) + 1
            current = (name, str(counts[name]))
        elif found["label"]:
            numbers.setdefault(found["label"].strip(), current)
    return _REFERRING.sub(lambda found: _shown(found, numbers), source)


def _shown(found: re.Match[str], numbers: dict[str, tuple[str, str]]) -> str:
    kind = found["kind"]
    if kind in {"pageref", "nameref"}:
        return ""
    known = [
        numbers[label.strip()] for label in found["labels"].split(",") if label.strip() in numbers
    ]
    if not known:
        return ""
    listed = ", ".join(number for _, number in known)
    if kind == "eqref":
        return f"({listed})"
    if kind in {"autoref", "cref", "Cref"}:
        return f"{_NAMES.get(known[0][0], known[0][0].capitalize())}~{listed}"
    return listed
