"""A TEI file of GROBID's kind gives the same things as JATS does."""

from __future__ import annotations

from lgm_core.evidence.paper import Document
from lgm_core.evidence.reading.tei import read_tei

PAPER = """<?xml version="1.0" encoding="UTF-8"?>
<TEI xmlns="http://www.tei-c.org/ns/1.0">
<teiHeader><fileDesc>
 <titleStmt><title level="a" type="main">Margins measured</title></titleStmt>
 <publicationStmt><date type="published" when="2021-03-04">4 March 2021</date></publicationStmt>
 <sourceDesc><biblStruct><analytic><author><persName><forename type="first">Ada</forename>
  <forename type="middle">B</forename><surname>Writer</surname></persName></author>
  <idno type="DOI">10.1234/TEI.5</idno></analytic><monogr><imprint/></monogr>
  <idno type="arXiv">arXiv:2103.00001v1[cs.LG]</idno></biblStruct></sourceDesc>
</fileDesc><profileDesc><abstract><div><p>We measure margins.</p></div></abstract></profileDesc>
</teiHeader>
<text><body>
 <div><head n="1">Introduction</head><p>Margins help <ref type="bibr" target="#b0">[1,</ref>
  <ref type="bibr" target="#b2">3]</ref>, and <ref type="bibr" target="#b0">[1]</ref>–<ref
  type="bibr" target="#b2">[3]</ref> too. See <ref type="figure" target="#f">Fig. 1</ref> and
  <ref type="bibr">[77]</ref>.</p></div>
 <div><head n="3">Experimental setup</head><p>As <ref type="bibr" target="#b1">(Chen, 2019)</ref>
  did.</p><formula xml:id="e">E = m</formula><p>Then more.</p></div>
 <div><head n="3.1">Faces</head><p>Of <ref type="bibr" target="#b9">[10]</ref>.</p></div>
 <div><head>Thanks</head><p>To all.<note place="foot">But see <ref type="bibr"
  target="#b1">[2]</ref>.</note></p></div>
 <figure xml:id="f"><head>Fig. 1.</head><figDesc>After <ref type="bibr" target="#b1">[2]</ref>.
 </figDesc></figure>
</body><back><div type="references"><listBibl>
 <biblStruct xml:id="b0"><analytic><title level="a">Rethinking features</title><author><persName>
  <forename type="first">W</forename><surname>Wan</surname></persName></author>
  <idno type="DOI">10.1109/X.1</idno></analytic><monogr><title level="m">CVPR</title><imprint>
  <date type="published" when="2018-06" /></imprint></monogr>
  <note type="raw_reference">W. Wan. Rethinking features. In CVPR, 2018.</note></biblStruct>
 <biblStruct xml:id="b1"><monogr><title level="m">A book of margins</title><author><persName>
  <surname>Chen</surname></persName></author><imprint><date>2019</date></imprint></monogr>
 </biblStruct>
 <biblStruct xml:id="b2"><monogr/><note type="raw_reference">K. He and X. Zhang. Deep residual
  learning. In CVPR, 2016. arXiv:1512.03385</note></biblStruct>
</listBibl></div></back></text></TEI>"""


def _read() -> Document:
    return read_tei(PAPER.encode())


def test_the_head_of_the_paper_is_read() -> None:
    paper = _read()
    assert (paper.title, paper.year, paper.doi) == ("Margins measured", 2021, "10.1234/tei.5")
    assert (paper.authors, paper.arxiv) == (("Writer, Ada B.",), "2103.00001")


def test_markers_cover_their_brackets_and_ranges_are_filled() -> None:
    paragraph = _read().paragraphs[1]
    assert paragraph.text == "Margins help [1, 3], and [1]–[3] too. See Fig. 1 and [77]."
    shown = [(paragraph.text[m.start : m.end], m.keys) for m in paragraph.markers]
    assert shown == [("[1, 3]", ("b0", "b2")), ("[1]–[3]", ("b0", "b1", "b2"))]


def test_divisions_side_by_side_inherit_by_their_numbers() -> None:
    placed = [(p.text, p.section, p.heading) for p in _read().paragraphs]
    assert placed == [
        ("We measure margins.", "abstract", "Abstract"),
        (placed[1][0], "introduction", "Introduction"),
        ("As (Chen, 2019) did.", "methods", "Experimental setup"),
        ("Then more.", "methods", "Experimental setup"),
        ("Of [10].", "methods", "Faces"),
        ("To all.", "other", "Thanks"),
        ("But see [2].", "other", "Thanks"),
        ("After [2].", "other", ""),
    ]


def test_references_of_each_kind() -> None:
    first, book, raw, missing = _read().references
    assert (first.key, first.title, first.venue) == ("b0", "Rethinking features", "CVPR")
    assert (first.authors, first.year, first.doi) == (("Wan, W.",), 2018, "10.1109/x.1")
    assert first.text == "W. Wan. Rethinking features. In CVPR, 2018."
    assert (book.title, book.authors, book.year) == ("A book of margins", ("Chen",), 2019)
    assert (raw.title, raw.year, raw.arxiv) == ("Deep residual learning", 2016, "1512.03385")
    assert (missing.key, missing.title) == ("b9", None)
    assert _read().notes == ("The text cites 'b9', which the bibliography does not list.",)
