"""Archives of LaTeX are read inside themselves only, and within bounds."""

from __future__ import annotations

import gzip
import io
import tarfile
import time
import zipfile

import pytest

from lgm_core.evidence.paper import EvidenceError
from lgm_core.evidence.reading import latex_files
from lgm_core.evidence.reading.latex import read_latex

MAIN = r"""\documentclass{article}\input{macros}\begin{document}
\input{sections/intro}\include{sections/end}\bibliographystyle{plain}\bibliography{refs}
\end{document}"""
FILES = {
    "macros.tex": r"\newcommand{\lgm}{L-GM}",
    "ms.tex": MAIN,
    "sections/intro.tex": "\\section{Introduction}The \\lgm{} of \\citet{wan} \\input more .\n",
    "sections/end.tex": r"\section{Results}It holds \cite{he,wan}.",
    "sections/more.tex": "and more",
    "refs.bib": "@misc{unused, title={Unused}}\n@article{he, title={Deep nets}, author={He, K.}}\n"
    "@article{wan, title={Rethinking}, author={Wan, W. and Li, T. and Chen, J.}, year=2018}",
    "notes.txt": "not read",
}


def _tar(files: dict[str, str | bytes], *members: tarfile.TarInfo, mode: str = "w:gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for name, text in files.items():
            data = text.encode() if isinstance(text, str) else text
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for member in members:
            archive.addfile(member)
    return buffer.getvalue()


def _zip(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def _link(name: str, target: str, kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize(
    "data",
    [_tar(dict(FILES)), _tar(dict(FILES), mode="w"), _zip(FILES)],
    ids=["tar.gz", "tar", "zip"],
)
def test_an_archive_is_one_paper(data: bytes) -> None:
    paper = read_latex(data, "1803.02988.tar.gz")
    assert [(p.section, p.text) for p in paper.paragraphs] == [
        ("introduction", "The L-GM of Wan et al. [2] and more ."),
        ("results", "It holds [1, 2]."),
    ]
    assert [reference.key for reference in paper.references] == ["he", "wan"]
    assert (paper.arxiv, paper.year, paper.notes) == ("1803.02988", 2018, ())


def test_one_gzipped_file_is_a_paper() -> None:
    data = gzip.compress(rb"\begin{document}As \cite{a}.\end{document}")
    assert read_latex(data, "1803.02988").paragraphs[0].text == "As [?]."


def test_a_bbl_gives_the_order_and_the_bib_the_facts() -> None:
    bbl = r"\begin{thebibliography}{2}\bibitem{wan} W. Wan et~al. \newblock Rethink."
    paper = read_latex(_tar(FILES | {"ms.bbl": bbl + r"\bibitem{he} K. He."}), "x.tar.gz")
    assert [reference.key for reference in paper.references] == ["wan", "he"]
    assert (paper.references[0].title, paper.references[0].year) == ("Rethinking", 2018)
    assert paper.paragraphs[1].text == "It holds [2, 1]."


def test_the_bbl_of_biblatex_is_read() -> None:
    bbl = r"""\entry{wan}{article}{}
      \name{author}{2}{}{%
        {{hash=1}{family={Wan}, familyi={W\bibinitperiod}, given={Weitao}, giveni={W}}}%
        {{hash=2}{family={M{\"u}ller}, given={Jo}}}%
      }
      \field{journaltitle}{JMLR}
      \field{title}{Rethinking {F}eatures}
      \field{year}{2018}
      \verb{doi}
      \verb 10.1000/X_1
      \endverb
    \endentry"""
    files = {"a.tex": r"\begin{document}\cite{wan}\end{document}", "a.bbl": bbl}
    (wan,) = read_latex(_tar(dict(files)), "a.tar.gz").references
    assert (wan.title, wan.venue, wan.year) == ("Rethinking Features", "JMLR", 2018)
    assert (wan.doi, wan.authors[0]) == ("10.1000/x_1", "Wan, Weitao")


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../../etc/passwd", "a/../../x", "~/x", "|ls", "file:///etc/passwd", "..\\x"],
)
def test_an_input_outside_the_paper_is_never_opened(path: str) -> None:
    source = rf"\begin{{document}}Before \input{{{path}}} after \cite{{a}}.\end{{document}}"
    for data, name in ((source.encode(), "p.tex"), (_tar({"p.tex": source}), "p.tar.gz")):
        paper = read_latex(data, name)
        assert paper.paragraphs[0].text == "Before after [?]."
        assert "points outside the paper and was not opened." in paper.notes[0]


def test_loops_and_missing_inputs_are_cut_with_a_note() -> None:
    files = {
        "p.tex": r"\begin{document}One \input{a} \input{p} \input{gone} \cite{x}.\end{document}",
        "a.tex": r"two \input{b}",
        "b.tex": r"three \input{a}",
    }
    paper = read_latex(_tar(dict(files)), "p.tar.gz")
    assert paper.paragraphs[0].text == "One two three [?]."
    assert sum("includes itself" in note for note in paper.notes) == 2
    assert any("'gone' is not among" in note for note in paper.notes)


def test_inputs_that_multiply_are_bounded() -> None:
    files = {f"f{n}.tex": rf"x \input{{f{n + 1}}}" * 20 for n in range(9)} | {"f9.tex": "y" * 9000}
    files["p.tex"] = r"\begin{document}\input{f0}\end{document}"
    began = time.perf_counter()
    paper = read_latex(_tar(dict(files)), "p.tar.gz")
    assert time.perf_counter() - began < 4
    assert any("was left out" in note for note in paper.notes)


def test_entries_that_climb_out_and_links_are_left_out() -> None:
    data = _tar(
        {"../evil.tex": "evil", "/abs.tex": "evil", "p.tex": r"\begin{document}Good \cite{a}."},
        _link("passwd.tex", "/etc/passwd", tarfile.SYMTYPE),
        _link("hard.tex", "p.tex", tarfile.LNKTYPE),
        _link("pipe.tex", "", tarfile.FIFOTYPE),
    )
    paper = read_latex(data, "p.tar.gz")
    assert [p.text for p in paper.paragraphs] == ["Good [?]."]
    assert [note.split("entry '")[1].split("'")[0] for note in paper.notes[:5]] == [
        "../evil.tex", "/abs.tex", "passwd.tex", "hard.tex", "pipe.tex",
    ]  # fmt: skip


def test_too_many_files_and_too_much_are_refused() -> None:
    with pytest.raises(EvidenceError, match="too many files"):
        read_latex(_tar({f"{n}.png": "" for n in range(2001)}), "p.tar.gz")
    with pytest.raises(EvidenceError, match="too many files"):
        read_latex(_zip({f"{n}.tex": "x" for n in range(402)}), "p.zip")
    with pytest.raises(EvidenceError, match="4194304 bytes"):
        read_latex(_zip({"p.tex": "x" * 4_194_305}), "p.zip")
    with pytest.raises(EvidenceError, match="4194304 bytes"):
        read_latex(gzip.compress(b"x" * 4_194_305), "p.gz")


def test_a_gzip_bomb_ends_at_the_bound() -> None:
    began = time.perf_counter()
    data = _tar({"big.png": b"\0" * (latex_files.MAX_UNPACKED + 1), "p.tex": "x"})
    with pytest.raises(EvidenceError, match="unpacks to more than"):
        read_latex(data, "p.tar.gz")
    assert time.perf_counter() - began < 8


def test_a_zip_of_many_large_texts_ends_at_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latex_files, "MAX_UNPACKED", 30_000)
    files = {f"{number}.tex": "x" * 10_000 for number in range(4)}
    with pytest.raises(EvidenceError, match="unpacks to more than 30000 bytes"):
        read_latex(_zip(files), "p.zip")
    assert latex_files.open_sources(_zip(dict(list(files.items())[:3])), "p.zip").files


@pytest.mark.parametrize(
    "data",
    [_tar(dict(FILES))[:-200], _zip(FILES)[:-40], b"\x1f\x8bnot", b"PK\x03\x04not", b"\x1f\x8b"],
)
def test_broken_archives_are_one_sentence(data: bytes) -> None:
    with pytest.raises(EvidenceError, match=r"cannot be unpacked; .*\.$"):
        read_latex(data, "x.tar.gz")


def test_an_archive_without_tex_is_refused() -> None:
    with pytest.raises(EvidenceError, match=r"No \.tex file"):
        read_latex(_tar({"refs.bib": "@misc{a}"}), "x.tar.gz")
