"""How well a score tells normal inputs from abnormal ones; scikit-learn's metrics.

"Positive" is normal throughout, because scores are higher for normal inputs. The true positive
rate is the share of normal inputs let through, the false positive rate the share of abnormal
ones. FPR95 is the latter where 95 % of the normal inputs pass, so the detector that raises 5 %
false alarms catches ``1 - FPR95`` of the abnormal ones.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.metrics import auc, average_precision_score, roc_curve

from lgm_core.detection.bootstrap import resampled

Floats = npt.NDArray[np.float64]

_RESAMPLES = 200
_CONFIDENCE = 0.95


class Interval(NamedTuple):
    """A figure and the ends of its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


class Detection(NamedTuple):
    """The figures of one score."""

    auroc: Interval
    fpr95: Interval
    average_precision: Interval


class Roc(NamedTuple):
    """Points of the ROC from (0, 0) to (1, 1), and the threshold at each; same length."""

    false_positive_rate: Floats
    true_positive_rate: Floats
    thresholds: Floats


def roc(normal: Floats, abnormal: Floats) -> Roc:
    """The ROC of scores [M] of normal and [N] of abnormal inputs.

    Raises:
        ValueError: if one of them is empty or holds NaN.
    """
    scores, truth = _joined(normal, abnormal)
    return Roc(*roc_curve(truth, scores))


def detection(normal: Floats, abnormal: Floats, *, seed: int = 0) -> Detection:
    """AUROC, FPR95 and average precision with their bootstrap intervals.

    Each of the 200 resamples draws normal and abnormal inputs anew, as many of each as there
    are. The intervals are the percentiles that leave 2.5 % on either side.

    Args:
        normal: scores [M].
        abnormal: scores [N].
        seed: of the resampling.

    Raises:
        ValueError: if one of them is empty or holds NaN.
    """
    figures = np.array(_figures(*_joined(normal, abnormal)))
    draws = resampled(_finite(normal), _finite(abnormal), _RESAMPLES, seed)
    tail = 100 * (1 - _CONFIDENCE) / 2
    low, high = np.percentile(draws, [tail, 100 - tail], axis=0)
    rows = zip(figures.tolist(), low.tolist(), high.tolist(), strict=True)
    return Detection(*(Interval(*row) for row in rows))


def threshold(normal: Floats, *, false_alarms: float = 0.05) -> float:
    """The highest score that leaves at most a share of the normal inputs below it.

    An input is called strange where its score is below.

    Args:
        normal: scores [M].
        false_alarms: share of the normal inputs called strange, 0 to 1.

    Raises:
        ValueError: for no score, one that is NaN, or another share.
    """
    _check("normal", normal)
    if not 0 <= false_alarms <= 1:
        raise ValueError(f"false_alarms is {false_alarms}; allowed: 0 to 1")
    below = min(int(false_alarms * len(normal)), len(normal) - 1)
    return float(np.sort(normal)[below])


def _figures(scores: Floats, truth: npt.NDArray[np.int64]) -> tuple[float, float, float]:
    # All points: the one at 95 % may lie amid a straight piece, whose points are dropped else.
    false_rate, true_rate, _ = roc_curve(truth, scores, drop_intermediate=False)
    fpr95 = float(false_rate[np.searchsorted(true_rate, 0.95)])
    return auc(false_rate, true_rate), fpr95, average_precision_score(truth, scores)


def _finite(scores: Floats) -> Floats:
    """An input without any density scores -inf: below all others, which the metrics must order."""
    return np.nan_to_num(scores, posinf=1e300, neginf=-1e300)


def _joined(normal: Floats, abnormal: Floats) -> tuple[Floats, npt.NDArray[np.int64]]:
    _check("normal", normal)
    _check("abnormal", abnormal)
    joined = _finite(np.concatenate([normal, abnormal]))
    truth = np.concatenate([np.ones(len(normal)), np.zeros(len(abnormal))]).astype(np.int64)
    return joined, truth


def _check(name: str, scores: Floats) -> None:
    if not len(scores):
        raise ValueError(f"there are no {name} inputs to compare")
    if np.isnan(scores).any():
        raise ValueError(f"a score of the {name} inputs is not a number")
