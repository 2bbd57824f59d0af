"""Words as features: alone, in pairs, in pairs with others between; and where they stand."""

from __future__ import annotations

from itertools import pairwise

from lgm_core.evidence.classify.context import Context
from lgm_core.evidence.classify.features import features_of
from lgm_core.evidence.classify.ngrams import spans_of

SENTENCE = "Our yields match those of [CITE]."


def places(sentence: str, name: str) -> list[str]:
    return [sentence[a:b] for a, b in spans_of(features_of(Context(sentence)), name)]


def test_words_are_counted_alone_in_pairs_and_over_one_or_two_others() -> None:
    found = features_of(Context(SENTENCE)).ngrams
    stems = ["our", "yield", "match", "thos", "of", "CITE", "."]
    assert found[: len(stems)] == stems
    pairs = {f"{a} {b}" for a, b in pairwise(stems)}
    apart = {f"{a} … {b}" for skip in (2, 3) for a, b in zip(stems, stems[skip:], strict=False)}
    sides = {f"with:{stem}" for stem in stems}
    assert set(found) == {*stems, *pairs, *apart, *sides}


def test_a_pair_with_others_between_is_found_at_both_of_its_words() -> None:
    assert places(SENTENCE, "our … match") == ["Our", "match"]
    assert places("Our yields fit well.", "our … fit") == ["Our", "fit"]
    assert places("Our yields all fit.", "our … fit") == ["Our", "fit"]
    assert places(SENTENCE, "our … of") == []
    assert places(SENTENCE, "yield match") == ["yields match"]
    assert places(SENTENCE, "with:match") == ["match"]


def test_words_that_say_nothing_are_no_place() -> None:
    assert places(SENTENCE, "match … of") == ["match"]
    assert places(SENTENCE, "thos … CITE") == places(SENTENCE, "of") == []
    assert places(SENTENCE, "of CITE") == places(SENTENCE, "with:CITE") == []
    assert places(SENTENCE, "match thos") == ["match those"]


def test_dots_that_stand_in_the_text_are_words_like_others() -> None:
    assert places("We saw … it, as [CITE] did.", "saw …") == ["saw …"]
    assert places("We saw … it, as [CITE] did.", "saw … did") == []
    assert places("We saw … her, as [CITE] did.", "saw … her") == ["saw", "her"]
