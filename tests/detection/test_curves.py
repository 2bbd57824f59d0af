"""AUROC, FPR95 and thresholds against counting."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lgm_core.detection.curves import detection, roc, threshold


@pytest.fixture
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of the figures themselves, not of their intervals."""
    monkeypatch.setattr("lgm_core.detection.curves._RESAMPLES", 20)


def scores(seed: int, normal: int, abnormal: int, ties: bool) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    found = rng.normal(1.0, 1.0, normal), rng.normal(0.0, 1.5, abnormal)
    return tuple(values.round(0) if ties else values for values in found)


def mann_whitney(normal: np.ndarray, abnormal: np.ndarray) -> float:
    """The share of pairs in which the normal input scores higher; a tie counts half."""
    wins = sum(float(a > b) + 0.5 * float(a == b) for a in normal for b in abnormal)
    return wins / (len(normal) * len(abnormal))


def fpr_at_95(normal: np.ndarray, abnormal: np.ndarray) -> float:
    """By trying every score as the least one that passes."""
    passing = [t for t in normal if 20 * np.sum(normal >= t) >= 19 * len(normal)]
    return float(np.mean(abnormal >= max(passing)))


def precision(normal: np.ndarray, abnormal: np.ndarray) -> float:
    """Sum over the thresholds of precision times the gain in recall."""
    total, before = 0.0, 0
    for t in sorted(set(normal) | set(abnormal), reverse=True):
        hits, wrong = np.sum(normal >= t), np.sum(abnormal >= t)
        total += (hits - before) / len(normal) * hits / (hits + wrong)
        before = hits
    return total


@pytest.mark.usefixtures("few_resamples")
@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize(("normal", "abnormal"), [(1, 1), (10, 7), (20, 50), (97, 60), (140, 30)])
def test_the_figures_are_those_of_counting(normal, abnormal, ties):
    for seed in range(3):
        one, other = scores(seed, normal, abnormal, ties)
        found = detection(one, other)
        assert found.auroc.value == pytest.approx(mann_whitney(one, other), abs=1e-12)
        assert found.fpr95.value == pytest.approx(fpr_at_95(one, other), abs=1e-12)
        assert found.average_precision.value == pytest.approx(precision(one, other), abs=1e-12)


@pytest.mark.usefixtures("few_resamples")
def test_fpr95_may_lie_amid_a_straight_piece_of_the_roc():
    # Each score belongs to one normal and one abnormal input: the ROC is the diagonal.
    both = np.arange(40.0)
    assert detection(both, both).fpr95.value == pytest.approx(0.95)


@pytest.mark.usefixtures("few_resamples")
def test_the_same_scores_for_both_tell_nothing():
    same = np.random.default_rng(0).normal(size=50)
    assert detection(same, same).auroc.value == 0.5
    found = detection(np.zeros(30), np.zeros(40))
    assert found.auroc == (0.5, 0.5, 0.5)
    assert found.fpr95 == (1.0, 1.0, 1.0)
    assert found.average_precision.value == pytest.approx(3 / 7)


@pytest.mark.usefixtures("few_resamples")
def test_scores_that_part_cleanly_and_the_wrong_way_round():
    low, high = np.arange(10.0), np.arange(20.0, 40.0)
    apart = detection(high, low)
    assert (apart.auroc.value, apart.fpr95.value) == (1, 0)
    assert apart.average_precision.value == pytest.approx(1)
    assert detection(low, high).auroc.value == 0.0
    assert detection(low, high).fpr95.value == 1.0


def test_the_roc_is_that_of_counting_and_gives_the_auroc():
    normal, abnormal = scores(1, 60, 40, ties=True)
    found = roc(normal, abnormal)
    assert (found.false_positive_rate[0], found.true_positive_rate[0]) == (0, 0)
    assert (found.false_positive_rate[-1], found.true_positive_rate[-1]) == (1, 1)
    for false, true, t in zip(*found, strict=True):
        assert false == pytest.approx(np.mean(abnormal >= t))
        assert true == pytest.approx(np.mean(normal >= t))
    area = np.trapezoid(found.true_positive_rate, found.false_positive_rate)
    assert area == pytest.approx(mann_whitney(normal, abnormal))


