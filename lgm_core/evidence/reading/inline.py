"""What stands in a line of an XML paper, and what is set aside to be read on its own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from lgm_core.evidence.reading.latex_text import plain_latex
from lgm_core.evidence.reading.marking import Piece
from lgm_core.evidence.reading.safe_xml import entity_text, plain_text

_RAISING = frozenset({"sup", "superscript"})
_DROPPED = frozenset(
    {"disp-formula", "disp-formula-group", "object-id", "label", "graphic", "table", "media"}
    | {"supplementary-material", "index-term", "processing-meta", "figDesc"}
)
_ASIDE = frozenset(
    {"fig", "fig-group", "table-wrap", "table-wrap-group", "fn", "fn-group", "boxed-text"}
    | {"list", "def-list", "disp-quote", "verse-group", "caption", "p", "sec"}
    | {"figure", "note", "item", "cit", "quote", "floatingText"}
)
_BODY = re.compile(r"\\begin\{document\}(.*)\\end\{document\}", re.DOTALL)


@dataclass
class Line:
    """The pieces of one paragraph and the blocks that stood inside it."""

    citing: str  #: name of the element that cites: ``xref`` in JATS, ``ref`` in TEI
    known: frozenset[str]  #: ids in the bibliography
    pieces: list[Piece] = field(default_factory=list)
    aside: list[etree._Element] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  #: cited ids that have no entry


def read_line(element: etree._Element, line: Line, raised: bool = False) -> None:
    """Append the text below an element to a line, in the order of the text."""
    _add(line, element.text, raised)
    for child in element:
        named = entity_text(child)
        if named is not None:
            _add(line, named, raised)
        else:
            _read_child(child, line, raised)
        _add(line, child.tail, raised)


def _read_child(child: etree._Element, line: Line, raised: bool) -> None:
    name = child.tag
    if name == line.citing and _cites(child):
        _cite(child, line, raised)
    elif name in _DROPPED or (name == "formula" and child.get("rend") != "inline"):
        line.pieces.append(Piece(" "))
    elif name in _ASIDE:
        line.aside.append(child)
        line.pieces.append(Piece(" "))
    elif name in {"inline-formula", "formula"}:
        _add(line, f" {_formula(child)} ", raised)
    elif name in {"break", "lb", "pb"}:
        line.pieces.append(Piece(" "))
    else:
        read_line(child, line, raised or name in _RAISING or _rendered_raised(child))


def _cites(element: etree._Element) -> bool:
    return (element.get("ref-type") or element.get("type") or "") in {"bibr", "bib", "bibl"}


def _rendered_raised(element: etree._Element) -> bool:
    return element.tag == "hi" and "sup" in (element.get("rend") or "")


def _cite(element: etree._Element, line: Line, raised: bool) -> None:
    targets = (element.get("rid") or element.get("target") or "").replace("#", "").split()
    line.missing.extend(key for key in targets if key not in line.known)
    text = plain_text(element)
    raised = raised or element.get("specific-use") == "superscript"
    raised = raised or any(child.tag in _RAISING for child in element)
    if targets and text:
        line.pieces.append(Piece(text, tuple(targets), raised))
    else:
        _add(line, text, raised)


def _formula(element: etree._Element) -> str:
    for inner in element.iter("math"):
        return plain_text(inner)
    for inner in element.iter("tex-math"):
        source = plain_text(inner)
        body = _BODY.search(source)
        return plain_latex(body.group(1) if body else source)
    return plain_text(element)


def _add(line: Line, text: str | None, raised: bool) -> None:
    if text:
        line.pieces.append(Piece(text, raised=raised))
