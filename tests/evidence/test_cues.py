"""Cues: found, denied, of which citation, and whose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgm_core.evidence.classify.context import Context
from lgm_core.evidence.classify.cues import Cue, read
from lgm_core.evidence.classify.lexicon import Lexicon, categories_of, the_lexicon

WORDS = ["we", "not", "but", "unlike", "consistent", "with", "[CITE]", "[OTHER]", ";", ",", "no"]


def cues(sentence: str, category: str | None = None) -> list[Cue]:
    context = Context(sentence)
    found = read(context.tokens, context.parts).cues
    return [cue for cue in found if category in (None, cue.category)]


def only(sentence: str, category: str) -> Cue:
    (cue,) = cues(sentence, category)
    return cue


@pytest.mark.parametrize(
    ("sentence", "category", "sign"),
    [
        ("Our results are consistent with [CITE].", "agree", 1),
        ("Our results are not consistent with [CITE].", "agree", -1),
        ("Our results aren't consistent with [CITE].", "agree", -1),
        ("Our results are hardly consistent with [CITE].", "agree", -1),
        ("Our results are inconsistent with [CITE].", "contrast", -1),
        ("Our results are not inconsistent with [CITE].", "contrast", 1),
        ("Our results do not contradict [CITE].", "contrast", 1),
        ("We were not unable to replicate the effect of [CITE].", "contrast", 1),
        ("Our results are in excellent agreement with [CITE].", "agree", 1),
        ("Our results run counter to [CITE].", "contrast", -1),
        ("This is hard to reconcile with [CITE].", "contrast", -1),
    ],
)
def test_denial_turns_a_cue(sentence: str, category: str, sign: int) -> None:
    assert cues(sentence, category)[0].sign == sign


def test_denial_does_not_reach_beyond_a_comma_or_a_marker() -> None:
    assert not only("We did not use it [OTHER] and agree with [CITE].", "agree").negated
    assert not only("There was no trend, consistent with [CITE].", "agree").negated
    assert not only("This is not only consistent with [CITE] but new.", "agree").negated


@pytest.mark.parametrize(
    ("sentence", "agree", "contrast"),
    [
        ("Our data agree with [CITE] but contradict [OTHER].", "target", "other"),
        ("Our data agree with [OTHER] but contradict [CITE].", "other", "target"),
        ("Unlike [OTHER], but in line with [CITE], we found it.", "target", "other"),
        ("In line with [OTHER] and unlike [CITE], we found it.", "other", "target"),
    ],
)
def test_each_citation_has_its_own_cue(sentence: str, agree: str, contrast: str) -> None:
    assert cues(sentence, "agree")[0].scope == agree
    assert cues(sentence, "contrast")[0].scope == contrast


@pytest.mark.parametrize(
    ("sentence", "subject"),
    [
        ("Our results are consistent with those of [CITE].", "ours"),
        ("The present study is consistent with those of [CITE].", "ours"),
        ("This finding is consistent with that of [CITE].", "this"),
        ("Consistent with [CITE], we found an increase.", "ours"),
        ("Consistent with [CITE], they found an increase.", "theirs"),
        ("Hall et al. [CITE] saw a rise consistent with theory [OTHER].", "theirs"),
        ("Previous studies were consistent with [CITE].", "theirs"),
        ("Levels rose, consistent with [CITE].", "none"),
    ],
)
def test_subject_is_whoever_speaks(sentence: str, subject: str) -> None:
    assert only(sentence, "agree").subject == subject


@pytest.mark.parametrize(
    "sentence",
    [
        "Support vector machines [CITE] were used.",
        "The work was supported by a grant of the ministry [CITE].",
        "A contrast agent [CITE] was injected.",
        "Viral replication [CITE] takes a day.",
        "Samples were run in three biological replicates [CITE].",
        "In accordance with the guidelines of [CITE], animals were housed singly.",
    ],
)
def test_words_that_mean_something_else_are_no_cues(sentence: str) -> None:
    assert not [cue for cue in cues(sentence) if cue.category in ("agree", "contrast", "replicate")]


def test_spans_are_those_of_the_original() -> None:
    sentence = "As  ever, our data (n = 12) are — broadly — in good   agreement with Hall [CITE]."
    start, end = only(sentence, "agree").span
    assert sentence[start:end] == "in good   agreement with"


def test_without_markers_a_cue_is_open() -> None:
    assert only("Our results are consistent with earlier work.", "agree").scope == "open"


def test_notation_of_the_lexicon() -> None:
    lexicon = Lexicon({"a": ["one|two big? cat*"], "b": ["not .. tru*"], "c": ["analy*ed"]})

    def found(text: str) -> list[tuple[str, int, int]]:
        return [tuple(match) for match in lexicon.matches(text.split())]  # type: ignore[misc]

    assert found("two cats") == [("a", 0, 2)]
    assert found("one big cat one small cat") == [("a", 0, 3)]
    assert found("not in my view true") == [("b", 0, 5)]
    assert found("not in my view at all true") == []
    assert found("not that ; true") == []
    assert found("analysed analyzed analysis") == [("c", 0, 1), ("c", 1, 2)]


def test_a_phrase_cannot_begin_with_a_gap() -> None:
    with pytest.raises(ValueError, match="begins with a gap"):
        Lexicon({"a": [".. cat"]})


def test_the_table_covers_what_the_features_name() -> None:
    assert {"agree", "contrast", "replicate", "differ", "concede"} <= set(
        categories_of("relations")
    )
    assert {"use", "praise", "future", "announce"} <= set(categories_of("functions"))
    assert the_lexicon() is the_lexicon()


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    for cue in cues(text):
        start, end = cue.span
        assert 0 <= start < end <= len(text)


@given(
    st.lists(
        st.sampled_from(WORDS),
        max_size=40,
    )
)
def test_any_order_of_cues_is_read(words: list[str]) -> None:
    for cue in cues(" ".join(words)):
        assert cue.scope in ("target", "other", "far", "open")
        assert cue.sign in (-1, 0, 1)