@pytest.mark.usefixtures("few_resamples")
def test_minus_infinity_lies_below_every_other_score():
    normal, abnormal = scores(2, 30, 30, ties=False)
    abnormal[:10], normal[:2] = -math.inf, -math.inf
    found = detection(normal, abnormal)
    assert found.auroc.value == pytest.approx(mann_whitney(normal, abnormal))
    assert found.auroc.low <= found.auroc.value <= found.auroc.high
    assert detection(normal, np.full(5, -math.inf)).auroc.value == pytest.approx(1 - 0.5 * 2 / 30)


@pytest.mark.parametrize("count", [1, 2, 10, 19, 20, 21, 100, 140, 999, 1000])
@pytest.mark.parametrize("ties", [False, True])
def test_a_threshold_raises_at_most_the_false_alarms_and_is_the_highest_that_does(count, ties):
    normal, _ = scores(count, count, 1, ties)
    least = threshold(normal)
    assert 20 * np.sum(normal < least) <= count
    higher = normal[normal > least]
    if len(higher):
        assert 20 * np.sum(normal < higher.min()) > count


@pytest.mark.usefixtures("few_resamples")
def test_a_threshold_catches_what_fpr95_lets_not_pass():
    for seed in range(5):
        normal, abnormal = scores(seed, 137, 80, ties=False)
        caught = np.mean(abnormal < threshold(normal))
        assert caught == pytest.approx(1 - detection(normal, abnormal).fpr95.value)


def test_thresholds_of_other_shares():
    normal = np.array([3.0, 1.0, 2.0, 4.0])
    found = [threshold(normal, false_alarms=share) for share in (0.0, 0.25, 0.5, 0.99, 1.0)]
    assert found == [1, 2, 3, 4, 4]
    assert threshold(np.array([-math.inf, -math.inf, 5.0]), false_alarms=0.4) == -math.inf


def test_an_interval_holds_its_value_and_shrinks_with_more_inputs():
    widths = []
    for count in (20, 200, 2000):
        found = detection(*scores(0, count, count, ties=False))
        for interval in found:
            assert interval.low <= interval.value <= interval.high
            assert interval.low < interval.high
        widths.append([interval.high - interval.low for interval in found])
    assert all(a > b > c for a, b, c in zip(*widths, strict=True))
    # An interval of 95 % is about 4 standard errors wide; Hanley and McNeil 1982 for the AUROC.
    area = found.auroc.value
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    error = math.sqrt((area * (1 - area) + 1999 * (q1 + q2 - 2 * area**2)) / 2000**2)
    assert widths[2][0] == pytest.approx(3.92 * error, rel=0.25)


@pytest.mark.usefixtures("few_resamples")
def test_the_seed_decides_the_resampling():
    pair = scores(0, 50, 50, ties=False)
    assert detection(*pair, seed=1) == detection(*pair, seed=1)
    assert detection(*pair, seed=1) != detection(*pair, seed=2)


GOOD, EMPTY, BROKEN = np.arange(3.0), np.array([]), np.array([1.0, math.nan])


@pytest.mark.parametrize("compare", [roc, detection])
@pytest.mark.parametrize(
    ("normal", "abnormal", "message"),
    [
        (EMPTY, GOOD, "there are no normal inputs"),
        (GOOD, EMPTY, "there are no abnormal inputs"),
        (BROKEN, GOOD, "a score of the normal inputs is not a number"),
        (GOOD, BROKEN, "a score of the abnormal inputs is not a number"),
    ],
)
def test_scores_that_cannot_be_compared_are_named(compare, normal, abnormal, message):
    with pytest.raises(ValueError, match=message):
        compare(normal, abnormal)


def test_a_threshold_that_cannot_be_had_is_named():
    with pytest.raises(ValueError, match="there are no normal inputs"):
        threshold(EMPTY)
    with pytest.raises(ValueError, match="a score of the normal inputs is not a number"):
        threshold(BROKEN)
    for share in (-0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match=f"false_alarms is {share}; allowed: 0 to 1"):
            threshold(GOOD, false_alarms=share)
