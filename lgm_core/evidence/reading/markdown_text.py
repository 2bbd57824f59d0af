"""The inline marks of Markdown taken off a text."""

from __future__ import annotations

import html
import re
from dataclasses import replace

from lgm_core.evidence.paper import Document, Reference
from lgm_core.evidence.reading.enclosed import without_enclosed
from lgm_core.evidence.reading.latex_text import plain_latex
from lgm_core.evidence.reading.numbered import SUPERSCRIPTS

_TARGET = (
    r"(?:<[^<>\n]{0,1000}>|(?:[^()\s<]|\([^()\s]{0,200}\)){0,1000})"
    r"(?:\s\"[^\"]{0,300}\"|\s'[^']{0,300}')?"
)
_NESTED = r"(?:[^\[\]]|\[[^\[\]]{0,200}\])"
_IMAGE = re.compile(rf"!\[({_NESTED}{{0,1000}})\]\({_TARGET}\)(?:\{{[^{{}}]{{0,300}}\}})?")
_LINK = re.compile(rf"\[({_NESTED}{{1,1000}})\]\(({_TARGET})\)")
_LINK_BY_NAME = re.compile(r"\[([^\[\]@]{1,500})\]\[([^\[\]]{0,100})\]")
_NUMBERS = re.compile(r"\d{1,4}(?:\s?[,;–-]\s?\d{1,4}){0,20}")
_BRACKETS_TWICE = re.compile(r"\[(\[\d{1,4}\](?:\s?[,;–-]\s?\[\d{1,4}\]){0,50})\]")
# "\\[1\\]" prints brackets; what else stands there is a formula if it has the signs of one.
_VERBATIM = re.compile(
    r"\\\((?P<round>.{1,500}?)\\\)"
    r"|\\\[(?P<square>(?:[^=^{}\[\]\\]|\\[A-Za-z]){0,300}[=^{}].{0,500}?)\\\]"
    r"|\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|(?<!`)(?P<ticks>`{1,3})(?!`)(?P<code>.{1,1000}?)(?<!`)(?P=ticks)(?!`)"
    r"|\$\$(?P<display>[^$]{1,3000})\$\$"
    r"|(?<![$\d])\$(?=\S)(?P<math>[^$]{1,1000}?)(?<=\S)\$(?!\d)",
    re.DOTALL,
)
_STRONG = re.compile(
    r"(?<!\w)(\*\*|__)(?=\S)(.{1,1000}?)(?<=\S)\1(?!\w)|\*\*(\S.{0,1000}?)\*\*", re.DOTALL
)
_EMPHASIS = re.compile(
    r"(?<![\w*])\*(?=\S)([^*]{1,1000}?)(?<=\S)\*|(?<!\w)_(?=\S)([^_]{1,1000}?)_(?!\w)"
)
_STRUCK = re.compile(r"~~(?=\S)([^~]{1,1000})~~")
_RAISED = re.compile(r"<sup>([^<>]{1,60})</sup>|\^(\d[\d,–-]{0,20})\^", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>")
_LONGEST_COMMENT = 5000
_TO_RAISED = str.maketrans("0123456789", SUPERSCRIPTS)
# Private-use letters that stand for others: after a backslash until the marks are off, in code
# and formulas until the citations are found.
_ESCAPED_AT, _HIDDEN_AT, _HIGH_AT = 0xE100, 0xE200, 0xE300
_ESCAPED = re.compile(r"[\ue100-\ue17f]")
_HIDDEN = re.compile(r"[\ue200-\ue32f]")


def inline_text(text: str, lines: bool = False) -> str:
    """Text as read aloud: emphasis, links, code and math without their marks.

    Code and formulas stay hidden from whoever looks for citations until ``shown`` is asked. An
    image alone is its caption; one within a sentence is left out.

    Args:
        text: of one block.
        lines: keep the ends of lines instead of making them spaces.
    """
    text = _VERBATIM.sub(_kept, text)
    alone = _IMAGE.fullmatch(text.strip())
    text = alone[1] if alone else _IMAGE.sub("", text)
    text = re.sub(r"\[\^[^\]\s]{1,60}\]", "", text)
    text = _LINK_BY_NAME.sub(_named_link, _LINK.sub(_link, text))
    text = _BRACKETS_TWICE.sub(lambda hit: f"[{re.sub(r'[][]', '', hit[1])}]", text)
    text = re.sub(r"<(https?://[^<>\s]{1,500})>", r"\1", text)
    text = _TAG.sub("", _RAISED.sub(_raised, without_comments(text, "")))
    text = _STRONG.sub(lambda hit: hit[2] or hit[3], text)
    text = _EMPHASIS.sub(lambda hit: hit[1] or hit[2], text)
    text = _STRUCK.sub(r"\1", text)
    text = html.unescape(text.replace("---", "—").replace("--", "–"))
    text = re.sub(r"\\(?=\n|\Z)", "", text)
    text = _ESCAPED.sub(lambda hit: chr(ord(hit[0]) - _ESCAPED_AT), text)
    if not lines:
        return " ".join(text.split())
    return "\n".join(" ".join(line.split()) for line in text.split("\n"))


def shown(text: str) -> str:
    """The text with its code and formulas as they are."""
    return _HIDDEN.sub(lambda hit: _unhidden(ord(hit[0])), text)


def shown_document(document: Document) -> Document:
    """The document with its code and formulas as they are, once its citations are found."""
    return replace(
        document,
        title=shown(document.title),
        authors=tuple(map(shown, document.authors)),
        paragraphs=tuple(
            replace(one, text=shown(one.text), heading=shown(one.heading))
            for one in document.paragraphs
        ),
        references=tuple(map(_shown_reference, document.references)),
    )


def without_comments(text: str, instead: str) -> str:
    """The text with ``instead`` for each of its HTML comments."""
    return without_enclosed(text, "<!--", "-->", instead=instead, most=_LONGEST_COMMENT)


def _shown_reference(one: Reference) -> Reference:
    title, venue = (shown(text) if text else text for text in (one.title, one.venue))
    authors = tuple(map(shown, one.authors))
    return replace(one, title=title, venue=venue, authors=authors, text=shown(one.text))


def _kept(found: re.Match[str]) -> str:
    if sign := found["escaped"]:
        return _hidden("@") if sign == "@" else chr(_ESCAPED_AT + ord(sign))
    if found["display"] or found["square"]:
        return " "
    return _hidden(found["code"] or plain_latex(found[0]))


def _hidden(text: str) -> str:
    return "".join(map(_hidden_letter, text))


def _hidden_letter(letter: str) -> str:
    code = ord(letter)
    if 0x20 < code < 0x100:
        return chr(_HIDDEN_AT + code)
    return chr(_HIGH_AT + code - 0x2070) if 0x2070 <= code < 0x20A0 else letter


def _unhidden(code: int) -> str:
    return chr(code - _HIDDEN_AT if code < _HIGH_AT else code - _HIGH_AT + 0x2070)


def _link(found: re.Match[str]) -> str:
    # "[3](#ref3)" is a citation that leads to its entry, and print shows its number.
    alone = found[2].startswith("#") and _NUMBERS.fullmatch(found[1])
    return f"[{found[1]}]" if alone else found[1]


def _named_link(found: re.Match[str]) -> str:
    if not _NUMBERS.fullmatch(found[1]):
        return found[1]
    # "[1][2]" are two citations side by side.
    return found[0] if _NUMBERS.fullmatch(found[2]) else f"[{found[1]}]"


def _raised(found: re.Match[str]) -> str:
    text = (found[1] or found[2]).strip()
    if re.fullmatch(r"\d[\d\s,–-]{0,59}", text):
        return re.sub(r"\s", "", text).translate(_TO_RAISED)
    return text if text.isalpha() or not re.match(r"[+−-]?\w", text) else f"^{text}"
