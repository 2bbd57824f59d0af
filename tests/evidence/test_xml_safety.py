"""XML from strangers is read without entities, files or the network, and within bounds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from lgm_core.evidence.paper import EvidenceError
from lgm_core.evidence.reading.jats import read_jats
from lgm_core.evidence.reading.safe_xml import MAX_BYTES, parse_xml, plain_text
from lgm_core.evidence.reading.tei import read_tei


def _laughs(levels: int = 10) -> str:
    lines = ['<!ENTITY e0 "lol">']
    lines += [f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, levels)]
    return f"<!DOCTYPE article [{''.join(lines)}]><article>&e{levels - 1};</article>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_billion_laughs_is_refused_at_once(encoding: str) -> None:
    began = time.perf_counter()
    with pytest.raises(EvidenceError, match="declares entities"):
        parse_xml(_laughs().encode(encoding))
    assert time.perf_counter() - began < 1


def test_an_external_entity_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    for address in ("file:///etc/passwd", secret.as_uri(), "http://127.0.0.1:9/x"):
        text = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{address}">]><article><body>&x;</body></article>'
        for reader in (read_jats, read_tei):
            with pytest.raises(EvidenceError, match="declares entities"):
                reader(text.encode())


def test_a_parameter_entity_is_refused() -> None:
    text = '<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><article/>'
    with pytest.raises(EvidenceError, match="declares entities"):
        parse_xml(text.encode())


def test_the_dtd_that_a_plain_doctype_names_is_not_read(tmp_path: Path) -> None:
    dtd = tmp_path / "jats.dtd"
    dtd.write_text('<!ENTITY leak "leaked">')
    text = f'<!DOCTYPE article SYSTEM "{dtd.as_uri()}"><article><p>a &leak; b&nbsp;c</p></article>'
    assert plain_text(parse_xml(text.encode())) == "a b c"


def test_an_inclusion_is_not_followed() -> None:
    text = (
        '<article xmlns:xi="http://www.w3.org/2001/XInclude"><body><p>'
        '<xi:include href="file:///etc/passwd" parse="text"/>words</p></body></article>'
    )
    (paragraph,) = read_jats(text.encode()).paragraphs
    assert paragraph.text == "words"


def test_the_size_is_bounded() -> None:
    with pytest.raises(EvidenceError, match=str(MAX_BYTES)):
        parse_xml(b"<a>" + b" " * MAX_BYTES + b"</a>")


@pytest.mark.parametrize("levels", [201, 100_000])
def test_the_depth_is_bounded(levels: int) -> None:
    with pytest.raises(EvidenceError):
        parse_xml(b"<a>" * levels + b"</a>" * levels)


def test_nesting_below_the_bound_is_read() -> None:
    text = b"<article><body>" + b"<p>" * 190 + b"deep" + b"</p>" * 190 + b"</body></article>"
    assert [paragraph.text for paragraph in read_jats(text).paragraphs] == ["deep"]


@pytest.mark.parametrize(
    "data", [b"", b"<article>", b"plain words", b"\xff\xfe\x00", b"<a>&undefined</a>", b"<a b=c/>"]
)
def test_what_is_no_xml_is_one_sentence(data: bytes) -> None:
    with pytest.raises(EvidenceError, match=r"^The file is not well-formed XML: .*\.$") as caught:
        parse_xml(data)
    assert "\n" not in str(caught.value)


def test_xml_of_another_kind_is_named() -> None:
    with pytest.raises(EvidenceError, match="<html>"):
        read_jats(b"<html/>")
    with pytest.raises(EvidenceError, match="<article>"):
        read_tei(b"<article/>")


def test_namespaces_comments_and_instructions_fall_away() -> None:
    root = parse_xml(b'<?x y?><m:a xmlns:m="urn:x"><!-- no --><m:b>yes<?no no?></m:b></m:a>')
    assert root.tag == "a"
    assert [child.tag for child in root] == ["b"]
    assert plain_text(root) == "yes"
