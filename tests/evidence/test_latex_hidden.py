"""What LaTeX does not print is not read, and what it prints as it is cites nothing."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgm_core.evidence.paper import Document
from lgm_core.evidence.reading.latex import read_latex
from lgm_core.evidence.reading.latex_hidden import without_untaken

LIST = r"""\begin{thebibliography}{9}
\bibitem{a} A. Aa. Alpha one. Journal of Tests. 2001.
\bibitem{b} B. Bb. Beta two. In \emph{CVPR}, 2018.
\end{thebibliography}\end{document}"""


def _read(body: str, before: str = "") -> Document:
    return read_latex(f"{before}\\begin{{document}}{body}\n{LIST}".encode(), "paper.tex")


def _text(body: str, before: str = "") -> str:
    return " ".join(one.text for one in _read(body, before).paragraphs)


@pytest.mark.parametrize(
    ("source", "left"),
    [
        (r"A \iffalse no \fi b", "A  b"),
        (r"A \iffalse no \else yes \fi b", "A  yes  b"),
        (r"A \iftrue yes \else no \fi b", "A  yes  b"),
        (r"\iffalse a \ifx\x\y b \else c \fi \ifCLASSoption d \fi e \fi f", " f"),
        (r"\iffalse a \ifstrempty{x}{y}{z} $p \iff q$ \fi f", " f"),
        (r"\newif\ifdraft \ifdraft no \else yes \fi", "  yes "),
        (r"\newif\ifdraft\drafttrue \ifdraft yes \else no \fi", "  yes "),
        (r"\let\ifdraft\iffalse \ifdraft no\fi b", "  b"),
        (r"\ifx\x\y a \iffalse no \fi \else b \fi c", r"\ifx\x\y a  \else b \fi c"),
        (r"A \iffalse never closed", r"A \iffalse never closed"),
        (r"A \fi \else $p \iff q$ \iffy", r"A \fi \else $p \iff q$ \iffy"),
    ],
)
def test_branches_that_are_not_taken(source: str, left: str) -> None:
    assert without_untaken(source) == left


def test_hidden_text_is_no_statement() -> None:
    paper = _read(r"We agree \cite{b}. \iffalse Hidden \cite{a} contradicts us.\fi It holds.")
    assert [one.text for one in paper.paragraphs] == ["We agree [2]. It holds."]
    assert [marker.keys for one in paper.paragraphs for marker in one.markers] == [("b",)]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"\verb|\cite{a}|", r"\cite{a}"),
        (r"\verb*+x_1 [2]+", "x_1 [2]"),
        (r"\lstinline!\cite{b}!", r"\cite{b}"),
        (r"\lstinline[language=C]{\cite{b} \emph{c}}", r"\cite{b} \emph{c}"),
        (r"\mintinline{py}{x[1] @ y}", "x[1] @ y"),
        (r"\mintinline{py}|x|", "x"),
    ],
)
def test_code_in_a_line_is_shown_and_cites_nothing(source: str, shown: str) -> None:
    paper = _read(f"Use {source} here \\cite{{a}}.")
    assert [one.text for one in paper.paragraphs] == [f"Use {shown} here [1]."]
    assert [marker.keys for marker in paper.paragraphs[0].markers] == [("a",)]


def test_a_macro_that_prints_code_is_given_its_argument() -> None:
    assert _text(r"Use \code{x}.", r"\newcommand{\code}[1]{\lstinline!#1!}").startswith("Use")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"In [\citenum{a}] it holds.", "In [1] it holds."),
        (r"In Ref.~[\onlinecite{b}] it holds.", "In Ref. [2] it holds."),
        (r"In Ref.~\onlinecite{b} it holds.", "In Ref. [2] it holds."),
        (r"It holds [see \citenum{a}, \citenum{b}].", "It holds [see 1, 2]."),
        (r"Bb (\citeyear{b}) says so.", "Bb (2018) says so."),
        (r"It holds (Bb, [\citeyear{b}]).", "It holds (Bb, [2018])."),
        (r"Bb \citeyearpar{b} says so.", "Bb (2018) says so."),
        (r"It holds (as \citealp{a,b} say).", "It holds (as [1, 2] say)."),
    ],
)
def test_brackets_are_not_set_twice(source: str, text: str) -> None:
    paragraph = _read(source).paragraphs[0]
    assert paragraph.text == text
    assert {key for marker in paragraph.markers for key in marker.keys} <= {"a", "b"}
    assert paragraph.markers


def test_an_entry_that_cites_shows_numbers() -> None:
    body = (
        r"As in \cite{n}.\begin{thebibliography}{9}\bibitem{m} M. Mm. Mu nine. Tests. 2001."
        r"\bibitem{n} N. Nn. Nu ten. \cite{m}, 2002. See \citep[p.~3]{m,lost} and \cite{lost}."
        r"\end{thebibliography}"
    )
    paper = read_latex(rf"\begin{{document}}{body}\end{{document}}".encode(), "paper.tex")
    entry = paper.references[1]
    assert entry.text == "N. Nn. Nu ten. [1], 2002. See [1] and ."
    assert "cit." not in str(entry)


AUTHORS = [
    (
        r"\author{\IEEEauthorblockN{Ann Smith\IEEEauthorrefmark{1}}\\ \IEEEauthorblockA{Univ. X}"
        r" \and \IEEEauthorblockN{Bob Roe}\IEEEauthorblockA{Dept. Y}}",
        ("Smith, Ann", "Roe, Bob"),
    ),
    (
        r"\author{\IEEEauthorblockN{Ann Smith, Bob Roe, and Cy Doe}"
        r"\IEEEauthorblockA{\textit{Dept. Y, Z}\\ a@b.c}}",
        ("Smith, Ann", "Roe, Bob", "Doe, Cy"),
    ),
    (
        r"\author{Ann Smith,~\IEEEmembership{Member,~IEEE,} and Bob Roe\thanks{By {Z}, Y.}}",
        ("Smith, Ann", "Roe, Bob"),
    ),
    (r"\author{L-GM Lab Project}", ("L-GM Lab Project",)),
    (r"\author{{The Margin, Spread and Digit People} \and Ann Smith}",
     ("The Margin, Spread and Digit People", "Smith, Ann")),
]  # fmt: skip


@pytest.mark.parametrize(("source", "authors"), AUTHORS)
def test_authors_without_where_they_work(source: str, authors: tuple[str, ...]) -> None:
    assert _read("Words.", source).authors == authors


PARTS = [
    *(r"\iffalse ", r"\iftrue ", r"\ifx ", r"\fi ", r"\else ", r"\newif\ifa", r"\atrue ", r"\ifa "),
    *(
        r"\verb|",
        "|",
        r"\lstinline",
        "{",
        "}",
        "[",
        "]",
        r"\cite{a}",
        r"\citenum{b}",
        "a ",
        "\n",
        "#1",
    ),
]


@given(st.lists(st.sampled_from(PARTS), max_size=30))
def test_no_text_breaks_the_reader(parts: list[str]) -> None:
    for paragraph in _read("".join(parts)).paragraphs:
        for marker in paragraph.markers:
            assert 0 <= marker.start < marker.end <= len(paragraph.text)
            assert marker.keys


HOSTILE = (
    *(
        r"\iffalse ",
        r"\ifx ",
        r"\fi",
        r"\else",
        r"\verb|",
        r"\lstinline[",
        r"\lstinline{",
        r"\newif",
    ),
    *(r"\iffalse\fi", r"[\citenum{a}", r"\author{\IEEEauthorblockN{", r"\cite[a]"),
)


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_text_is_read_in_bounded_time(unit: str) -> None:
    began = time.process_time()
    _read(unit * 20_000)
    assert time.process_time() - began < 5
