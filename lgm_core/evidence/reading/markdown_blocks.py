"""The blocks of a Markdown text: headings, paragraphs, and what is no running text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from lgm_core.evidence.reading.markdown_text import without_comments

Kind = Literal["heading", "text", "bibtex", "code", "table", "definition"]

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})\s*\{?\.?([\w-]*)")
_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*(?:\{[^{}]*\})?")
_LIST = re.compile(r"^\s{0,12}([-*+]|\d{1,4}[.)])\s+")
_FOOTNOTE = re.compile(r"^\[\^[^\]\s]{1,60}\]:\s?")
_QUOTED = re.compile(r"(?: {0,3}>)+ ?")
#: A target and no more: "[1]: Smith, J. A title" is an entry of a printed list.
_LINK_DEFINITION = re.compile(
    r" {0,3}\[[^\]^@]{1,100}\]:\s+(?:<[^<>]*>|\S+)(?:\s+[\"'(].*)?\s*|"
    r" {0,3}\[[^\]^@]{1,100}\]:\s*(?:https?:|mailto:|#|/)\S*(?:\s+[\"'(].*)?\s*"
)
_HTML = re.compile(r" {0,3}<(table|pre|script|style)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Block:
    """A heading with its level, a paragraph, or what is not read as text."""

    kind: Kind
    text: str
    level: int = 0
    label: str = ""  #: number of an item of a list, as written: "3."


def blocks_of(text: str) -> list[Block]:
    """The blocks of a text in their order."""
    text = without_comments(text, " ")
    lowered = text.lower()
    last = {name: lowered.rfind(f"</{name}") for name in ("table", "pre", "script", "style")}
    reader = _Blocks(last)
    for line in text.split("\n"):
        reader.read(line)
        reader.at += len(line) + 1
    reader.close(reader.kind if reader.ends else "text")
    return reader.blocks


@dataclass
class _Blocks:
    last: dict[str, int]  #: where each of the elements that are left out closes last
    blocks: list[Block] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    label: str = ""
    at: int = 0
    kind: Kind = "text"
    ends: Callable[[str], bool] | None = None  #: of what is left out: whether a line ends it
    quoted: bool = False
    listed: bool = False  #: indented text belongs to the item above it
    table: bool = False
    formula: bool = False

    def close(self, kind: Kind = "text") -> None:
        """End the block that is open, if any."""
        if self.lines:
            self.blocks.append(Block(kind, "\n".join(self.lines), label=self.label))
            self.lines = []
        self.label = ""

    def read(self, line: str) -> None:
        """Take in the next line."""
        quote = _QUOTED.match(line)
        if self.ends is not None:
            if self.quoted and not quote:
                self._end()
            else:
                inner = line[quote.end() :] if quote and self.quoted else line
                self._skip(inner)
                return
        if quote and not self.quoted:
            self.close()
        self.quoted = quote is not None or (self.quoted and bool(self.lines))
        line = line[quote.end() :] if quote else line
        if self.formula:
            self._in_formula(line)
        else:
            self._open(line)

    def _skip(self, line: str) -> None:
        if self.ends is not None and self.ends(line):
            self._end()
        else:
            self.lines.append(line)

    def _end(self) -> None:
        self.close(self.kind)
        self.ends = None

    def _leave_out(self, kind: Kind, ends: Callable[[str], bool]) -> None:
        self.close()
        self.kind, self.ends = kind, ends

    def _open(self, line: str) -> None:
        if not line.strip():
            self.close()
            self.table = False
        elif opening := _FENCE.match(line):
            fence, language = opening.groups()
            bibtex = language.lower() in {"bibtex", "bib", "biblatex"}
            end = re.compile(rf" {{0,3}}{fence[0]}{{{len(fence)},}}\s*")
            self._leave_out("bibtex" if bibtex else "code", lambda it: bool(end.fullmatch(it)))
        elif (html := _HTML.match(line)) and self.last[html[1].lower()] > self.at:
            closing = f"</{html[1].lower()}"
            self._leave_out("table", lambda it: closing in it.lower())
            self._skip(line)
        elif line.count("$$") % 2 and "`" not in line:
            # A formula of several lines; the sentence around it goes on.
            self.formula = True
            if before := line.rpartition("$$")[0].strip():
                self._text(before)
        elif heading := _ATX.fullmatch(line):
            self._heading(heading[2], len(heading[1]))
        elif self.lines and re.fullmatch(r" {0,3}(=+|-{2,})\s*", line):
            title = " ".join(self.lines)
            self.lines = []
            self._heading(title, 1 if "=" in line else 2)
        elif re.fullmatch(r" {0,3}([-*_] ?){3,}", line):
            self.close()
        else:
            self._text(line)

    def _in_formula(self, line: str) -> None:
        if "$$" not in line and line.strip():
            return
        self.formula = False
        if rest := re.sub(r"^\s?\{[^{}]*\}", "", line.partition("$$")[2]).strip():
            self.lines.append(rest)
        if not line.strip():
            self.close()

    def _heading(self, text: str, level: int) -> None:
        self.close()
        self.listed = self.table = False
        self.blocks.append(Block("heading", text, level))

    def _text(self, line: str) -> None:
        bare = line.strip(" \t|:+=-")
        if self.table or line.lstrip().startswith("|") or (not bare and {"|", "+"} & {*line}):
            if not bare and "-" in line and "|" in line:
                # The line above a line of dashes and bars is the head of the table.
                if self.lines and "|" in self.lines[-1]:
                    self.blocks.append(Block("table", self.lines.pop()))
                self.table = True
            self.close()
            self.blocks.append(Block("table", line))
        elif not self.lines and self._is_code(line):
            self.blocks.append(Block("code", line))
        elif _LINK_DEFINITION.fullmatch(line):
            self.close()
            self.blocks.append(Block("definition", line.strip()))
        else:
            item, note = _LIST.match(line), _FOOTNOTE.match(line)
            if item or note:
                self.close()
                self.listed = True
                self.label = item[1] if item and item[1][0].isdigit() else ""
            elif not self.lines and not line[0].isspace():
                self.listed = False
            begin = item or note
            self.lines.append(line[begin.end() if begin else 0 :].strip())

    def _is_code(self, line: str) -> bool:
        return line.startswith(("    ", "\t")) and not self.listed and not _LIST.match(line)
