"""XML from strangers: no entity is resolved, nothing is fetched, size and depth are bounded."""

from __future__ import annotations

import html

from lxml import etree

from lgm_core.evidence.paper import EvidenceError

MAX_BYTES = 20 * 1024 * 1024
MAX_DEPTH = 200


def parse_xml(data: bytes) -> etree._Element:
    """The root element, with tags without namespaces and without comments.

    A plain DOCTYPE is passed over unread; one that declares entities is refused. Raises
    EvidenceError for that, for more than 20 MB, for more than 200 levels and for bad XML.
    """
    if len(data) > MAX_BYTES:
        raise EvidenceError(f"The XML has {len(data)} bytes; at most {MAX_BYTES} are read.")
    # Zeros fall out so that the declaration is also seen in UTF-16.
    plain = data.replace(b"\0", b"")
    if b"<!DOCTYPE" in plain and b"<!ENTITY" in plain:
        raise _declares_entities()
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        reason = str(error).strip().split("\n")[0].rstrip(".")
        raise EvidenceError(f"The file is not well-formed XML: {reason[:200]}.") from None
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise _declares_entities()
    _check_depth(root)
    for element in root.iter("*"):
        element.tag = etree.QName(element).localname
    return root


def entity_text(element: etree._Element) -> str | None:
    """The character that a named entity stands for in HTML; None for an element of any kind.

    Entities such as ``&nbsp;`` stay unresolved because the DTD that names them is not read.
    """
    if isinstance(element, etree._Entity):
        text = html.unescape(element.text or "")
        return "" if text.startswith("&") and len(text) > 1 else text
    return None


def plain_text(element: etree._Element | None) -> str:
    """All text below an element with single spaces; "" for None."""
    if element is None:
        return ""
    parts: list[str] = []
    _collect(element, parts)
    return " ".join("".join(parts).split())


def _collect(element: etree._Element, parts: list[str]) -> None:
    parts.append(element.text or "")
    for child in element:
        named = entity_text(child)
        if named is None:
            _collect(child, parts)
        else:
            parts.append(named)
        parts.append(child.tail or "")


def _check_depth(root: etree._Element) -> None:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            raise EvidenceError(
                f"The XML is nested more than {MAX_DEPTH} levels deep, which no paper needs."
            )


def _declares_entities() -> EvidenceError:
    return EvidenceError(
        "The XML declares entities of its own, which are not resolved here; "
        "a DOCTYPE without declarations is allowed."
    )
