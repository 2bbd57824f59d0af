from __future__ import annotations

import textwrap
import time

import pytest

from lgm_core.evidence.paper import EvidenceError
from lgm_core.evidence.reading.plain import read_text
from lgm_core.evidence.statements import paper_of

PAPER = """\
A Study of Margins

Jane Doe and Wei Li

ABSTRACT

We study margins and their
mea-
surement.

1. Introduction

Margins were studied by Smith et al. [1]. In line with [2], we find
that they matter; see Fig. 2. The state-of-the-
art method is state-of-the-art.

Others disagree [3].

2. Results

2.1. Of the first kind
It holds [1-3].

REFERENCES

[1] J. Smith, A. Jones and B. Li. On margins. Journal of Tests, 1,
    2001.
[2] K. Lee. More on margins. Journal of Tests, 2, 2002. doi:10.1234/abc
[3] W. Li. Less on margins. Journal of Tests, 3, 2003.

Appendix

It holds in the appendix [2].
"""


def test_a_paper_of_broken_lines() -> None:
    document = read_text(PAPER.encode())
    assert document.title == "A Study of Margins"
    assert document.authors == ("Doe, Jane", "Li, Wei")
    assert [(one.section, one.heading, one.text) for one in document.paragraphs] == [
        ("abstract", "ABSTRACT", "We study margins and their measurement."),
        (
            "introduction",
            "1. Introduction",
            "Margins were studied by Smith et al. [1]. In line with [2], we find that they "
            "matter; see Fig. 2. The state-of-the-art method is state-of-the-art.",
        ),
        ("introduction", "1. Introduction", "Others disagree [3]."),
        ("results", "2.1. Of the first kind", "It holds [1-3]."),
        ("other", "Appendix", "It holds in the appendix [2]."),
    ]
    assert [(one.key, one.year, one.doi) for one in document.references] == [
        ("1", 2001, None),
        ("2", 2002, "10.1234/abc"),
        ("3", 2003, None),
    ]
    assert len(paper_of(document).statements) == 5
    assert document.notes == ()


LISTS = [
    "1. Smith, J. (2001). One. Journal.\n2. Lee, K. (2002). Two. Journal.",
    "(1) Smith, J. (2001). One. Journal.\n(2) Lee, K. (2002). Two. Journal.",
    "[1] Smith, J. (2001). One. Journal. [2] Lee, K. (2002). Two. Journal.",
    "1 Smith, J. (2001). One. Journal.\n2 Lee, K. (2002). Two. Journal.",
    "[1] Smith, J. (2001). One.\nJournal.\n\n[2] Lee, K. (2002). Two.\nJournal.",
]


@pytest.mark.parametrize("entries", LISTS)
def test_numbered_lists(entries: str) -> None:
    document = read_text(f"Introduction\n\nIt holds [2].\n\nReferences\n\n{entries}\n".encode())
    assert [(one.key, one.year) for one in document.references] == [("1", 2001), ("2", 2002)]
    assert document.paragraphs[0].markers[0].keys == ("2",)


NAMED_LISTS = [
    "Lee, K. (2002). Two of\nthem. Journal.\n\nSmith, J. (2001). One of\nthem. Journal.\n\n"
    "Wu, X. (2003). Three.",
    "Lee, K. (2002). Two of\n    them. Journal.\nSmith, J. (2001). One of\n    them. Journal.\n"
    "Wu, X. (2003). Three.",
    "Lee, K. (2002). Two of\nthem. Journal.\nSmith, J. (2001). One of\nthem. Journal.\n"
    "Wu, X. (2003). Three.",
]


@pytest.mark.parametrize("entries", NAMED_LISTS)
def test_lists_by_name(entries: str) -> None:
    text = f"Introduction\n\nIt holds (Smith, 2001), says Wu (2003).\n\nBibliography\n\n{entries}\n"
    document = read_text(text.encode())
    assert [one.year for one in document.references] == [2002, 2001, 2003]
    assert [one.key for one in document.references] == ["lee2002", "smith2001", "wu2003"]
    assert [one.keys for one in document.paragraphs[0].markers] == [("smith2001",), ("wu2003",)]


