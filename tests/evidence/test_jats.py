"""A JATS article gives its paragraphs, its markers and what each points to."""

from __future__ import annotations

import pytest

from lgm_core.evidence.paper import Document, Paragraph
from lgm_core.evidence.reading.jats import read_jats

ARTICLE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS v1.2//EN" "JATS-archivearticle1.dtd">
<article xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:mml="http://www.w3.org/1998/Math/MathML">
<front><article-meta>
  <article-id pub-id-type="doi">10.1234/Margin.1</article-id>
  <title-group><article-title>Margins and <italic>clusters</italic></article-title></title-group>
  <contrib-group>
    <contrib contrib-type="author"><name><surname>Writer</surname><given-names>Ada B</given-names>
    </name></contrib>
    <contrib contrib-type="editor"><name><surname>Ed</surname></name></contrib>
    <contrib contrib-type="author"><collab>Margin Group</collab></contrib>
  </contrib-group>
  <pub-date pub-type="ppub"><year>2022</year></pub-date>
  <pub-date pub-type="epub"><year>2021</year></pub-date>
  <abstract><title>Abstract</title><sec><title>Methods</title><p>We follow <xref ref-type="bibr"
  rid="B1">1</xref>.</p></sec></abstract>
</article-meta></front>
<body>
<sec sec-type="intro"><title>1. Where we begin</title>
  <p>Margins help [<xref ref-type="bibr" rid="B1">1</xref>, <xref ref-type="bibr"
  rid="B3">3</xref>], as does time [<xref ref-type="bibr" rid="B2">2</xref>–<xref ref-type="bibr"
  rid="B5">5</xref>]. See <xref ref-type="fig" rid="f1">Figure 1</xref>.</p>
  <p>It was shown.<sup><xref ref-type="bibr" rid="B1">1</xref>,<xref ref-type="bibr"
  rid="B2">2</xref></sup> Others,<xref ref-type="bibr" rid="B4"><sup>4</sup></xref> at
  10<sup>-3</sup> mol of H<sub>2</sub>O, agree.</p>
  <sec><title>Mice</title><p>Both (<xref ref-type="bibr" rid="B1">Wan et al., 2018</xref>;
  <xref ref-type="bibr" rid="B2">Chen, 2019</xref>) and [<xref ref-type="bibr" rid="B1">1</xref>],
  [<xref ref-type="bibr" rid="B2">2</xref>] apart.</p></sec>
</sec>
<sec><title>Results and Discussion</title>
  <p>Before <fig id="f1"><label>Figure 1</label><caption><title>Clusters.</title>
  <p>Drawn after [<xref ref-type="bibr" rid="B5">5</xref>].</p></caption><graphic/></fig> after
  <inline-formula><mml:math><mml:mi>p</mml:mi><mml:mo>&lt;</mml:mo><mml:mn>0.05</mml:mn></mml:math>
  </inline-formula> holds<xref ref-type="fn" rid="n1">*</xref>.<fn id="n1"><p>Unlike
  [<xref ref-type="bibr" rid="B3">3</xref>].</p></fn></p>
  <disp-formula><mml:math><mml:mi>E</mml:mi></mml:math></disp-formula>
  <table-wrap><caption><p>Rates of <xref ref-type="bibr" rid="B9">9</xref>.</p></caption><table>
  <tr><td>7</td></tr></table></table-wrap>
  <list><list-item><p>One item.</p></list-item></list>
</sec></body>
<back><ref-list>
 <ref id="B1"><label>1</label><element-citation publication-type="journal"><person-group
  person-group-type="author"><name><surname>Wan</surname><given-names>W</given-names></name>
  <name><surname>Zhong</surname><given-names>Y</given-names></name></person-group>
  <article-title>Rethinking <italic>feature</italic> distribution</article-title>
  <source>CVPR</source><year>2018</year><fpage>91</fpage>
  <pub-id pub-id-type="doi">10.1109/CVPR.2018.00950</pub-id></element-citation></ref>
 <ref id="B2"><label>2</label><mixed-citation><string-name><surname>Chen</surname>,
  <given-names>J.</given-names></string-name> (<year>2019</year>). <article-title>A second
  look</article-title>. <source>JMLR</source>, 1&#8211;5.
  <ext-link xlink:href="https://arxiv.org/abs/1901.00001v2">link</ext-link></mixed-citation></ref>
 <ref id="B3"><mixed-citation>He K, Zhang X. Deep residual learning. J Vis. 2016;1:1-9.
  doi:10.5555/Res.9</mixed-citation></ref>
 <ref id="B4"><element-citation><person-group person-group-type="author"><collab>WHO</collab>
  </person-group><source>World report</source><year>2010</year></element-citation></ref>
 <ref id="B5"><citation-alternatives><element-citation><article-title>Fifth thing</article-title>
  <source>Nature</source></element-citation><mixed-citation>Fifth</mixed-citation>
  </citation-alternatives></ref>
