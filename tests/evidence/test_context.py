"""Contexts: markers of every form are found and masked, offsets lead back."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgm_core.evidence.classify.context import Context, contexts_of
from lgm_core.evidence.paper import Citation, Marker, Statement


@pytest.mark.parametrize(
    ("sentence", "markers"),
    [
        ("It rises with age [12].", ["[12]"]),
        ("It rises with age [3, 5-7].", ["[3, 5-7]"]),
        ("It rises [1], [2].", ["[1]", "[2]"]),
        ("It rises with age (Smith et al., 2010).", ["(Smith et al., 2010)"]),
        ("It rises (Smith, 2001; Jones and Lee, 2003a).", ["(Smith, 2001; Jones and Lee, 2003a)"]),
        ("Smith et al. (2010) found that it rises.", ["(2010)"]),
        ("Smith and Jones (1999, 2001) disagree.", ["(1999, 2001)"]),
        ("Its role is known (see Müller 1998 for a review).", ["(see Müller 1998 for a review)"]),
        ("It rises with age (12).", ["(12)"]),
        ("RNA was extracted as described12,13.", ["12,13"]),
        ("RNA was extracted as described.12–14", ["12–14"]),
        ("RNA was extracted as described¹².", ["¹²"]),
        ("It was shown in [Smi10] before.", ["[Smi10]"]),
        ("As #AUTHOR_TAG showed, it rises.", ["#AUTHOR_TAG"]),
    ],
)
def test_markers_are_known_by_their_form(sentence: str, markers: list[str]) -> None:
    context = Context(sentence)
    targets, others = context.markers
    assert [sentence[a:b] for a, b in targets] == markers
    assert others == []
    assert context.tokens.words.count("CITE") == len(markers)


@pytest.mark.parametrize(
    "sentence",
    [
        "Levels of IL6 and p53 fell in 12 of 40 cells.",
        "See Fig. (3) and Table (2).",
        "The rise (p = 0.03) was small (n = 12).",
        "Levels fell (from 12.5 to 3).",
        "H2O2 was added to the well.",
    ],
)
def test_other_numbers_are_no_markers(sentence: str) -> None:
    assert Context(sentence).markers == ([], [])


def test_what_stands_apart_is_the_target() -> None:
    context = Context("Hall [CITE] agrees with [OTHER], with [7] and with Smith (2010).")
    assert context.masked == "hall CITE agrees with OTHER , with OTHER and with smith OTHER ."


def test_a_given_citation_is_the_target() -> None:
    sentence = "It rises [1], but falls in mice [2]."
    start = sentence.index("[2]")
    context = Context(sentence, citation=(start, start + 3))
    assert context.masked == "it rises OTHER , but falls in mice CITE ."
    (part,) = context.parts
    assert part[0] <= start < part[1]
    assert part[0] > sentence.index("[1]")


def test_words_lead_back_to_the_original() -> None:
    sentence = "We don’t agree: Smith et al. (2010) saw 3.5% more."
    tokens = Context(sentence).tokens
    assert tokens.words[:4] == ["we", "do", "n't", "agree"]
    pieces = [sentence[a:b] for a, b in tokens.spans]
    assert pieces[:4] == ["We", "do", "n’t", "agree"]
    assert "(2010)" in pieces
    assert tokens.capital[0]


def test_one_context_for_each_citation() -> None:
    sentence = "It rises [1], but falls in mice [2]."
    marks = [Marker(9, 12, ("a",)), Marker(32, 35, ("b",))]
    clauses = [(0, 13), (13, 36)]
    citations = tuple(
        Citation(mark.keys[0], mark, clause) for mark, clause in zip(marks, clauses, strict=True)
    )
    statement = Statement(sentence, "Before.", "After.", "results", "Results", citations)
    first, second = contexts_of(statement)
    assert (first.citation, second.citation) == ((9, 12), (32, 35))
    assert (first.parts, second.parts) == ([(0, 13)], [(13, 36)])
    assert {first.before, first.after, first.section} == {"Before.", "After.", "results"}


@given(st.text(max_size=400))
def test_spans_are_in_order_and_inside(text: str) -> None:
    spans = Context(text).tokens.spans
    assert all(0 <= a < b <= len(text) for a, b in spans)
    assert all(x[1] <= y[0] for x, y in pairwise(spans))


def test_a_very_long_sentence_is_cut() -> None:
    assert len(Context("a [1] ( " * 20_000).tokens.words) <= 600
