"""A Markdown paper gives plain text, its markers and what each points to."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgm_core.evidence.paper import Document, EvidenceError, Paragraph
from lgm_core.evidence.reading.markdown import read_markdown
from lgm_core.evidence.reading.markdown_cites import cited_pieces

BIB = b"""@article{wan2018, title={Rethinking}, author={Wan, W. and Zhong, Y. and Chen, J.},
 year=2018}
@article{he2016, title={Deep}, author={He, K. and Zhang, X.}, year=2016}
@misc{doe.x:1, title={Colons}, author={Doe, J.}}
"""
PAPER = """---
title: "A *study* of margins"
author:
  - Ada Writer
  - Müller, Jörg
date: 4 March 2021
doi: https://doi.org/10.1234/MD.1
arxiv: 2103.00001v2
---

# Abstract
Wide margins help [@wan2018].

# 1 Introduction

@wan2018 [p. 3] propose **L-GM** with $p < 0.05$ [see @he2016; @wan2018, p. 3]. Mail a@b.com.
Unlike [-@he2016], we observe `x_1` in [a link](http://x.y) and *emphasis*; A\\*B by @{doe.x:1}.

Margins at home
---------------

* item one [@none]
* item **two** [@wan2018; @he2016]
  goes on

| a | b [@he2016] |
|---|---|
| 1 | 2 |

```python
x = "[@he2016]"
```

<!-- [@hidden] -->
> Quoted from @he2016.[^n] Ask @someone.

[^n]: A note on [@wan2018].

## Experimental setup
![A picture of [@wan2018]](x.png)

# References

```bibtex
BIB```
"""


def _read() -> Document:
    return read_markdown(PAPER.replace("BIB", BIB.decode()).encode())


def _shown(paragraph: Paragraph) -> list[tuple[str, tuple[str, ...]]]:
    return [(paragraph.text[m.start : m.end], m.keys) for m in paragraph.markers]


def test_the_head_of_the_paper_is_read() -> None:
    paper = _read()
    assert (paper.title, paper.year) == ("A study of margins", 2021)
    assert paper.authors == ("Writer, Ada", "Müller, Jörg")
    assert (paper.doi, paper.arxiv) == ("10.1234/md.1", "2103.00001")


def test_paragraphs_are_plain_text_below_their_headings() -> None:
    assert [(p.section, p.heading, p.text) for p in _read().paragraphs] == [
        ("abstract", "Abstract", "Wide margins help [1]."),
        (
            "introduction",
            "1 Introduction",
            "Wan et al. [1, p. 3] propose L-GM with p < 0.05 [see 2; 1, p. 3]. Mail a@b.com. "
            "Unlike [2], we observe x_1 in a link and emphasis; A*B by Doe [3].",
        ),
        ("introduction", "Margins at home", "item one [?]"),
        ("introduction", "Margins at home", "item two [1, 2] goes on"),
        ("introduction", "Margins at home", "Quoted from He and Zhang [2]. Ask @someone."),
        ("introduction", "Margins at home", "A note on [1]."),
        ("methods", "Experimental setup", "A picture of [1]"),
    ]


def test_markers_point_where_they_say() -> None:
    paragraphs = _read().paragraphs
    assert _shown(paragraphs[1]) == [
        ("[1, p. 3]", ("wan2018",)),
        ("[see 2; 1, p. 3]", ("he2016", "wan2018")),
        ("[2]", ("he2016",)),
        ("[3]", ("doe.x:1",)),
    ]
    assert _shown(paragraphs[3]) == [("[1, 2]", ("wan2018", "he2016"))]


def test_a_key_without_an_entry_is_a_reference_and_a_note() -> None:
    paper = _read()
    assert [r.key for r in paper.references] == ["wan2018", "he2016", "doe.x:1", "none"]
    assert paper.notes == ("The text cites 'none', which the bibliography does not list.",)


def test_a_bibliography_beside_the_text() -> None:
    paper = read_markdown(b"# My title\n\n# Results\nAs [@he2016] found.", BIB)
    assert paper.title == "My title"
    assert (paper.paragraphs[0].text, paper.paragraphs[0].section) == ("As [2] found.", "results")


def test_a_bibliography_without_citations_is_a_note() -> None:
    assert read_markdown(b"Words.", BIB).notes == (
        "The bibliography has 3 entries, but no citation of one was found.",
    )


def test_numbers_without_bibtex_are_told() -> None:
    paper = read_markdown(b"Known [1].\n\n# References\n\n1. A. Aa. Alpha. 2001.")
    assert paper.notes[0].startswith("The text cites by numbers without BibTeX")
    assert [p.text for p in paper.paragraphs] == ["Known [1]."]


def test_latin_one_is_read_with_a_note() -> None:
    paper = read_markdown("Un caf\xe9.".encode("latin-1"))
    assert paper.paragraphs[0].text == "Un café."
    assert "not UTF-8" in paper.notes[0]


def test_html_is_taken_off_and_its_text_stays_text() -> None:
    paper = read_markdown(b"A <b>bold</b> &lt;script&gt; word, 2 < 3 and <https://x.y>.")
    assert paper.paragraphs[0].text == "A bold <script> word, 2 < 3 and https://x.y."


def test_the_size_is_bounded() -> None:
    with pytest.raises(EvidenceError, match="4194304"):
        read_markdown(b"x" * 4_194_305)


@given(st.text(alphabet="[]@;-*_`$#\\<>!()|~ \nab1:{}^", max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    paper = read_markdown(text.encode(), BIB)
    for paragraph in paper.paragraphs:
        for marker in paragraph.markers:
            assert 0 <= marker.start < marker.end <= len(paragraph.text)
            assert marker.keys


@pytest.mark.parametrize(
    "unit", ["[", "[@a", "*a ", "`", "<a ", "$a", "_a ", "![", "[@a; ", "---\n"]
)
def test_hostile_text_is_read_in_bounded_time(unit: str) -> None:
    began = time.perf_counter()
    read_markdown((unit * 20_000).encode())
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("written", ['"L-GM Lab Project"', "{L-GM Lab Project}"])
def test_a_project_is_an_author_of_one_name(written: str) -> None:
    paper = read_markdown(f"---\nauthor: {written}\n---\n\nWords.".encode())
    assert paper.authors == ("L-GM Lab Project",)


def test_a_dated_key_without_its_bibliography_is_cited_and_missed_and_a_bare_word_is_not() -> None:
    missing: dict[str, None] = {}
    pieces = cited_pieces("As @wan2018 and @you say, mail a@b2018.org.", {}, missing)
    assert (
        "".join(piece.text for piece in pieces) == "As wan2018 [?] and @you say, mail a@b2018.org."
    )
    assert [piece.keys for piece in pieces if piece.keys] == [("wan2018",)]
    assert list(missing) == ["wan2018"]
