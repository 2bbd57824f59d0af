"""A Markdown paper chooses its bibliography among files, or is read by the list it prints."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgm_core.evidence.paper import Paper
from lgm_core.evidence.reading.markdown_files import bibliographies
from lgm_core.evidence.reading.read import read_document, read_paper

CATS = b"@article{smith, title={Cats sleep all day long}, author={Smith, A.}, year={2020}}"
MASS = b"@article{smith, title={Neutrinos have a mass}, author={Smith, Z.}, year={2020}}"
GIVEN = {"a.bib": CATS, "b.bib": MASS, "c.bbl": b""}
RESULTS = "# Results\n\nWe confirm @smith.\n"


@pytest.mark.parametrize(
    ("field", "chosen"),
    [
        ("b.bib", ["b.bib"]),
        ('"lists/B.bib" # of ours', ["b.bib"]),
        ("c\\b", ["b.bib"]),
        ("[b.bib, 'a.bib']", ["b.bib", "a.bib"]),
        ("\n  - b.bib\n  - a.bib", ["b.bib", "a.bib"]),
        ("lost.bib", ["a.bib", "b.bib"]),
        ("[lost.bib, b.bib]", ["b.bib"]),
    ],
)
def test_the_field_at_the_top_chooses(field: str, chosen: list[str]) -> None:
    text = f"---\ntitle: T\nbibliography: {field}\n---\n{RESULTS}".encode()
    assert bibliographies(text, "a.md", GIVEN) == chosen


def test_without_the_field_the_one_of_the_same_name_goes_first() -> None:
    assert bibliographies(RESULTS.encode(), "papers/b.md", GIVEN) == ["b.bib", "a.bib"]
    assert bibliographies(RESULTS.encode(), "z.md", GIVEN) == ["a.bib", "b.bib"]


@pytest.mark.parametrize("field", ["bibliography: b.bib\n", ""])
def test_a_key_that_two_files_have_is_the_own_ones(field: str) -> None:
    text = f"---\ntitle: T\n{field}---\n{RESULTS}".encode()
    paper = read_paper(text, "b.md", GIVEN)
    assert [one.title for one in paper.references] == ["Neutrinos have a mass"]
    assert [one.citations[0].key for one in paper.statements] == ["smith"]


PRINTED = """---
title: "On *laws*"
author: Ada Writer
---

## 1 Introduction

