from __future__ import annotations

import gzip
import io
import random
import tarfile
import time
import zipfile

import pytest

from lgm_core.evidence.paper import EvidenceError
from lgm_core.evidence.reading.read import format_of, read_document, read_paper
from tests.evidence.pdf_makers import paper as pdf

SAID = ["It holds, says Smith [1].", "But unlike Lee [2], we find that it does not."]
BIB = b"""@article{smith, author={Smith, J.}, title={On the one margin}, year={2001}}
@article{lee, author={Lee, K.}, title={On the other margin}, year={2002}}"""
ENTRIES = [
    "Smith, J. (2001). On the one margin. Tests.",
    "Lee, K. (2002). On the other margin. Tests.",
]
TEX = rb"""\documentclass{article}\title{A Title}\begin{document}\maketitle
\section{Results}
It holds, says Smith \cite{smith}. But unlike Lee \cite{lee}, we find that it does not.
\bibliography{refs}\end{document}"""
JATS = b"""<?xml version="1.0"?><!-- <TEI> --><article><front><article-meta><title-group>
<article-title>A Title</article-title></title-group></article-meta></front><body><sec>
<title>Results</title><p>It holds, says Smith [<xref ref-type="bibr" rid="a">1</xref>]. But unlike
Lee [<xref ref-type="bibr" rid="b">2</xref>], we find that it does not.</p></sec></body><back>
<ref-list><ref id="a"><element-citation><person-group><name><surname>Smith</surname></name>
</person-group><article-title>On the one margin</article-title><year>2001</year>
</element-citation></ref><ref id="b"><element-citation><person-group><name><surname>Lee</surname>
</name></person-group><article-title>On the other margin</article-title><year>2002</year>
</element-citation></ref></ref-list></back></article>"""
TEI = b"""<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader/><text><body/></text></TEI>"""
MARKDOWN = (
    b"# A Title\n\n## Results\n\nIt holds, says Smith [@smith]. "
    b"But unlike Lee [@lee], we find that it does not.\n"
)
TEXT = "A Title\n\nResults\n\n{}\n\nReferences\n\n[1] {}\n[2] {}\n".format(
    " ".join(SAID), *ENTRIES
).encode()


def _pdf() -> bytes:
    numbered = [f"[{n}] {entry}" for n, entry in enumerate(ENTRIES, start=1)]
    return pdf([("Results", [" ".join(SAID)])], numbered, title="A Title")


def _tar() -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        for name, data in (("main.tex", TEX), ("refs.bib", BIB)):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return held.getvalue()


SAME = [
    ("jats", lambda: JATS, "paper.xml", None),
    ("latex", lambda: TEX, "paper.tex", {"refs.bib": BIB}),
    ("latex", _tar, "1234.56789.tar.gz", None),
    ("markdown", lambda: MARKDOWN, "paper.md", {"refs.bib": BIB}),
    ("text", lambda: TEXT, "paper.txt", None),
    ("pdf", _pdf, "paper.pdf", None),
]


@pytest.mark.parametrize(("form", "make", "name", "companions"), SAME)
def test_one_paper_says_the_same_in_every_format(form, make, name, companions) -> None:  # type: ignore[no-untyped-def]
    paper = read_paper(make(), name, companions)
    assert paper.format == form
    assert paper.title == "A Title"
    assert [one.sentence for one in paper.statements] == SAID
    title = {one.key: (one.title or "").lower() for one in paper.references}
    cited = [[title[citation.key] for citation in one.citations] for one in paper.statements]
    assert cited == [["on the one margin"], ["on the other margin"]]
    assert {one.section for one in paper.statements} == {"results"}
    assert paper.notes == ()


OTHER = b"""@article{smith, title={Another work of the same key}, doi={10.1/other}}
@article{extra, title={A work that only the loose file knows}}
@article{idle, title={A work that the paper does not cite}}"""
OWN_LIST = rb"""\begin{document}\section{Results}It holds \cite{smith}, and so does \cite{extra}.
\begin{thebibliography}{1}\bibitem{smith} J. Smith. \newblock On the one margin. \newblock 2001.
\end{thebibliography}\end{document}"""
OWN_BLOCK = (
    b"# A Title\n\nIt holds [@smith], and so does [@extra].\n\n```bibtex\n"
    b"@article{smith, author={Smith, J.}, title={On the one margin}, year={2001}}\n```\n"
)
OWN_FILE = rb"""\begin{filecontents}{refs.bib}@article{smith, title={On the one margin}}
\end{filecontents}\begin{document}It holds \cite{smith}, and so does \cite{extra}.
\bibliography{refs}\end{document}"""


@pytest.mark.parametrize("loose", ["refs.bib", "other.bib"])
@pytest.mark.parametrize(
    ("data", "name"), [(OWN_LIST, "p.tex"), (OWN_BLOCK, "p.md"), (OWN_FILE, "p.tex")]
)
def test_a_loose_bib_fills_in_what_is_missing_and_nothing_else(
    data: bytes, name: str, loose: str
) -> None:
    paper = read_paper(data, name, {loose: OTHER})
    assert [(one.key, one.title) for one in paper.references] == [
        ("smith", "On the one margin"),
        ("extra", "A work that only the loose file knows"),
    ]
    assert paper.references[0].doi is None
    assert paper.notes == ()


def test_a_loose_bib_does_not_hide_a_list_that_markdown_prints() -> None:
    printed = f"# A\n\nIt holds [1].\n\n# References\n\n[1] {ENTRIES[0]}\n".encode()
    alone, beside = read_paper(printed, "p.md"), read_paper(printed, "p.md", {"o.bib": OTHER})
    assert alone.references == beside.references and len(beside.statements) == 1


