"""The blocks of a Markdown text, and its inline marks taken off."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Literal

from lgm_core.evidence.reading.enclosed import without_enclosed
from lgm_core.evidence.reading.latex_text import plain_latex

Kind = Literal["heading", "text", "bibtex", "code", "table"]

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})\s*\{?\.?([\w-]*)")
_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*(?:\{[^{}]*\})?")
_LIST = re.compile(r"^\s{0,12}(?:[-*+]|\d{1,4}[.)])\s+")
_FOOTNOTE = re.compile(r"^\[\^[^\]\s]{1,60}\]:\s?")
_FIELD = re.compile(r"([A-Za-z][\w-]{0,40})\s?:\s*(.*)")
_IMAGE = re.compile(
    r"!\[((?:[^\[\]]|\[[^\[\]]{0,200}\]){0,1000})\]\([^()\s]{0,1000}(?:\s\"[^\"]{0,300}\")?\)(?:\{[^{}]*\})?"
)
_LINK = re.compile(r"\[([^\[\]]{1,1000})\]\([^()\s]{0,1000}(?:\s\"[^\"]{0,300}\")?\)")
_LINK_BY_NAME = re.compile(r"\[([^\[\]@]{1,500})\]\[[^\[\]]{0,100}\]")
_LINK_DEFINITION = re.compile(r" {0,3}\[[^\]^@]{1,100}\]:\s")
_CODE = re.compile(r"(`{1,3})(.{1,1000}?)\1")
_MATH = re.compile(r"(?<![\\$\d])\$(?=\S)([^$\n]{1,1000}?)(?<=\S)\$(?!\d)")
_STRONG = re.compile(r"(?<!\w)(\*\*|__)(?=\S)(.{1,1000}?)(?<=\S)\1(?!\w)|\*\*(\S.{0,1000}?)\*\*")
_EMPHASIS = re.compile(
    r"(?<![\w*])\*(?=\S)([^*]{1,1000}?)(?<=\S)\*|(?<!\w)_(?=\S)([^_]{1,1000}?)_(?!\w)"
)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>")
_LONGEST_COMMENT = 5000
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!$~^<>|-])")


@dataclass(frozen=True)
class Block:
    """A heading with its level, a paragraph, or what is not read as text."""

    kind: Kind
    text: str
    level: int = 0


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


def blocks_of(text: str) -> list[Block]:
    """The blocks of a text in their order."""
    blocks: list[Block] = []
    lines: list[str] = []
    fence = language = ""

    def close(kind: Kind = "text") -> None:
        if lines:
            blocks.append(Block(kind, "\n".join(lines)))
            lines.clear()

    for line in _without_comments(text, " ").split("\n"):
        if fence:
            if re.fullmatch(rf" {{0,3}}{fence[0]}{{{len(fence)},}}\s*", line):
                close("bibtex" if language.lower() in {"bibtex", "bib", "biblatex"} else "code")
                fence = ""
            else:
                lines.append(line)
        elif opening := _FENCE.match(line):
            close()
            fence, language = opening.groups()
        elif heading := _ATX.fullmatch(line):
            close()
            blocks.append(Block("heading", heading[2], len(heading[1])))
        elif lines and re.fullmatch(r" {0,3}(=+|-{2,})\s*", line):
            title = " ".join(lines)
            lines.clear()
            blocks.append(Block("heading", title, 1 if "=" in line else 2))
        elif not line.strip() or re.fullmatch(r" {0,3}([-*_] ?){3,}", line):
            close()
        elif line.lstrip().startswith("|") or re.fullmatch(r"[\s|:-]*\|[\s|:-]*", line):
            close()
            blocks.append(Block("table", line))
        elif not lines and line.startswith(("    ", "\t")) and not _LIST.match(line):
            blocks.append(Block("code", line))
        elif _LINK_DEFINITION.match(line):
            close()
        else:
            if _LIST.match(line) or _FOOTNOTE.match(line):
                close()
            line = line.lstrip().removeprefix(">").lstrip() if line.lstrip()[:1] == ">" else line
            lines.append(_FOOTNOTE.sub("", _LIST.sub("", line, count=1), count=1).strip())
    close("code" if fence else "text")
    return blocks


def inline_text(text: str) -> str:
    """Text as read aloud: emphasis, links, code and math without their marks."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        if len(kept) > 2000:
            return found.group()
        math = found.group().startswith("$")
        escape = found.group().startswith("\\")
        kept.append(plain_latex(found[0]) if math else found[1] if escape else found[2])
        return chr(0xE200 + len(kept) - 1)

    text = _CODE.sub(keep, text)
    text = _MATH.sub(keep, text)
    text = _ESCAPED.sub(keep, text)
    text = re.sub(r"\[\^[^\]\s]{1,60}\]", "", _IMAGE.sub(r"\1", text))
    text = _LINK_BY_NAME.sub(r"\1", _LINK.sub(r"\1", text))
    text = re.sub(r"<(https?://[^<>\s]{1,500})>", r"\1", text)
    text = _TAG.sub("", _without_comments(text, ""))
    text = _STRONG.sub(lambda hit: hit[2] or hit[3], text)
    text = _EMPHASIS.sub(lambda hit: hit[1] or hit[2], text)
    text = html.unescape(text.replace("---", "—").replace("--", "–"))
    text = re.sub(r"[\ue200-\uf000]", lambda hit: kept[ord(hit[0]) - 0xE200], text)
    return " ".join(text.split())


def _without_comments(text: str, instead: str) -> str:
    return without_enclosed(text, "<!--", "-->", instead=instead, most=_LONGEST_COMMENT)


def _unquoted(value: str) -> str:
    return value.strip().strip("\"'").strip()
