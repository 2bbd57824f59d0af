"""A LaTeX paper gives the text that print shows, its markers and what each points to."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lgm_core.evidence.paper import Document, Paragraph
from lgm_core.evidence.reading.latex import read_latex
from lgm_core.evidence.reading.latex_text import plain_latex

PAPER = r"""
\documentclass{article}
\newcommand{\lgm}{L-GM}
\newcommand{\loss}[2][x]{loss #2 of #1}
\def\ours{our \emph{method}\xspace}
\title{A study of\\ \lgm{} margins\thanks{Funded.}}
\author{Ada B. Writer$^{1}$ \and J\"org M\"uller\\ University}
\date{March 2021}
% \cite{hidden}
\begin{document}
\maketitle
\begin{abstract}
We test the \lgm{} loss \cite{wan}. It works.
\end{abstract}
\section{Introduction}
\citet{wan} propose \lgm{}, with a 5\% gain~\citep[see][p.~3]{he,wan}. % gone \cite{hidden}
Unlike~\cite{he}, we observe $p < 0.05$ (Fig.~\ref{f}).

New text with \ours\footnote{As noted by \cite{he}.} and \loss{one}
\begin{equation} a = b \label{e} \end{equation}
where $\alpha \leq 1$ in Eq.~\eqref{e} follows \cite{none}. \Textcite{he} agree; \cites{wan}{he}
too.
\begin{figure}[t]\includegraphics[width=3cm]{x.png}
\caption[short]{Margins, as in \cite{wan}.}\label{f}\end{figure}
The paragraph goes on, as in \cite{wan}--\cite{deng}.
\subsection{Wider still}
Here \cite{wan}, \cite{he}, and \citeauthor{deng}~\cite{deng} or \citeauthor{he}.
\begin{verbatim}
\cite{hidden}
\end{verbatim}
\section*{Experimental setup}
\paragraph{Data.} We use \textsc{mnist}~\parencite*{he}.
\begin{itemize}\item One \autocite{wan}. \item[b] Two \footcite{he}.\end{itemize}
\begin{table}\begin{tabular}{cc} 1 & \cite{deng} \end{tabular}\caption{Rates.}\end{table}
\begin{thebibliography}{9}
\bibitem[Wan et al.(2018)Wan, Zhong, and Chen]{wan} W.~Wan, Y.~Zhong, and J.~Chen.
 \newblock Rethinking {F}eature distribution. \newblock In \emph{CVPR}, 2018.
\bibitem{he} K.~He and X.~Zhang. Deep residual learning. In CVPR, 2016.
\bibitem{no} N. Obody. An entry that nothing cites. 2001.
\bibitem{deng} J. Deng, N. Xue and A. Li. ArcFace loss. \url{https://doi.org/10.1109/A_b.9}, 2019.
\end{thebibliography}
\end{document}
\section{After the end \cite{hidden}}
"""


def _read(source: str = PAPER, name: str = "paper.tex") -> Document:
    return read_latex(source.encode(), name)


def _shown(paragraph: Paragraph) -> list[tuple[str, tuple[str, ...]]]:
    return [(paragraph.text[m.start : m.end], m.keys) for m in paragraph.markers]


def _body(text: str) -> Paragraph:
    bibliography = r"\begin{thebibliography}{9}\bibitem{a} A. Aa. Alpha one. 2001."
    bibliography += r"\bibitem{b} B. Bb. Beta two. 2002.\end{thebibliography}"
    source = rf"\begin{{document}}{text}{bibliography}\end{{document}}"
    (paragraph,) = _read(source).paragraphs
    return paragraph


def test_the_head_of_the_paper_is_read() -> None:
    paper = _read(name="2103.01234v2.tex")
    assert (paper.title, paper.authors) == (
        "A study of L-GM margins",
        ("Writer, Ada B.", "Müller, Jörg"),
    )
    assert (paper.format, paper.year, paper.arxiv) == ("latex", 2021, "2103.01234")


def test_paragraphs_read_as_in_print() -> None:
    assert [(p.section, p.heading, p.text) for p in _read().paragraphs] == [
        ("abstract", "Abstract", "We test the L-GM loss [1]. It works."),
        (
            "introduction",
            "Introduction",
            "Wan et al. [1] propose L-GM, with a 5% gain [see 2, 1, p. 3]. "
            "Unlike [2], we observe p < 0.05 (Fig. 1).",
        ),
        (
            "introduction",
            "Introduction",
            "New text with our method and loss one of x where α ≤ 1 in Eq. (1) follows [?]. "
            "He and Zhang [2] agree; [1, 2] too. The paragraph goes on, as in [1]–[4].",
        ),
        ("introduction", "Introduction", "Margins, as in [1]."),
        ("introduction", "Introduction", "As noted by [2]."),
        ("introduction", "Wider still", "Here [1], [2], and Deng et al. [4] or He and Zhang."),
        ("methods", "Data", "We use mnist [2]."),
        ("methods", "Data", "One [1]."),
        ("methods", "Data", "Two [2]."),
        ("methods", "Data", "Rates."),
    ]


def test_markers_point_where_they_say() -> None:
    paragraphs = _read().paragraphs
    assert _shown(paragraphs[1]) == [
        ("[1]", ("wan",)),
        ("[see 2, 1, p. 3]", ("he", "wan")),
        ("[2]", ("he",)),
    ]
    assert _shown(paragraphs[2]) == [
        ("[?]", ("none",)),
        ("[2]", ("he",)),
        ("[1, 2]", ("wan", "he")),
        ("[1]–[4]", ("wan", "he", "no", "deng")),
    ]
    assert _shown(paragraphs[5])[2:] == [("[4]", ("deng",)), ("He and Zhang", ("he",))]


def test_the_printed_bibliography_is_read() -> None:
    paper = _read()
    wan, he, _, deng, missing = paper.references
    assert (wan.title, wan.year) == ("Rethinking Feature distribution", 2018)
    assert wan.authors == ("Wan, W.", "Zhong, Y.", "Chen, J.")
    assert (he.title, he.venue) == ("Deep residual learning", "CVPR")
    assert (deng.doi, len(deng.authors)) == ("10.1109/a_b.9", 3)
    assert (missing.key, missing.text) == ("none", "")
    assert paper.notes == ("The text cites 'none', which the bibliography does not list.",)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"\cite{a,b}", "[1, 2]"),
        (r"\cite[Ch.~2]{a}", "[1, Ch. 2]"),
        (r"\Citep*[cf.][]{b}", "[cf. 2]"),
        (r"\citealp{a}", "[1]"),
        (r"\citeyearpar{b}", "(2002)"),
        (r"\citetitle{b}", "Beta two"),
        (r"\cite{a}, \cite{b}", "[1]"),
        (r"\supercite{ a }", "[1]"),
        ("\\cite{a,\n b}", "[1, 2]"),
    ],
)
def test_each_citing_command(source: str, shown: str) -> None:
    assert _shown(_body(f"Words {source} more."))[0][0] == shown


def test_a_narrative_citation_of_two() -> None:
    paragraph = _body(r"\citet{a,b} agree. \nocite{b}\citestyle{x}")
    assert paragraph.text == "Aa [1] and Bb [2] agree."
    assert _shown(paragraph) == [("[1]", ("a",)), ("[2]", ("b",))]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"Na\"{\i}ve caf\'e, \c{c}a, \v{s}, {\L}\'od\'z, \o", "Naïve café, ça, š, Łódź, ø"),
        (
            r"a---b, 3--5, ``q'', x~y, 5\%, \$6, A\&B, a\_b, \#1",
            "a—b, 3–5, “q”, x y, 5%, $6, A&B, a_b, #1",
        ),
        (r"\emph{one \textbf{two}} {\it three} \href{http://x}{link}", "one two three link"),
        (r"$10^{-3}$, $\beta \pm 0.2$, $\sim 5\%$, \(n = 3\)", "10^-3, β ± 0.2, ∼ 5%, n = 3"),
        (r"\unknown{kept} and \broken{", "kept and"),
    ],
)
def test_latex_reads_as_print_shows_it(source: str, text: str) -> None:
    assert plain_latex(source) == text


def test_without_a_bibliography_keys_are_references_with_a_note() -> None:
    paper = _read(r"\begin{document}As in \cite{x,y} and \citet{z}.\end{document}")
    assert paper.paragraphs[0].text == "As in [?, ?] and [?]."
    assert [reference.key for reference in paper.references] == ["x", "y", "z"]
    assert paper.notes[-1].startswith("The text cites 'x', 'y', 'z', which the bibliography")


def test_without_citations_the_bibliography_is_a_note() -> None:
    paper = _read(r"\begin{document}Words.\begin{thebibliography}{1}\bibitem{a} A. B. C d. 2001.")
    assert [reference.key for reference in paper.references] == ["a"]
    assert paper.notes == ("The bibliography has 1 entries, but no citation of one was found.",)


def test_latin_one_is_read_with_a_note() -> None:
    source = "\\begin{document}Le caf\xe9 de \\cite{a}.\\end{document}".encode("latin-1")
    paper = read_latex(source, "vieux.tex")
    assert paper.paragraphs[0].text == "Le café de [?]."
    assert "'vieux.tex' is not UTF-8" in paper.notes[0]


@pytest.mark.parametrize(
    "bomb",
    [
        r"\def\a{\a\a}\a",
        r"\def\a{\b\b}\def\b{\a\a}\a",
        r"\newcommand{\a}[1]{#1#1#1#1#1#1#1#1}" + r"\a{" * 30 + "x" + "}" * 30,
        "".join(rf"\def\x{chr(98 + n)}{{" + rf"\x{chr(97 + n)}" * 10 + "}" for n in range(20))
        + r"\xu",
    ],
)  # fmt: skip
def test_macro_bombs_end_quickly(bomb: str) -> None:
    began = time.perf_counter()
    paper = _read(rf"\begin{{document}}{bomb} and \cite{{a}}.\end{{document}}")
    assert time.perf_counter() - began < 4
    assert [reference.key for reference in paper.references] == ["a"]


@pytest.mark.parametrize(
    "unit",
    ["{", "$", r"\begin{a}", r"\cite{", r"\cite[", r"\(", r"\"", r"\section{", r"\frac", "%"],
)  # fmt: skip
def test_hostile_text_is_read_in_bounded_time(unit: str) -> None:
    began = time.perf_counter()
    _read(r"\begin{document}" + unit * 20_000)
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    "unit", [r"\citet[", r"\frac{", r"\footnote[{", r"\newcommand{a}[", r"\begin{array}[{"]
)
def test_arguments_that_never_close_are_not_tried_for_each_around_them(unit: str) -> None:
    began = time.perf_counter()
    for times in (10, 20, 40, 1000):
        _read(r"\begin{document}We agree. " + unit * times)
        plain_latex("We $agree$. " + unit * times)
    assert time.perf_counter() - began < 3


def test_a_command_without_what_its_print_needs_costs_no_paper() -> None:
    assert plain_latex(r"A $b$ \footnote[ c") == "A b [ c"


# Three uses of a macro within itself are 3^8 of them after eight rounds: 0.3 s and more.
@settings(deadline=3_000)
@given(
    st.lists(
        st.sampled_from(
            [
                "{",
                "}",
                "[",
                "]",
                "$",
                "%",
                "\\",
                "a ",
                "\n",
                "\\cite{a}",
                "\\citet[",
                "\\section{",
                "\\begin{figure}",
                "\\end{figure}",
                "\\def\\x{",
                "\\x",
                "\\footnote{",
                "\\item",
                "\\[",
            ]
        ),
        max_size=40,
    )
)
def test_no_text_breaks_the_reader(parts: list[str]) -> None:
    for paragraph in _read("\\begin{document}" + "".join(parts)).paragraphs:
        for marker in paragraph.markers:
            assert 0 <= marker.start < marker.end <= len(paragraph.text)
            assert marker.keys


def test_a_long_paper_is_quick() -> None:
    sentence = r"We \emph{follow} \citet{wan} and find $\alpha \leq 0.5$ at 5\%~\cite{he}. "
    long = PAPER.replace(r"\subsection{Wider still}", (sentence * 8 + "\n\n") * 150)
    began = time.perf_counter()
    assert sum(len(p.markers) for p in _read(long).paragraphs) > 2400
    assert time.perf_counter() - began < 4