def test_a_loose_bib_that_is_broken_costs_a_note_and_not_the_paper() -> None:
    paper = read_paper(OWN_BLOCK, "p.md", {"o.bib": b"@misc{a,}\n" * 10_001})
    assert paper.notes[0].startswith("The bibliography beside the text was left out.")
    assert paper.references[0].title == "On the one margin"


BY_CONTENT = [
    (_pdf(), "paper.tex", "pdf"),
    (JATS, "paper.txt", "jats"),
    (JATS.decode().encode("utf-16"), "paper", "jats"),
    (TEI, "paper.xml", "tei"),
    (TEX, "paper.txt", "latex"),
    (TEX, "", "latex"),
    (gzip.compress(TEX), "1234.56789", "latex"),
    (MARKDOWN, "paper", "markdown"),
    (b"<b>Bold</b> Markdown", "paper.md", "markdown"),
    (b"Only words.", "paper.TXT", "text"),
]


@pytest.mark.parametrize(("data", "name", "form"), BY_CONTENT)
def test_content_goes_before_the_name(data: bytes, name: str, form: str) -> None:
    assert format_of(data, name) == form


def _docx() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return held.getvalue()


UNKNOWN = [
    (_docx(), "paper.docx"),
    (b"\x89PNG\r\n\x1a\n" + bytes(100), "figure.png"),
    (b"<html><body>It</body></html>", "page.html"),
    (b"<rss></rss>", "feed.xml"),
    (b"Only words.", "paper.odd"),
    # Chance has it that it looks like a citation.
    (random.Random(0).randbytes(5000) + b" [see @key7]. " + bytes(range(128, 256)), "noise.pdf"),
    (random.Random(1).randbytes(5000), "noise.md"),
]


@pytest.mark.parametrize(("data", "name"), UNKNOWN)
def test_other_formats_are_refused_by_name(data: bytes, name: str) -> None:
    with pytest.raises(EvidenceError, match=f"'{name}' is in no known format; allowed are JATS"):
        read_document(data, name)


@pytest.mark.parametrize(
    ("data", "said"), [(b" \n", "is empty"), (b"x" * 30_000_001, "has 30 MB; at most 30 MB")]
)
def test_size(data: bytes, said: str) -> None:
    with pytest.raises(EvidenceError, match=said):
        read_document(data, "paper.txt")


def test_another_language_is_noted_and_read() -> None:
    text = "Es wurde gezeigt, dass die Klassen in diesem Raum nicht enger werden [1]. " * 20
    entries = "\n\nReferences\n\n[1] Smith, J. One. 2001.\n"
    paper = read_paper(f"Ergebnisse\n\n{text}{entries}".encode(), "paper.txt")
    assert len(paper.statements) == 20
    assert len(paper.notes) == 1
    assert "is not in English" in paper.notes[0]


def test_english_is_not_noted() -> None:
    text = "It was shown that the classes of this space are not made tighter by that [1]. " * 20
    entries = "\n\nReferences\n\n[1] Smith, J. One. 2001.\n"
    assert read_document(f"Results\n\n{text}{entries}".encode(), "paper.txt").notes == ()


def test_a_bibliography_that_nothing_cites_is_noted() -> None:
    text = "Results\n\nNothing is cited.\n\nReferences\n\n[1] Smith, J. One. 2001.\n"
    document = read_document(text.encode(), "paper.txt")
    assert len(document.references) == 1
    assert len(document.notes) == 1
    assert "no citation of one was found" in document.notes[0]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"Results\n\nIt holds [2], says Lee et al. (2001).\n", "paper.txt"),
        (b"# Results\n\nIt holds [2], says Lee et al. (2001).\n", "paper.md"),
        (b"<article><body><p>It holds [2], says Lee et al. (2001).</p></body></article>", "x.xml"),
    ],
)
def test_citations_without_a_bibliography_are_noted_and_named(data: bytes, name: str) -> None:
    paper = read_paper(data, name)
    assert [one.key for one in paper.references] == ["2", "Lee et al., 2001"]
    assert [one.key for one in paper.statements[0].citations] == ["2", "Lee et al., 2001"]
    assert len(paper.notes) == 1
    assert "has no bibliography" in paper.notes[0]


def test_works_without_a_bibliography_are_named_without_the_words_before_them() -> None:
    text = (
        b"Like Jones and Lee (2018), we saw it. As Van Dam (2001) said, it holds. "
        b"However, Poe (1999) did not see it. Following (2003) is a year.\n"
    )
    keys = [one.key for one in read_paper(text, "paper.txt").references]
    assert keys[:3] == ["Jones and Lee, 2018", "Van Dam, 2001", "Poe, 1999"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tex", r"\begin{document}Hello" + " " * 200_000 + r"world \cite{a}.\end{document}"),
        ("a.tex", r"\begin{document}#" + " " * 100_000 + r"x\end{document}"),
        ("a.tex", r"\begin{document}" + r"\[a" * 70_000 + r"\end{document}"),
        ("a.tex", r"\begin{document}" + "$$a " * 50_000 + r"$\end{document}"),
        ("a.md", "<!--" * 50_000),
        ("a.md", "![a](" * 50_000),
        ("a.md", "*a " * 100_000),
        ("a.md", "[" * 200_000),
        ("a.xml", f"<article><body><p><xref rid='{'r ' * 50_000}'>1</xref></p></body></article>"),
    ],
    ids=["blanks", "hash", "display", "dollars", "comments", "images", "stars", "brackets", "rids"],
)
def test_texts_that_were_made_to_be_slow_are_not(name: str, text: str) -> None:
    began = time.process_time()
    read_paper(text.encode(), name)
    assert time.process_time() - began < 5
