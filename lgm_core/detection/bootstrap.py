"""AUROC, FPR95 and average precision of many resamples at once.

A resample draws inputs with replacement, which only changes how often each one counts. So all
resamples share one order of the scores, and their curves are cumulative sums of counts; tests
hold each figure against scikit-learn's with the counts as ``sample_weight``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int32]


def resampled(normal: Floats, abnormal: Floats, count: int, seed: int) -> Floats:
    """AUROC, FPR95 and average precision [count, 3] of resamples of both kinds of inputs.

    Args:
        normal: scores [M], higher for normal inputs.
        abnormal: scores [N].
        count: of resamples; each draws M normal and N abnormal inputs.
        seed: of the draws.
    """
    rng = np.random.default_rng(seed)
    scores = np.concatenate([normal, abnormal])
    order = np.argsort(-scores, kind="stable")
    # Where the score changes: inputs that tie pass a threshold together.
    ends = np.flatnonzero(np.diff(scores[order], append=np.nan))
    is_normal = order < len(normal)
    true = _passed(_counts(rng, len(normal), count)[:, order[is_normal]], is_normal, ends)
    strange = order[~is_normal] - len(normal)
    false = _passed(_counts(rng, len(abnormal), count)[:, strange], ~is_normal, ends)
    return np.stack(
        [
            _auroc(true, false) / (len(normal) * len(abnormal)),
            _fpr95(true, false),
            _precision(true, false),
        ],
        axis=1,
    )


def _counts(rng: np.random.Generator, size: int, count: int) -> Counts:
    """How often each of ``size`` inputs is drawn in each resample, [count, size]."""
    drawn = rng.integers(size, size=(count, size)) + size * np.arange(count)[:, None]
    counts = np.bincount(drawn.ravel(), minlength=count * size)
    return counts.reshape(count, size).astype(np.int32)


def _passed(counts: Counts, where: npt.NDArray[np.bool_], ends: npt.NDArray[np.int64]) -> Counts:
    """How many of one kind reach each threshold, the strictest first, [count, thresholds].

    Args:
        counts: of this kind's inputs, the highest score first, [count, size].
        where: which places of the common order are theirs, [M + N].
        ends: the last place of each threshold in the common order.
    """
    so_far = np.zeros((len(counts), counts.shape[1] + 1), np.int32)
    np.cumsum(counts, axis=1, out=so_far[:, 1:])
    return so_far[:, where.cumsum()[ends]]


def _auroc(true: Counts, false: Counts) -> Floats:
    """The area in pairs of a normal and an abnormal input, ties counted half, [count]."""
    added = np.diff(false, axis=1, prepend=0)
    before = np.concatenate([np.zeros_like(true[:, :1]), true[:, :-1]], axis=1)
    pairs: Floats = np.einsum("rt,rt->r", added.astype(float), (true + before).astype(float))
    return 0.5 * pairs


def _fpr95(true: Counts, false: Counts) -> Floats:
    first = (true >= 0.95 * true[:, -1:]).argmax(1)
    share: Floats = false[np.arange(len(first)), first] / false[:, -1]
    return share


def _precision(true: Counts, false: Counts) -> Floats:
    """Average precision: precision at each threshold, weighted with the recall it adds."""
    added = np.diff(true, axis=1, prepend=0)
    precision = true / np.maximum(true + false, 1)
    area: Floats = np.einsum("rt,rt->r", added, precision) / true[:, -1]
    return area
