from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lgm_core.evidence.paper import Reference
from lgm_core.evidence.reading.markers import MarkerFinder, find_markers, marker_spans

NUMBERED = tuple(Reference(str(n), text=f"Author {n}. Title. 2010.") for n in range(1, 21))


def _ref(key: str, year: int | None, *authors: str, text: str = "") -> Reference:
    return Reference(key, authors=authors, year=year, text=text)


NAMED = (
    _ref("smith10", 2010, "Smith, J.", "Jones, A.", "Li, B."),
    _ref("smith10b", 2010, "Smith, J."),
    _ref("liwu11a", 2011, "Li, W.", "Wu, X.", text="Li W, Wu X. 2011a. One."),
    _ref("liwu11b", 2011, "Li, W.", "Wu, X.", text="Li W, Wu X. 2011b. Two."),
    _ref("lee01", 2001, "Lee, K."),
    _ref("maaten08", 2008, "van der Maaten, L.", "Hinton, G."),
    _ref("obrien99", 1999, "O'Brien, P."),
    _ref("mueller15", 2015, "Müller-Lyer, F."),
    _ref("garcia20", 2020, "García López, M.", "Pérez, N.", "Ruiz, O."),
    _ref("who15", 2015, "World Health Organization"),
    _ref("cdc12", 2012, "Centers for Disease Control and Prevention"),
    _ref("kim", None, "Kim, S."),
    _ref("raw17", 2017, text="Zhang & Zhou (2017) An entry whose authors were not told."),
    _ref("kumara", 2018, "Kumar, A.", text="Kumar A. 2018. One."),
    _ref("kumarb", 2018, "Kumar, A.", text="Kumar A. 2018. Two."),
)

BY_NUMBER = [
    ("as shown [1].", [("[1]", "1")]),
    ("as shown [2,5–7].", [("[2,5–7]", "2 5 6 7")]),
    ("as shown [2, 5 - 7; 9].", [("[2, 5 - 7; 9]", "2 5 6 7 9")]),
    ("as shown [3]-[5] and [7].", [("[3]-[5]", "3 4 5"), ("[7]", "7")]),
    ("as shown [1], [2] and [3]", [("[1]", "1"), ("[2]", "2"), ("[3]", "3")]),
    ("as shown [1][2].", [("[1]", "1"), ("[2]", "2")]),
    ("see [12, p. 5] and [13, Theorem 2]", [("[12, p. 5]", "12"), ("[13, Theorem 2]", "13")]),
    ("shown [see 3] and [e.g., 4, 5]", [("[see 3]", "3"), ("[e.g., 4, 5]", "4 5")]),
    ("values in [0, 1] and [1, 400]", []),
    ("the interval [1, 5] and the range [2, 3], ∈ [1, 2]", []),
    ("by equation (3) and in 2010 (2011)", []),
    ("as shown.¹² And,³,⁴ then⁵–⁷ it", [("¹²", "12"), ("³,⁴", "3 4"), ("⁵–⁷", "5 6 7")]),
    ("an area of 10² m², R² of 5 cm³ and x⁻¹", []),
    ("as shown¹ for 5 m² [2]", [("[2]", "2")]),
    ("as shown (1, 2) and (3–12).", [("(1, 2)", "1 2"), ("(3–12)", "3 4 5 6 7 8 9 10 11 12")]),
    ("first (1) and second (2) and (3)", []),
    ("[1] and (2, 3)", [("[1]", "1")]),
]

BY_NAME = [
    ("shown (Smith et al., 2010; Li & Wu, 2011a,b).", [(0, "smith10 liwu11a liwu11b")]),
    ("Smith et al. (2010) found", [("Smith et al. (2010)", "smith10")]),
    ("as Smith and Jones [2010] found", [("Smith and Jones [2010]", "smith10")]),
    ("by Smith (2010) alone", [("Smith (2010)", "smith10b")]),
    ("shown (see also Lee, 2001, p. 4).", [("(see also Lee, 2001, p. 4)", "lee01")]),
    ("with t-SNE (van der Maaten and Hinton, 2008)", [(0, "maaten08")]),
    ("Van der Maaten & Hinton (2008) did", [("Van der Maaten & Hinton (2008)", "maaten08")]),
    ("O’Brien (1999), O'Brien's (1999) view", [("O’Brien (1999)", "obrien99"), (1, "obrien99")]),
    ("the illusion (Müller-Lyer, 2015)", [("(Müller-Lyer, 2015)", "mueller15")]),
    ("the illusion (Muller-Lyer 2015)", [("(Muller-Lyer 2015)", "mueller15")]),
    ("In García López et al. (2020) we", [("García López et al. (2020)", "garcia20")]),
    ("for them (WHO, 2015).", [("(WHO, 2015)", "who15")]),
    ("The World Health Organization (2015) says", [("World Health Organization (2015)", "who15")]),
    ("so (Centers for Disease Control and Prevention, 2012)", [(0, "cdc12")]),
    ("so (Kim, in press)", [("(Kim, in press)", "kim")]),
    ("so did Zhang and Zhou (2017)", [("Zhang and Zhou (2017)", "raw17")]),
    ("Li and Wu (2011a, 2011b) did", [("Li and Wu (2011a, 2011b)", "liwu11a liwu11b")]),
    ("Li and Wu (2011b) did", [("Li and Wu (2011b)", "liwu11b")]),
    ("so (Kumar, 2018b)", [("(Kumar, 2018b)", "kumarb")]),
    ("as in Smith et al. 2010, we", [("Smith et al. 2010", "smith10")]),
    ("However, Lee (2001; see Kim, in press)", [("Lee (2001; see Kim, in press)", "lee01 kim")]),
    ("found [Lee, 2001; O'Brien, 1999].", [("[Lee, 2001; O'Brien, 1999]", "lee01 obrien99")]),
    ("so (Lee, 2001, Kim, in press)", [("(Lee, 2001, Kim, in press)", "lee01 kim")]),
    ("so (Lee 2001 and Smith et al. 2010)", [(0, "lee01 smith10")]),
    ("so (Nobody, 2001; Lee, 2001)", [("(Nobody, 2001; Lee, 2001)", "lee01")]),
    ("in June (2010), in 2001, (2001), Table 2001 and [1]", []),
    ("In 2010, Smith and Lee met.", []),
    ("in another year (Lee, 2004)", []),
]  # fmt: skip


