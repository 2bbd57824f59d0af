"""The measured figures that the articles quote, and what must hold for their sentences to be true.

``figures.toml`` gives each figure its value and its origin: either ``cell``, a place in
docs/results.md as "section / corner / row / column", or ``origin``, the command that measured it.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

_LINE = re.compile(
    r'(?P<head>[^\n=]+= \{ value = ")(?P<value>[^"]*)(?P<tail>", cell = "(?P<cell>[^"]+)".*)'
)


def results_cells(page: str) -> dict[str, str]:
    """The mean in every cell of the tables of a results page, without its per cent sign."""
    cells: dict[str, str] = {}
    section, columns = "", list[str]()
    for line in page.splitlines():
        if line.startswith("## "):
            section, columns = line[3:].strip(), []
        if not line.startswith("|"):
            columns = []
            continue
        row = [part.strip() for part in line.strip("|").split("|")]
        if not columns:
            columns = row
        elif not set(row[0]) <= set("-: "):
            for column, cell in zip(columns[1:], row[1:], strict=True):
                place = " / ".join((section, columns[0], row[0], column))
                cells[place] = cell.split(" (")[0].removesuffix("%").strip()
    return cells


def refreshed(figures: str, cells: dict[str, str]) -> str:
    """The text of figures.toml with every value that has a ``cell`` taken from there anew.

    Raises:
        ValueError: for a cell that the page has not.
    """
    lines = []
    for line in figures.splitlines():
        found = _LINE.fullmatch(line)
        if found:
            if found["cell"] not in cells:
                raise ValueError(f"docs/results.md has no cell {found['cell']!r}")
            line = found["head"] + cells[found["cell"]] + found["tail"]
        lines.append(line)
    return "\n".join(lines) + "\n"


def values(path: Path) -> dict[str, str]:
    """Every figure as it is printed, by name."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: str(entry["value"]) for name, entry in entries.items()}


def filled(text: str, figures: dict[str, str]) -> str:
    """A text with its ``{{name}}`` replaced; raises KeyError for a name that is not known."""
    return re.sub(r"\{\{([^{}]+)\}\}", lambda hit: figures[hit[1]], text)


def broken(conditions: list[str], figures: dict[str, str]) -> list[str]:
    """Those of the conditions, "a > b" or "a < b", that the figures do not meet."""
    return [text for text in conditions if not _holds(text, figures)]


def _holds(condition: str, figures: dict[str, str]) -> bool:
    left, sign, right = condition.split(" ")
    first, second = (
        float(figures[name]) if name in figures else float(name) for name in (left, right)
    )
    if sign not in "<>":
        raise ValueError(f"{condition!r} compares by {sign!r}; allowed: < and >")
    return first > second if sign == ">" else first < second
