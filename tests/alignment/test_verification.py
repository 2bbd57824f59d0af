"""Verification against sklearn, brute force and an equal error rate that is searched for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, roc_auc_score

from lgm_core.alignment.verification import (
    all_pairs,
    balanced_folds,
    best_threshold,
    cosine_scores,
    dealt_folds,
    fold_accuracies,
    verify,
)

Float = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def make_scores(seed: int, count: int = 80, ties: bool = False) -> tuple[Float, Bools]:
    random = np.random.default_rng(seed)
    same = random.random(count) < 0.3
    scores = random.normal(size=count) + 1.2 * same
    return (scores.round(1) if ties else scores), same


def cuts(scores: Float) -> Float:
    """A threshold for every way to divide the scores, highest first."""
    distinct = np.unique(scores)[::-1]
    between = (distinct[1:] + distinct[:-1]) / 2
    return np.concatenate(([np.nextafter(distinct[0], np.inf)], between, [distinct[-1]]))


def longhand_threshold(scores: Float, same: Bools) -> float:
    """The first, so the highest, of the best."""
    return max(cuts(scores), key=lambda t: accuracy_score(same, scores >= t))


def longhand_folds(scores: Float, same: Bools, folds: npt.NDArray[np.int64]) -> list[float]:
    found = []
    for fold in sorted(set(folds.tolist())):
        inside = folds == fold
        threshold = longhand_threshold(scores[~inside], same[~inside])
        found.append(accuracy_score(same[inside], scores[inside] >= threshold))
    return found


def errors(scores: Float, same: Bools, threshold: float) -> tuple[float, float]:
    """Shares of impostors accepted and of genuine pairs refused."""
    return float((scores[~same] >= threshold).mean()), float((scores[same] < threshold).mean())


def longhand_eer(scores: Float, same: Bools) -> float:
    """A dense walk along the curve, from corner to corner."""
    corners = np.array([errors(scores, same, threshold) for threshold in cuts(scores)])
    walk = np.linspace(0, len(corners) - 1, 200_001)
    accepted, refused = (np.interp(walk, np.arange(len(corners)), c) for c in corners.T)
    return float(accepted[np.abs(accepted - refused).argmin()])


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_figures_are_those_of_sklearn_and_of_a_search(seed, ties):
    scores, same = make_scores(seed, ties=ties)
    found = verify(scores, same)
    assert found.auroc == pytest.approx(roc_auc_score(same, scores), abs=1e-15)
    assert found.eer == pytest.approx(longhand_eer(scores, same), abs=1e-3)
    expected = longhand_folds(scores, same, dealt_folds(same))
    assert fold_accuracies(scores, same, dealt_folds(same)).tolist() == expected
    assert found.accuracy == pytest.approx(np.mean(expected), abs=1e-15)
    error = np.sqrt(np.sum((expected - np.mean(expected)) ** 2) / 9) / np.sqrt(10)
    assert found.accuracy_std == pytest.approx(error, abs=1e-15)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", range(10))
def test_the_threshold_is_the_first_that_accepts_as_many_impostors_as_it_refuses(seed, ties):
    scores, same = make_scores(seed, ties=ties)
    threshold = verify(scores, same).threshold
    accepted, refused = errors(scores, same, threshold)
    higher = scores[scores > threshold].min()
    accepted_before, refused_before = errors(scores, same, higher)
    assert threshold in scores
    assert accepted >= refused - 1e-12
    assert accepted_before <= refused_before + 1e-12


@settings(max_examples=50, deadline=None)
@given(data=st.data(), count=st.integers(1, 12))
def test_the_best_threshold_is_that_of_brute_force(data, count):
    numbers = st.integers(-8, 8).map(lambda n: n / 8) | st.floats(-1, 1).map(lambda x: round(x, 6))
    scores = np.array(data.draw(st.lists(numbers, min_size=count, max_size=count)))
    same = np.array(data.draw(st.lists(st.booleans(), min_size=count, max_size=count)))
    found = best_threshold(scores, same)
    best = max(accuracy_score(same, scores >= t) for t in cuts(scores))
    assert accuracy_score(same, scores >= found) == best
    # No higher threshold is as good, and it lies half-way between two scores.
    expected = longhand_threshold(scores, same)
    assert ((scores >= found) == (scores >= expected)).all()
    assert found == expected


def test_neighbouring_floats_are_still_told_apart():
    for high in (1.0, np.nextafter(1.0, 2.0), 0.3, np.nextafter(0.3, 1.0)):
        scores = np.array([high, np.nextafter(high, 0.0)])
        threshold = best_threshold(scores, np.array([True, False]))
        assert (scores >= threshold).tolist() == [True, False]


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(20, 30))
def test_any_folds_give_the_longhand_accuracies(seed, count):
    scores, same = make_scores(seed, count, ties=True)
    folds = np.random.default_rng(seed).integers(0, 10, count)
    assert fold_accuracies(scores, same, folds).tolist() == longhand_folds(scores, same, folds)
    if same.any() and not same.all():
        expected = np.mean(longhand_folds(scores, same, folds))
        assert verify(scores, same, folds).accuracy == pytest.approx(expected, abs=1e-15)


def test_perfect_scores_and_their_opposite():
    same = np.arange(40) < 12
    scores = np.where(same, 0.9, 0.1) + np.arange(40) / 1000
    best, worst = verify(scores, same), verify(-scores, same)
    assert (best.auroc, best.eer, best.accuracy, best.accuracy_std) == (1.0, 0.0, 1.0, 0.0)
    assert (worst.auroc, worst.eer) == (0.0, 1.0)


def test_every_pair_comes_once():
    people = np.array([0, 0, 1, 2, 1])
    pairs = all_pairs(people)
    listed = list(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))
    assert listed == [(a, b) for a in range(5) for b in range(a + 1, 5)]
    assert [pair for pair, same in zip(listed, pairs.same, strict=True) if same] == [(0, 1), (2, 4)]


def test_scores_are_cosines():
    features = torch.randn(6, 5, generator=torch.Generator().manual_seed(0))
    features[3] = 0
    pairs = all_pairs(np.zeros(6, np.int64))
    exact = features.double().numpy()
    for left, right, score in zip(
        pairs.left, pairs.right, cosine_scores(features, pairs), strict=True
    ):
        a, b = exact[left], exact[right]
        lengths = np.linalg.norm(a) * np.linalg.norm(b)
        assert score == pytest.approx(a @ b / lengths if lengths else 0.0, abs=1e-12)


def test_each_fold_gets_its_share_of_both_kinds():
    same = np.random.default_rng(0).random(250) < 0.3
    folds = dealt_folds(same)
    for kind in (same, ~same):
        counts = np.bincount(folds[kind], minlength=10)
        assert counts.max() - counts.min() <= 1
    assert set(folds.tolist()) == set(range(10))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_scores_that_are_not_finite_are_refused(bad):
    scores, same = make_scores(0, 30)
    scores[3] = bad
    with pytest.raises(ValueError, match="scores are not finite"):
        verify(scores, same)


@pytest.mark.parametrize(("kind", "word"), [(True, "genuine"), (False, "impostor")])
def test_one_kind_alone_is_refused(kind, word):
    with pytest.raises(ValueError, match=f"all pairs are {word}; both kinds are needed"):
        verify(np.arange(5.0), np.full(5, kind))


def test_a_single_fold_is_refused():
    scores, same = make_scores(0, 30)
    with pytest.raises(ValueError, match="there is 1 fold; allowed: two at least"):
        verify(scores, same, np.zeros(30, np.int64))


def test_folds_hold_as_many_impostors_as_genuine_pairs_each_of_its_own_people() -> None:
    people = np.repeat(np.arange(12), 4)
    pairs = all_pairs(people)
    folds = balanced_folds(people, pairs)
    for fold in range(10):
        inside = folds == fold
        assert inside[pairs.same].sum() == inside[~pairs.same].sum() > 0
        own = {fold, fold + 10}
        assert set(people[pairs.left[inside & pairs.same]]) <= own
        both = zip(people[pairs.left[inside]], people[pairs.right[inside]], strict=True)
        assert all(own & set(pair) for pair in both)
    assert (folds[pairs.same] >= 0).all()
    assert np.array_equal(folds, balanced_folds(people, pairs))


def test_refusing_everybody_is_half_right_where_folds_are_balanced() -> None:
    people = np.repeat(np.arange(10), 10)
    pairs = all_pairs(people)
    random = np.random.default_rng(0)
    blind = verify(random.random(len(pairs.same)), pairs.same, balanced_folds(people, pairs))
    assert blind.accuracy == pytest.approx(0.5, abs=0.06)
