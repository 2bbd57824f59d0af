"""The figures of all resamples at once against scikit-learn's, one resample after the other."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from lgm_core.detection import bootstrap
from lgm_core.detection.bootstrap import resampled

RESAMPLES = 20


@pytest.mark.parametrize("decimals", [1, 12], ids=["many ties", "no ties"])
@pytest.mark.parametrize(("m", "n"), [(40, 60), (1, 5), (5, 1), (300, 200)])
def test_each_resample_has_scikit_learns_figures(monkeypatch, decimals, m, n):
    rng = np.random.default_rng(m + n)
    normal, abnormal = (
        np.round(rng.normal(shift, 1, size), decimals) for shift, size in ((1, m), (0, n))
    )
    drawn = []
    draw = bootstrap._counts
    monkeypatch.setattr(bootstrap, "_counts", lambda *a: drawn.append(draw(*a)) or drawn[-1])

    figures = resampled(normal, abnormal, RESAMPLES, seed=0)

    of_normal, of_abnormal = drawn
    assert (of_normal.sum(1) == m).all()
    assert (of_abnormal.sum(1) == n).all()
    scores = np.concatenate([normal, abnormal])
    truth = np.repeat([1, 0], [m, n])
    for row, *counts in zip(figures, of_normal, of_abnormal, strict=True):
        often = np.concatenate(counts)
        false, true, _ = roc_curve(truth, scores, sample_weight=often, drop_intermediate=False)
        assert row[0] == pytest.approx(roc_auc_score(truth, scores, sample_weight=often))
        assert row[1] == pytest.approx(false[np.argmax(true >= 0.95 - 1e-12)])
        assert row[2] == pytest.approx(average_precision_score(truth, scores, sample_weight=often))


def test_resamples_differ_and_the_seed_decides():
    rng = np.random.default_rng(0)
    normal, abnormal = rng.normal(1, 1, 100), rng.normal(0, 1, 100)
    first = resampled(normal, abnormal, 50, seed=3)
    assert len(np.unique(first[:, 0])) > 25
    assert np.array_equal(first, resampled(normal, abnormal, 50, seed=3))
    assert not np.array_equal(first, resampled(normal, abnormal, 50, seed=4))
