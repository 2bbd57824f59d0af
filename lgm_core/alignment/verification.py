"""Verification: are two pictures of the same person? Scores, curves and LFW's ten folds.

Huang, Ramesh, Berg & Learned-Miller, "Labeled Faces in the Wild", UMass Amherst TR 07-49, 2007,
view 2: as many genuine pairs as impostors in each fold; the threshold of a fold is the one with
the highest accuracy on the nine others. LFW's folds share no people; those that are made here for
other sets do, so their standard error is too small.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn.functional import normalize

Float = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

FOLDS = 10


class Pairs(NamedTuple):
    """Pairs of pictures by index: ``left`` [M], ``right`` [M], ``same`` person or not [M]."""

    left: Ints
    right: Ints
    same: Bools


@dataclass(frozen=True)
class Verification:
    """How well a score tells genuine pairs from impostors. Shares are 0 to 1."""

    auroc: float
    eer: float  #: where as many impostors are accepted as genuine pairs refused
    accuracy: float  #: mean over the ten folds
    accuracy_std: float  #: standard error of that mean, from the folds' spread
    threshold: float  #: at the equal error rate


def all_pairs(people: Ints) -> Pairs:
    """Every pair of pictures [M = N (N - 1) / 2] of N pictures with these people."""
    left, right = np.triu_indices(len(people), 1)
    return Pairs(left, right, people[left] == people[right])


def cosine_scores(features: Tensor, pairs: Pairs) -> Float:
    """Cosine similarity [M] of the features [N, D] of each pair; higher is more alike."""
    unit = normalize(features.to(torch.float64))
    left, right = torch.from_numpy(pairs.left), torch.from_numpy(pairs.right)
    scores: Float = (unit[left] * unit[right]).sum(1).numpy()
    return scores


def verify(scores: Float, same: Bools, folds: Ints | None = None) -> Verification:
    """The figures of a verification.

    Args:
        scores: [M], higher is more alike.
        same: [M] whether the pair is genuine.
        folds: [M] 0 .. 9, or -1 for a pair that does not count for the accuracy; by default
            genuine and impostor pairs are dealt out in turn, a tenth of both to each fold.

    Raises:
        ValueError: if scores are not finite, or all pairs are of one kind.
    """
    # Only now: it is needed once, at a run's end.
    from sklearn.metrics import roc_auc_score, roc_curve

    if not np.isfinite(scores).all():
        raise ValueError("scores are not finite")
    if same.all() or not same.any():
        kind = "genuine" if same.all() else "impostor"
        raise ValueError(f"all pairs are {kind}; both kinds are needed")
    folds = dealt_folds(same) if folds is None else folds
    false_accepted, accepted, thresholds = roc_curve(same, scores, drop_intermediate=False)
    gap = false_accepted - (1 - accepted)
    at = int(np.argmax(gap >= -1e-12))
    # The curve crosses the line of equal errors between two of its corners.
    before = max(at - 1, 0)
    share = 0.0 if gap[at] == gap[before] else -gap[before] / (gap[at] - gap[before])
    eer = false_accepted[before] + share * (false_accepted[at] - false_accepted[before])
    counted = folds >= 0
    accuracies = fold_accuracies(scores[counted], same[counted], folds[counted])
    return Verification(
        auroc=float(roc_auc_score(same, scores)),
        eer=float(eer),
        accuracy=float(accuracies.mean()),
        accuracy_std=float(accuracies.std(ddof=1) / np.sqrt(len(accuracies))),
        threshold=float(min(thresholds[at], scores.max())),
    )


def dealt_folds(same: Bools, folds: int = FOLDS) -> Ints:
    """A fold [M] for each pair; each fold gets an equal share of both kinds."""
    dealt = np.empty(len(same), np.int64)
    for kind in (same, ~same):
        dealt[kind] = np.arange(int(kind.sum())) % folds
    return dealt


def balanced_folds(people: Ints, pairs: Pairs, folds: int = FOLDS) -> Ints:
    """A fold [M] for pairs of pictures of these people: as many impostors as genuine pairs.

    A genuine pair goes into its person's fold, an impostor into that of one of its two people,
    drawn at random; impostors beyond the number of genuine pairs get -1. Always the same for the
    same people.
    """
    random = np.random.default_rng(0)
    number = np.unique(people, return_inverse=True)[1] % folds
    either = np.where(random.random(len(pairs.same)) < 0.5, pairs.left, pairs.right)
    dealt = np.where(pairs.same, number[pairs.left], number[either])
    for fold in np.unique(dealt):
        strangers = np.flatnonzero((dealt == fold) & ~pairs.same)
        kept = int(((dealt == fold) & pairs.same).sum())
        dealt[random.permutation(strangers)[kept:]] = -1
    return dealt


def fold_accuracies(scores: Float, same: Bools, folds: Ints) -> Float:
    """Accuracy on each fold at the threshold that is best on all others.

    Raises:
        ValueError: if there are fewer than two folds.
    """
    names = np.unique(folds)
    if len(names) < 2:
        raise ValueError(f"there is {len(names)} fold; allowed: two at least")
    accuracies = []
    for fold in names:
        inside = folds == fold
        threshold = best_threshold(scores[~inside], same[~inside])
        accuracies.append(float(np.mean((scores[inside] >= threshold) == same[inside])))
    return np.array(accuracies)


def best_threshold(scores: Float, same: Bools) -> float:
    """The threshold with the highest accuracy; half-way between the two scores around it.

    Of several equally good ones, the highest.
    """
    order = np.argsort(-scores, kind="stable")
    ranked, genuine = scores[order], same[order]
    # right[k]: pairs judged rightly if the k highest scores are accepted.
    right = np.concatenate(([0], np.cumsum(np.where(genuine, 1, -1)))) + int((~same).sum())
    cuts = np.concatenate(([True], ranked[1:] < ranked[:-1], [True]))  # not between equal scores
    k = int(np.argmax(np.where(cuts, right, -1)))
    if k == 0:
        return float(np.nextafter(ranked[0], np.inf))
    if k == len(ranked):
        return float(ranked[-1])
    middle = (ranked[k - 1] + ranked[k]) / 2
    # Between neighbouring floats it may be rounded to the lower one.
    return float(middle if middle > ranked[k] else ranked[k - 1])
