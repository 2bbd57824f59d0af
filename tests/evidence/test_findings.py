"""Signs of a finding of one's own, and numbers that compare."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgm_core.evidence.classify.context import Context
from lgm_core.evidence.classify.cues import read
from lgm_core.evidence.classify.features import features_of
from lgm_core.evidence.classify.findings import primary
from lgm_core.evidence.classify.numbers import closeness


def compared(sentence: str, before: str = "") -> tuple[str, str] | None:
    found = closeness(sentence, before, Context(sentence).markers[0])
    return found and (found[0], sentence[slice(*found[1])].strip())


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The yield was 41% here and 43% in [CITE].", ("near", "43%")),
        ("The yield was 41% here and 12% in [CITE].", ("apart", "12%")),
        ("We measured 1.25 eV; Hall [CITE] gives 1.30 eV.", ("near", "1.30 eV")),
        ("We counted 1,200 nests, Hall [CITE] 5,100.", ("apart", "5,100")),
        ("Turnover was 31 per cent, against 30% in [CITE].", ("near", "30%")),
        ("The rate was 10%, that of [CITE] 12%.", ("between", "12%")),
        ("The yield was 41 %, as in [CITE] (p = 0.04).", None),
        ("The yield was 41% and the field 3 T [CITE].", None),
        ("Since 1998 and 2004 this is known [CITE].", None),
        ("No number stands here [CITE].", None),
        ("Neither 4% nor 5% is cited.", None),
    ],
)
def test_numbers_of_one_unit_are_compared(sentence: str, expected: tuple[str, str] | None) -> None:
    assert compared(sentence) == expected


def test_a_lone_number_is_compared_with_the_sentence_before() -> None:
    assert compared("Hall [CITE] reported 40%.", "The yield was 41%.") == ("near", "40%")
    assert compared("Hall [CITE] reported 40%.", "The yield was 4 mm.") is None


@given(st.text(alphabet="0123456789.,–-% [CITE]()=p±", max_size=200))
def test_any_text_gives_places_within_it(text: str) -> None:
    found = closeness(text, text, Context(text).markers[0])
    assert found is None or 0 <= found[1][0] < found[1][1] <= len(text)


@pytest.mark.parametrize(
    ("sentence", "category", "sign"),
    [
        ("Our yields agree with [OTHER] but contradict [CITE].", "contrast", -1),
        ("Our yields contradict [OTHER] but agree with [CITE].", "agree", 1),
        ("Our yields do not agree with [CITE].", "contrast", -1),
        ("The lack of a trend is consistent with [CITE].", "agree", 1),
        ("Yields were lower than those reported by [CITE].", "gap", -1),
        ("We replicated the trend of [CITE].", "replicate", 1),
    ],
)
def test_the_primary_cue_is_that_of_the_citation(sentence: str, category: str, sign: int) -> None:
    context = Context(sentence)
    cue = primary(read(context.tokens, context.parts))
    assert cue is not None
    assert (cue.category, cue.sign) == (category, sign)


def test_a_sentence_that_only_tells_has_no_primary_cue() -> None:
    context = Context("Hall [CITE] studied the yields of maize.")
    assert primary(read(context.tokens, context.parts)) is None


@pytest.mark.parametrize(
    ("context", "name"),
    [
        (Context("We found a rise [CITE].", section="results"), "evidence find, late"),
        (Context("We used it [CITE].", section="methods"), "evidence ours, early"),
        (Context("Yields rose by 4% [CITE].", section="results"), "evidence figures, late"),
        (Context("Yields rise [CITE].", before="Ours rose."), "evidence before, other"),
        (Context("Yields rise [CITE].", before="They rose [OTHER]."), "evidence none, other"),
    ],
)
def test_own_evidence_is_known(context: Context, name: str) -> None:
    assert name in features_of(context).cues


def test_a_turn_after_an_own_result_is_seen() -> None:
    cues = features_of(
        Context("However, Hall [CITE] saw a fall.", before="Yields rose.", section="discussion")
    ).cues
    assert {"turn, theirs, told", "turn, late, told"} <= set(cues)