</ref-list></back></article>"""


def _read() -> Document:
    return read_jats(ARTICLE.encode())


def _shown(paragraph: Paragraph) -> list[tuple[str, tuple[str, ...]]]:
    return [(paragraph.text[m.start : m.end], m.keys) for m in paragraph.markers]


def _starting(words: str) -> Paragraph:
    (found,) = (p for p in _read().paragraphs if p.text.startswith(words))
    return found


def test_the_head_of_the_paper_is_read() -> None:
    paper = _read()
    assert (paper.format, paper.title, paper.year) == ("jats", "Margins and clusters", 2021)
    assert paper.authors == ("Writer, Ada B", "Margin Group")
    assert (paper.doi, paper.arxiv) == ("10.1234/margin.1", None)


def test_neighbours_in_one_bracket_are_one_marker_and_a_dash_is_a_range() -> None:
    paragraph = _starting("Margins help")
    assert paragraph.text == "Margins help [1, 3], as does time [2–5]. See Figure 1."
    assert _shown(paragraph) == [("[1, 3]", ("B1", "B3")), ("[2–5]", ("B2", "B3", "B4", "B5"))]
    assert paragraph.section == "introduction"


def test_superscripts_stand_in_brackets_before_the_stop() -> None:
    paragraph = _starting("It was shown")
    assert paragraph.text == "It was shown [1,2]. Others [4], at 10^-3 mol of H2O, agree."
    assert _shown(paragraph) == [("[1,2]", ("B1", "B2")), ("[4]", ("B4",))]


def test_a_subsection_inherits_and_brackets_of_their_own_are_markers_of_their_own() -> None:
    paragraph = _starting("Both")
    assert (paragraph.section, paragraph.heading) == ("introduction", "Mice")
    assert _shown(paragraph) == [
        ("(Wan et al., 2018; Chen, 2019)", ("B1", "B2")),
        ("[1]", ("B1",)),
        ("[2]", ("B2",)),
    ]


def test_figures_notes_and_formulas_are_not_mixed_into_a_sentence() -> None:
    texts = [p.text for p in _read().paragraphs if p.section == "results"]
    assert texts == [
        "Before after p<0.05 holds*.",
        "Clusters.",
        "Drawn after [5].",
        "Unlike [3].",
        "Rates of 9.",
        "One item.",
    ]


def test_a_structured_abstract_stays_the_abstract() -> None:
    assert _read().paragraphs[0] == _starting("We follow")
    assert _read().paragraphs[0].section == "abstract"


def test_references_of_each_kind() -> None:
    first, second, third, fourth, fifth, missing = _read().references
    assert (first.title, first.authors) == (
        "Rethinking feature distribution",
        ("Wan, W", "Zhong, Y"),
    )
    assert (first.year, first.venue, first.doi) == (2018, "CVPR", "10.1109/cvpr.2018.00950")
    assert first.text == "Wan W, Zhong Y. Rethinking feature distribution. CVPR. 2018 91."
    assert (second.title, second.authors) == ("A second look", ("Chen, J.",))
    assert (second.arxiv, second.year, second.venue) == ("1901.00001", 2019, "JMLR")
    assert (third.title, third.year) == ("Deep residual learning", 2016)
    assert (third.authors, third.doi) == (("He, K", "Zhang, X"), "10.5555/res.9")
    assert (fourth.title, fourth.authors, fourth.venue) == ("World report", ("WHO",), None)
    assert fifth.title == "Fifth thing"
    assert (missing.key, missing.title) == ("B9", None)


def test_a_key_without_an_entry_is_a_note() -> None:
    assert _read().notes == ("The text cites 'B9', which the bibliography does not list.",)


def test_a_bibliography_without_citations_is_a_note() -> None:
    text = "<article><body><p>No more.</p></body><back><ref-list><ref id='a'><mixed-citation>A. B."
    paper = read_jats(f"{text}</mixed-citation></ref></ref-list></back></article>".encode())
    assert paper.notes == ("The bibliography has 1 entries, but no citation of one was found.",)


def test_an_article_of_nothing_is_read_as_nothing() -> None:
    paper = read_jats(b"<article/>")
    assert (paper.title, paper.paragraphs, paper.references) == ("", (), ())
    assert len(paper.notes) == 1


def test_latin_one_that_says_so_is_read() -> None:
    text = (
        '<?xml version="1.0" encoding="ISO-8859-1"?><article><body><p>caf\xe9</p></body></article>'
    )
    assert read_jats(text.encode("latin-1")).paragraphs[0].text == "café"


def _sentence(words: str) -> str:
    text = (
        f"<article><body><p>{words}</p></body><back><ref-list><ref id='a'><mixed-citation>A. B."
        "</mixed-citation></ref></ref-list></back></article>"
    )
    cite = '<sup><xref ref-type="bibr" rid="a">1</xref></sup>'
    return read_jats(text.replace("CITE", cite).encode()).paragraphs[0].text


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        ("Bravo <italic>et al</italic>.CITE showed it.", "Bravo et al. [1] showed it."),
        ("Bravo <italic>et al.</italic>CITE showed it.", "Bravo et al. [1] showed it."),
        ("In the U.S.CITE it is rare.", "In the U.S. [1] it is rare."),
        ("As in Fig.CITE Smith says.", "As in Fig. [1] Smith says."),
        ("It was shown.CITE Others agree.", "It was shown [1]. Others agree."),
        ("It rose by 3.5%.CITE We agree.", "It rose by 3.5% [1]. We agree."),
        (
            "Shown by Bravo et al.CITE The rest is new.",
            "Shown by Bravo et al [1]. The rest is new.",
        ),
        ("It was shown.CITE", "It was shown [1]."),
        ("(It was shown.CITE) We agree.", "(It was shown [1].) We agree."),
        ("Bravo et al.,CITE however, fail.", "Bravo et al. [1], however, fail."),
    ],
)
def test_a_stop_within_a_sentence_stays_where_it_is(printed: str, text: str) -> None:
    assert _sentence(printed) == text