def _check(text: str, references: tuple[Reference, ...], wanted: list[tuple[object, str]]) -> None:
    found = find_markers(text, references)
    assert [" ".join(marker.keys) for marker in found] == [keys for _, keys in wanted]
    for marker, (printed, _) in zip(found, wanted, strict=True):
        if isinstance(printed, str):
            assert text[marker.start : marker.end] == printed


@pytest.mark.parametrize(("text", "wanted"), BY_NUMBER)
def test_numbers(text: str, wanted: list[tuple[object, str]]) -> None:
    _check(text, NUMBERED, wanted)


@pytest.mark.parametrize(("text", "wanted"), BY_NAME)
def test_names_and_years(text: str, wanted: list[tuple[object, str]]) -> None:
    _check(text, NAMED, wanted)


def test_prose_in_a_bracket_is_not_part_of_the_marker() -> None:
    text = "It holds (this was seen for the first time in old mice by Lee, 2001, but not in rats)."
    (marker,) = find_markers(text, NAMED)
    assert text[marker.start : marker.end] == "Lee, 2001"


def test_letters_as_labels() -> None:
    references = (Reference("Smi10"), Reference("LW11a"))
    text = "as shown [Smi10, LW11a] and [sic]"
    (marker,) = find_markers(text, references)
    assert marker.keys == ("Smi10", "LW11a")


def test_figures_glued_to_words_count_only_where_the_list_says_so() -> None:
    few = NUMBERED[:4]
    text = "As shown before.1 It was seen in mice2,3 and in rats.4 We used HLA2 cells."
    finder = MarkerFinder(few, text)
    assert [marker.keys for marker in finder.find(text)] == [("1",), ("2", "3"), ("4",)]
    assert find_markers("As before.1 It was seen in mice2,3 and rats.4", NAMED) == ()
    assert find_markers("As before [1]. It was seen in mice2,3 [4]", few)[0].keys == ("1",)


GLUED_AFTER_TWO = [
    ("Contrary to Bravo et al.,3 we saw no change in it.1 Unlike Kelly,2 we did.", "3 1 2"),
    ('It is "anxiety,"1 and (so they say).2 Is it so?3', "1 2 3"),
    ("They call it “anxiety,”1,2 we do not.3", "1,2 3"),
    ("Values of p = 0.4, 3.2 and of 1,2 are no markers, but this is.1 And this.2", "1 2"),
]


@pytest.mark.parametrize(("text", "wanted"), GLUED_AFTER_TWO)
def test_glued_figures_may_follow_two_stops(text: str, wanted: str) -> None:
    found = MarkerFinder(NUMBERED[:3], text).find(text)
    assert " ".join(text[one.start : one.end] for one in found) == wanted


def test_round_brackets_count_only_without_square_ones() -> None:
    whole = "x (1, 2), y (3-11). z"
    assert len(MarkerFinder(NUMBERED, whole).find("z (4).")) == 1
    assert MarkerFinder(NUMBERED, whole + " [5]").find("z (4).") == ()


BARE = [
    ("We agree with [1] and (Smith et al., 2010).", ["[1]", "(Smith et al., 2010)"]),
    ("As Smith (2010) and Li and Wu (2011) say.", ["Smith (2010)", "Li and Wu (2011)"]),
    ("In Smith et al. (2010), it fell.", ["Smith et al. (2010)"]),
    ("Numbers in [0, 1] are fine.", []),
    ("It was shown before (12, 13).", ["(12, 13)"]),
    ("It was shown before (12).", ["(12)"]),
    ("We do (1) this and (2) that.", []),
    ("By Eq. (3) in May (2010) of the year (2011).", []),
    ("As shown before.¹²", ["¹²"]),
    (r"As \citet[p. 3]{smith} and [@li; @wu] say.", [r"\citet[p. 3]{smith}", "[@li; @wu]"]),
    ("As shown [ABC+10, Smi99a].", ["[ABC+10, Smi99a]"]),
    ("Nothing.", []),
]


@pytest.mark.parametrize(("sentence", "wanted"), BARE)
def test_markers_by_form_alone(sentence: str, wanted: list[str]) -> None:
    assert [sentence[start:end] for start, end in marker_spans(sentence)] == wanted


@given(st.text(alphabet="aB (),[]2011&;.-¹ét", max_size=100))
@settings(max_examples=300, deadline=None)
def test_markers_are_in_order_and_apart(text: str) -> None:
    for spans in (
        [(m.start, m.end) for m in find_markers(text, NAMED + NUMBERED)],
        marker_spans(text),
    ):
        places = [place for span in spans for place in span]
        assert places == sorted(places)
        assert all(0 <= start < end <= len(text) for start, end in spans)


@pytest.mark.parametrize(
    "unit", ["Smith et al. (2010) ", "Ab Cd, ", "[1,", "(", "A, B and C 2010; ", "2010, ", "Van "]
)
def test_time_is_bounded(unit: str) -> None:
    begun = time.process_time()
    find_markers(unit * (100_000 // len(unit)), NAMED + NUMBERED)
    assert time.process_time() - begun < 6.0
