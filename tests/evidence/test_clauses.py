from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgm_core.evidence.clauses import clauses

MARKER = re.compile(r"\[\d[^\]]*\]")


def parts(sentence: str) -> list[str]:
    spans = [found.span() for found in MARKER.finditer(sentence)]
    return [sentence[start:end] for start, end in clauses(sentence, spans)]


WHOLE = [
    "This was shown before [1].",
    "This was shown before [1, 2].",
    "This was shown before [1], [2].",
    "This was shown before [1][2] and [3].",
    "A [1], B [2] and C [3] studied it.",
    "We compare with A [1], B [2], and C [3] on all sets.",
    "It holds in mice [1] and in rats [2].",
    "It holds in mice [1], in old rats [2] and in most of the cats [3], too.",
    "A [1] extends the method of B [2].",
    "We took the loss of [1] with the network of [2].",
]


@pytest.mark.parametrize("sentence", WHOLE)
def test_shared_sentences_are_whole(sentence: str) -> None:
    assert set(parts(sentence)) == {sentence}


#: "|" stands where the part of one marker ends and that of the next begins.
DIVIDED = [
    "While A [1] found x, | B [2] reported y.",
    "In line with [1] | but in contrast to [2], we find x.",
    "We find x, in line with [1] | but in contrast to [2].",
    "We find x, in line with [1], | but unlike [2].",
    "We find x, consistent with [1] | and contrary to [2].",
    "A [1] found x; | B [2] found y; | C [3] found neither.",
    "Some found x [1], | others found y [2], | and we find z as in [3].",
    "Some found x [1], | whereas others did not [2].",
    "Unlike A [1], | we find that B [2] holds.",
    "Using the method of [1], | we confirm the result of [2].",
    "The claim is supported by [1] | and contradicted by [2].",
    "It was found in mice [1], | but not in rats [2].",
    "It was found in mice [1] | and not in rats [2].",
    "A, which was proposed in [1], | agrees with [2].",
    "A [1] used x (as did we, and others), | while B [2] used y.",
    "Although A [1] saw 1,000 cases, | B [2] saw none.",
    "We use the data of [1]: | they differ from [2].",
    "Our results agree with [1], | are at odds with [2] | and extend [3].",
    "Our rate is higher than that of [1], | and it is lower than that of [2].",
    "The task was posed in [1] | because it was thought easy [2].",
    "A [1] showed it in mice, in rats and in cats, | and B [2] showed it in dogs.",
]


@pytest.mark.parametrize("line", DIVIDED)
def test_parts_end_where_the_table_says(line: str) -> None:
    wanted = line.split(" | ")
    assert parts(" ".join(wanted)) == wanted


def test_groups_share_a_part_on_each_side() -> None:
    sentence = "A [1] and B [2] found x, whereas C [3], [4] found y."
    left, right = "A [1] and B [2] found x,", "whereas C [3], [4] found y."
    assert parts(sentence) == [left, left, right, right]


def test_our_own_finding_between_two_belongs_to_both() -> None:
    sentence = "A [1] found x, but we found y, in line with B [2]."
    assert parts(sentence) == [
        "A [1] found x, but we found y,",
        "but we found y, in line with B [2].",
    ]


def test_no_markers_give_no_parts() -> None:
    assert clauses("Nothing is cited.", []) == []


@given(st.lists(st.sampled_from(["a", "[1]", ",", "but", "and", ";", "we", "("]), max_size=30))
def test_every_part_holds_its_marker(words: list[str]) -> None:
    sentence = " ".join(words)
    spans = [found.span() for found in MARKER.finditer(sentence)]
    found = clauses(sentence, spans)
    assert len(found) == len(spans)
    assert all(a <= s and e <= b for (a, b), (s, e) in zip(found, spans, strict=True))


def test_a_long_sentence_with_many_markers_is_quick() -> None:
    sentence = "A [1] found x, but " * 3000
    assert len(parts(sentence)) == 3000