**Kaplan et al.** [1] found *power laws*. See [this page](http://x.org/a_(b)_c) and
![img](x.png) [[2]](#two), M&amp;M's <b>bold</b>, \\*starred\\* and [3](#three).

Its `code [2]`, \\(a[1]\\) and \\[b = a[2]\\] with its ``a`[1]`` and $x_[1]$ are no citations,
nor is `Lee (2001)`.

![A caption that cites [3].](x.png)

> > "Loss scales" [1]
> and so on [1][2].

a | b [2]
--|--
c | d [1]

| e | f [3] |
|---|-------|

```
arr[1] = 2
```

    indented[2] = 3

We find $$
y = x[1]
$$
that it holds \\[3\\].

$$
z = x[2]

<table>

<tr><td>A cell [1].</td></tr>
</table>

1. An item [2]

   goes on [1].

# References

1. Kaplan, J. *Scaling laws of language*. arXiv:2001.08361 (2020).
2. Hoffmann, J. **Training of `large` models**. [arXiv preprint](https://arxiv.org/abs/2203.15556),
   2022.
3. Lee, K. _Legibility_ of print. *Vision Research*. 2001.
"""


def _cited(paper: Paper) -> list[tuple[str, list[str]]]:
    return [(one.sentence, [it.key for it in one.citations]) for one in paper.statements]


def test_a_printed_list_is_read_without_the_marks() -> None:
    paper = read_paper(PRINTED.encode(), "p.md")
    assert (paper.title, paper.authors) == ("On laws", ("Writer, Ada",))
    assert [(one.title, one.venue, one.year) for one in paper.references] == [
        ("Scaling laws of language", None, 2020),
        ("Training of large models", "arXiv preprint", 2022),
        ("Legibility of print", "Vision Research", 2001),
    ]
    assert _cited(paper) == [
        ("Kaplan et al. [1] found power laws.", ["1"]),
        ("See this page and [2], M&M's bold, *starred* and [3].", ["2", "3"]),
        ("A caption that cites [3].", ["3"]),
        ('"Loss scales" [1] and so on [1][2].', ["1", "1", "2"]),
        ("We find that it holds [3].", ["3"]),
        ("An item [2] goes on [1].", ["2", "1"]),
    ]
    assert {one.section for one in paper.statements} == {"introduction"}


def test_code_is_shown_as_it_is() -> None:
    document = read_document(PRINTED.encode(), "p.md")
    assert (
        "Its code [2], a[1] and with its a`[1] and x_[1] are no citations, nor is Lee (2001)."
        in [one.text for one in document.paragraphs]
    )


KEYED = """# Results

It is \\@smith, `[@smith]`, $p[@smith]$ or $$ [@smith] $$ and a@smith.

We agree with @smith in `x[1]`.

a | b
--|--
c | @smith

> ```r
> x <- "[@smith]"
> ```
> Quoted from [@smith].
"""


def test_code_and_formulas_cite_no_keys() -> None:
    paper = read_paper(KEYED.encode(), "a.md", {"a.bib": CATS})
    assert _cited(paper) == [
        ("We agree with Smith [1] in x[1].", ["smith"]),
        ("Quoted from [1].", ["smith"]),
    ]
    assert paper.notes == ()


def test_code_cites_nothing_where_no_list_is_found() -> None:
    paper = read_paper(b"# Results\n\nIt holds [2]. The `a[7]` of Poe (1999) is code.\n", "a.md")
    assert [one.key for one in paper.references] == ["2", "Poe, 1999"]


def test_superscripts_cite_where_the_list_is_numbered() -> None:
    text = (
        "# Results\n\nIt holds.<sup>1,2</sup> In 10<sup>6</sup> m^2^ it fails.<sup>2</sup>\n\n"
        "**References**\n\n[1]: Smith, J. On the one margin. Tests. 2001.\n"
        "[2]: Lee, K. On the other margin. Tests. 2002.\n"
    )
    paper = read_paper(text.encode(), "a.md")
    assert [one.title for one in paper.references] == ["On the one margin", "On the other margin"]
    assert _cited(paper) == [
        ("It holds [1,2].", ["1", "2"]),
        ("In 10⁶ m² it fails [2].", ["2"]),
    ]


@given(st.text(alphabet="[]@;-*_`$#\\<>!()|~ \nab12:{}^&", max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    held = f"# A\n\nIt holds [1].\n\n{text}\n\n# References\n\n1. Smith, J. On it. 2001.\n"
    for paragraph in read_document(held.encode(), "a.md").paragraphs:
        assert not any("\ue000" <= letter <= "\uf8ff" for letter in paragraph.text)
        for marker in paragraph.markers:
            assert 0 <= marker.start < marker.end <= len(paragraph.text)
            assert marker.keys


HOSTILE = (
    *(
        "\\",
        "$$",
        "> ",
        ">",
        "-|",
        "-||",
        "[1][",
        "~~a",
        "^1",
        "<sup>1",
        "[[1]](",
        "[a](<",
        "`` ` ",
    ),
    *(
        "\\(a",
        "\\[=",
        "\\[a",
        "[a](b 'c",
        "[1], ",
        "<table>\n",
        "$$\n",
        "| a\n",
        "- a\n",
        "[1]: a\n",
        "[a]: b (",
        "__a ",
    ),
)


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_text_is_read_in_bounded_time(unit: str) -> None:
    began = time.process_time()
    read_document(
        f"# A\n\nIt [1].\n\n{unit * 20_000}x\n\n# References\n\n1. A, B. C.".encode(), "a.md"
    )
    assert time.process_time() - began < 5
