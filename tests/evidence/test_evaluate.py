"""Figures of the classifier against longhand and scikit-learn."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, f1_score, precision_recall_fscore_support

from lgm_core.evidence.classify.evaluate import (
    brier,
    evaluate,
    expected_calibration_error,
    keyword_baseline,
    majority_baseline,
)
from lgm_core.evidence.paper import LABELS, Label

pairs = st.lists(
    st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1, max_size=60
)


@given(pairs)
def test_scores_are_those_of_scikit_learn(found: list[tuple[Label, Label]]) -> None:
    true, given_ = [t for t, _ in found], [g for _, g in found]
    result = evaluate(true, given_)
    assert result.macro_f1 == pytest.approx(f1_score(true, given_, average="macro"))
    table = confusion_matrix(true, given_, labels=LABELS)
    assert [[result.confusion[t][g] for g in LABELS] for t in LABELS] == table.tolist()
    expected = precision_recall_fscore_support(true, given_, labels=LABELS, zero_division=0)
    for label, *rest in zip(LABELS, *expected, strict=True):
        score = result.scores[label]
        assert [score.precision, score.recall, score.f1, score.support] == pytest.approx(rest)


def rows(count: int, seed: int) -> tuple[list[Label], list[dict[Label, float]]]:
    chance = random.Random(seed)
    found = []
    for _ in range(count):
        raw = [chance.random() ** 2 + 1e-9 for _ in LABELS]
        found.append({label: r / sum(raw) for label, r in zip(LABELS, raw, strict=True)})
    return [chance.choice(LABELS) for _ in range(count)], found


@pytest.mark.parametrize("seed", range(5))
def test_calibration_error_and_brier_longhand(seed: int) -> None:
    true, found = rows(300, seed)
    table = np.array([[row[label] for label in LABELS] for row in found])
    top, hit = table.max(1), np.array(LABELS)[table.argmax(1)] == np.array(true)
    ece = 0.0
    for low in range(10):
        inside = (top >= low / 10) & (top < (low + 1) / 10)
        if inside.any():
            ece += inside.mean() * abs(top[inside].mean() - hit[inside].mean())
    assert expected_calibration_error(true, found) == pytest.approx(ece)
    one_hot = np.array([[label == t for label in LABELS] for t in true])
    assert brier(true, found) == pytest.approx(((table - one_hot) ** 2).sum(1).mean())


def test_certainty_by_hand() -> None:
    sure: dict[Label, float] = {"supporting": 1.0, "contrasting": 0.0, "mentioning": 0.0}
    assert expected_calibration_error(["supporting"], [sure]) == 0
    assert expected_calibration_error(["mentioning"], [sure]) == 1
    assert brier(["mentioning"], [sure]) == 2
    half = evaluate(["supporting", "mentioning"], ["supporting"] * 2, [sure, sure])
    assert half.ece == pytest.approx(0.5)
    assert half.brier == 1
    assert half.accuracy == 0.5


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(ValueError, match="0 labels cannot be compared with 0"):
        evaluate([], [])
    with pytest.raises(ValueError, match="1 labels cannot be compared with 2"):
        evaluate(["supporting", "supporting"], ["supporting"])


def test_baselines() -> None:
    assert majority_baseline(["supporting", "mentioning", "mentioning"], 2) == ["mentioning"] * 2
    texts = ["This is in line with [CITE].", "This differs from [CITE].", "It is known [CITE]."]
    assert keyword_baseline(texts) == ["supporting", "contrasting", "mentioning"]