def test_a_list_without_a_heading_ends_the_paper() -> None:
    entries = "\n".join(f"[{n}] Smith, J. (200{n}). Title {n}. Journal." for n in range(1, 5))
    document = read_text(f"Introduction\n\nIt holds [4].\n\n{entries}\n".encode())
    assert [one.key for one in document.references] == ["1", "2", "3", "4"]


def test_long_lines_are_paragraphs_of_their_own() -> None:
    line = "This is a sentence that goes on for a while and then some more. " * 5
    document = read_text(f"Methods\n{line}\n{line}\nResults\n{line}\n".encode())
    assert [one.section for one in document.paragraphs] == ["methods", "methods", "results"]


def test_superscripts_are_set_in_brackets_before_the_stop() -> None:
    text = "Results\n\nIt was so.¹,² It is.³\n\nReferences\n\n1. A, B. One. 2001.\n2. C, D. Two. "
    document = read_text((text + "2002.\n3. E, F. Three. 2003.\n").encode())
    (paragraph,) = document.paragraphs
    assert paragraph.text == "It was so [1,2]. It is [3]."
    printed = [paragraph.text[one.start : one.end] for one in paragraph.markers]
    assert printed == ["[1,2]", "[3]"]


CUT = [
    ("The low-\nrank one is low, of rank two.", "low-rank"),
    ("The low-\nrank one is lowrank, low, of rank two.", "lowrank one"),
    ("A net-\nwork is a net of work like other networks.", "network is"),
    ("It is so be-\ncause to be is a cause.", "because"),
    ("The mea-\nsured and the mea-\nsured one.", "measured and the measured"),
    ("The distorted-\ndigit images were used.", "distorted-digit"),
    ("It was surprising-\nly embed-\nded in washing-\nton.", "surprisingly embedded in washington"),
    ("A cell-\ntype and the cell-type of cells.", "cell-type and"),
]


@pytest.mark.parametrize(("text", "mended"), CUT)
def test_hyphens_at_line_ends_stay_between_two_words(text: str, mended: str) -> None:
    (paragraph,) = read_text(text.encode()).paragraphs
    assert mended in paragraph.text


def test_a_list_of_organisations_is_found_by_their_names() -> None:
    entries = (
        "L-GM Lab Project (2024). On margins.\n\nOpenAI (2023). A report.\n\nWu, X. (2003). Three."
    )
    said = "It holds (L-GM Lab Project, 2024), says OpenAI (2023)."
    document = read_text(f"Introduction\n\n{said}\n\nReferences\n\n{entries}\n".encode())
    keys = ["lgmlabproject2024", "openai2023", "wu2003"]
    assert [one.key for one in document.references] == keys
    assert [one.keys for one in document.paragraphs[0].markers] == [(keys[0],), (keys[1],)]
    assert document.references[0].title == "On margins"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_in_the_usual_codes(encoding: str) -> None:
    assert "Müller" in read_text("Müller found it.".encode(encoding)).paragraphs[0].text


def test_hard_wrapped_and_unwrapped_say_the_same() -> None:
    said = "We agree with Smith et al. [1] but not with the well-known work of Lee [2]. " * 6
    entries = "\n\nReferences\n\n[1] Smith, J. One. 2001.\n[2] Lee, K. Two. 2002.\n"
    wrapped = "\n".join(textwrap.wrap(said, 60, break_on_hyphens=False))
    found = [
        paper_of(read_text(f"Results\n\n{text}{entries}".encode())).statements
        for text in (said.strip(), wrapped)
    ]
    assert len(found[0]) == 6
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"  \n \n", "empty"),
        (bytes(range(256)) * 50, "is not text"),
        (b"a" * 30_000_001, "at most 30 MB"),
    ],
)
def test_what_is_no_text_is_told(data: bytes, said: str) -> None:
    with pytest.raises(EvidenceError, match=said):
        read_text(data)


@pytest.mark.parametrize("unit", ["a\n", "[1] x 2001\n", "References\n\n", "A. b [1]\n\n", "-\n"])
def test_strange_texts_take_bounded_time(unit: str) -> None:
    begun = time.process_time()
    paper_of(read_text((unit * (100_000 // len(unit))).encode()))
    assert time.process_time() - begun < 6.0
