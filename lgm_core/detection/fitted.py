"""Densities fitted to a model's features after its training: softmax's strongest opponents."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from scipy.spatial.distance import cdist
from sklearn.covariance import EmpiricalCovariance
from sklearn.model_selection import KFold
from sklearn.neighbors import KernelDensity
from torch import Tensor

Floats = npt.NDArray[np.float64]

#: Training features of a class that a kernel density is made of, and fitted with.
KERNELS = 1000
_BANDWIDTHS = np.geomspace(0.05, 2.0, 12)
_FOLDS = 3


class Mahalanobis:
    """Minus half the squared Mahalanobis distance to the nearest class mean, one covariance.

    Lee, Lee, Lee, Shin, "A Simple Unified Framework for Detecting Out-of-Distribution Samples
    and Adversarial Attacks", NeurIPS 2018, section 2.1, on the last features. The covariance is
    scikit-learn's, of the features about their class means; directions without any variance are
    left out (pseudo-inverse).

    Args:
        features: of training inputs, [M, D].
        labels: their classes [M].

    Raises:
        ValueError: without any feature.
    """

    def __init__(self, features: Tensor, labels: Tensor) -> None:
        x, y = _arrays(features, labels)
        means = np.stack([x[y == k].mean(0) for k in np.unique(y)])
        centred = x - means[np.searchsorted(np.unique(y), y)]
        fitted = EmpiricalCovariance(assume_centered=True).fit(centred)
        self._means = torch.from_numpy(means)
        self._precision = torch.from_numpy(fitted.get_precision())

    def __call__(self, features: Tensor, logits: Tensor) -> Tensor:
        """Scores [N], with a gradient; see :class:`lgm_core.detection.scores.Score`."""
        away = features.to(torch.float64)[:, None] - self._means  # [N, K, D]
        distances = (away @ self._precision * away).sum(2)
        return -0.5 * distances.amin(1)


class KernelDensityScore:
    """Log of a kernel density estimate over the training features of the predicted class.

    Feinman, Curtin, Shintre, Gardner, "Detecting Adversarial Samples from Artifacts", 2017,
    section 5.1. Gaussian kernels of scikit-learn; the bandwidth of each class is the one of
    twelve, relative to the class's own spread, under which held-out features are likeliest.

    Args:
        features: of training inputs, [M, D].
        labels: their classes [M].

    Raises:
        ValueError: if a class has too few features to hold some out.
    """

    def __init__(self, features: Tensor, labels: Tensor) -> None:
        x, y = _arrays(features, labels)
        self._densities: dict[int, KernelDensity] = {}
        for k in np.unique(y):
            own = x[y == k][:KERNELS]
            if len(own) < 2 * _FOLDS:
                raise ValueError(
                    f"class {k} has {len(own)} training features; "
                    f"a kernel density needs {2 * _FOLDS} or more"
                )
            self._densities[int(k)] = _fit(own)

    def __call__(self, features: Tensor, logits: Tensor) -> Tensor:
        """Scores [N], without a gradient; see :class:`lgm_core.detection.scores.Score`."""
        x = features.detach().to(torch.float64).numpy()
        predicted = logits.argmax(1).numpy()
        scores = np.full(len(x), -np.inf)
        for k in np.unique(predicted):
            if int(k) in self._densities:
                members = predicted == k
                scores[members] = self._densities[int(k)].score_samples(x[members])
        return torch.from_numpy(scores)


def _fit(own: Floats) -> KernelDensity:
    # A constant feature would make every width 0.
    spread = float(own.std(0).mean()) or 1.0
    # One leaf: in a tree of several, far from all kernels, the sum loses even its first digits.
    density = KernelDensity(bandwidth=_bandwidth(own, _BANDWIDTHS * spread), leaf_size=KERNELS)
    return density.fit(own)


def _bandwidth(own: Floats, bandwidths: Floats) -> float:
    """The bandwidth under which held-out features [m, D] are likeliest.

    All bandwidths share the distances; scikit-learn's grid search forms them for each anew,
    which takes fifty times as long.
    """
    width = own.shape[1]
    likelihoods = np.zeros(len(bandwidths))
    for kept, held_out in KFold(_FOLDS).split(own):
        squares = torch.from_numpy(cdist(own[held_out], own[kept], "sqeuclidean"))
        for i, h in enumerate(bandwidths):
            # Torch's: nine times as fast as scipy's, to the last digit.
            likelihoods[i] += torch.logsumexp(squares * (-0.5 / h**2), 1).sum().item()
            likelihoods[i] -= len(held_out) * width * np.log(h)
    return float(bandwidths[likelihoods.argmax()])


def _arrays(features: Tensor, labels: Tensor) -> tuple[Floats, npt.NDArray[np.int64]]:
    if features.ndim != 2 or not len(features) or labels.shape != features.shape[:1]:
        raise ValueError(
            f"features are {list(features.shape)} beside labels {list(labels.shape)}; "
            "allowed: [M, D] beside [M], M >= 1"
        )
    return features.detach().to(torch.float64).numpy(), labels.numpy()
