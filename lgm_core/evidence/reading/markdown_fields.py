"""The fields at the top of a Markdown text."""

from __future__ import annotations

import re

_FIELD = re.compile(r"([A-Za-z][\w-]{0,40})\s?:\s*(.*)")


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """The ``key: value`` lines between ``---`` at the top, keys in lower case, and the rest.

    Lists below a key, one ``- item`` a line, are joined by semicolons.
    """
    found = re.match(r"---[ \t]*\n(.{0,50000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", text, re.DOTALL)
    if not found:
        return {}, text
    fields: dict[str, str] = {}
    name = ""
    for line in found[1].split("\n"):
        if item := re.match(r"\s*-\s+(?:name:\s*)?(.+)", line):
            if name:
                fields[name] = "; ".join(filter(None, (fields[name], _unquoted(item[1]))))
        elif pair := _FIELD.fullmatch(line.rstrip()):
            name = pair[1].lower()
            value = pair[2].strip()
            if value.startswith("[") and value.endswith("]"):
                value = "; ".join(_unquoted(part) for part in value[1:-1].split(","))
            fields[name] = _unquoted(value)
    return fields, text[found.end() :]


def _unquoted(value: str) -> str:
    return value.strip().strip("\"'").strip()
