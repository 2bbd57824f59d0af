"""The interval over seeds, against Student's t worked out longhand, and what it says of a claim."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lgm_core.evidence.interval import Interval, Rule, mean_interval, reason, verdict
from lgm_core.evidence.paper import EvidenceError

ZERO = Rule(supporting_above=0.0, contrasting_below=0.0)
FINITE = st.floats(-1e3, 1e3)


def t_density(t: float, freedom: int) -> float:
    half = (freedom + 1) / 2
    scale = math.exp(math.lgamma(half) - math.lgamma(freedom / 2))
    return scale / math.sqrt(freedom * math.pi) * (1 + t * t / freedom) ** -half


def t_share_within(t: float, freedom: int, pieces: int = 20_000) -> float:
    """The probability of -t to t, by Simpson's rule."""
    step = t / pieces
    inner = sum((4 if i % 2 else 2) * t_density(i * step, freedom) for i in range(1, pieces))
    return 2 * step / 3 * (t_density(0, freedom) + inner + t_density(t, freedom))


@pytest.mark.parametrize("count", [2, 3, 5, 10])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_the_interval_holds_its_share_of_students_t(count: int, confidence: float) -> None:
    values = [0.3 + 0.07 * i * (-1) ** i for i in range(count)]
    found = mean_interval(values, confidence)
    assert found is not None
    mean, error = statistics.fmean(values), statistics.stdev(values) / math.sqrt(count)
    assert (found.low + found.high) / 2 == pytest.approx(mean)
    t = (found.high - mean) / error
    assert t_share_within(t, count - 1) == pytest.approx(confidence, abs=1e-6)


@pytest.mark.parametrize(("count", "t"), [(2, 12.706), (3, 4.303), (4, 3.182), (6, 2.571)])
def test_the_interval_has_the_quantiles_of_printed_tables(count: int, t: float) -> None:
    values = [float(i) for i in range(count)]
    found = mean_interval(values)
    assert found is not None
    error = statistics.stdev(values) / math.sqrt(count)
    assert (found.high - statistics.fmean(values)) / error == pytest.approx(t, abs=6e-4)


@given(st.lists(FINITE, min_size=2, max_size=20), FINITE, st.floats(0.01, 100))
def test_the_interval_moves_and_grows_with_the_values(values, shift, factor):
    before = mean_interval(values)
    after = mean_interval([factor * value + shift for value in values])
    assert before is not None
    assert after is not None
    assert before.low <= statistics.fmean(values) + 1e-9
    assert before.high >= statistics.fmean(values) - 1e-9
    for old, new in zip(before, after, strict=True):
        assert new == pytest.approx(factor * old + shift, rel=1e-6, abs=1e-6)


def test_one_value_gives_no_interval_and_no_verdict():
    assert mean_interval([0.7]) is None
    assert verdict(None, ZERO) == "inconclusive"
    assert "more seeds are needed" in reason(None, ZERO, "AUROC")


@pytest.mark.parametrize("values", [[], [math.nan, 1.0], [1.0, math.inf]])
def test_what_cannot_be_averaged_is_one_sentence(values):
    with pytest.raises(EvidenceError, match=r"^[A-Z][^.]*\.$"):
        mean_interval(values)


BAND = Rule(supporting_above=1.0, contrasting_below=-1.0)


@pytest.mark.parametrize(
    ("low", "high", "rule", "expected", "words"),
    [
        (0.1, 0.2, ZERO, "supporting", "wholly above 0."),
        (-0.2, -0.1, ZERO, "contrasting", "wholly below 0."),
        (-0.1, 0.2, ZERO, "inconclusive", "holds 0."),
        (0.0, 0.2, ZERO, "inconclusive", "holds 0."),
        (-0.2, 0.0, ZERO, "inconclusive", "holds 0."),
        (1.1, 2.0, BAND, "supporting", "wholly above 1."),
        (0.1, 0.2, BAND, "inconclusive", "neither wholly above 1 nor wholly below -1."),
        (-3.0, -1.5, BAND, "contrasting", "wholly below -1."),
        (-3.0, 3.0, BAND, "inconclusive", "neither"),
    ],
)
def test_only_an_interval_wholly_on_one_side_decides(low, high, rule, expected, words):
    interval = Interval(low, high)
    assert verdict(interval, rule) == expected
    assert words in reason(interval, rule, "AUROC")


def test_seeds_that_all_agree_decide_by_their_value():
    agreed = mean_interval([0.25, 0.25, 0.25])
    assert agreed == (0.25, 0.25)
    assert verdict(agreed, ZERO) == "supporting"
    assert verdict(mean_interval([0.0, 0.0]), ZERO) == "inconclusive"


def test_a_rule_in_the_wrong_order_is_refused():
    with pytest.raises(ValidationError, match="contrasting_below"):
        Rule(supporting_above=0.0, contrasting_below=0.1)
