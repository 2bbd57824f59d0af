"""The newest place of each displayed digit, and what can be measured from those places."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


class Shape(NamedTuple):
    """Measured Gaussians of the classes: ``means`` [K, D], ``spread`` and ``separation``."""

    means: Float
    spread: float
    separation: float


class Places:
    """Newest features and predicted class of each displayed digit.

    Args:
        displayed: which training digits are displayed [n], by index.
        labels: labels of all training digits [N].
        num_classes: K.
        feature_dim: D.
    """

    def __init__(self, displayed: Ints, labels: Ints, num_classes: int, feature_dim: int) -> None:
        self.displayed = displayed
        self.labels = labels[displayed]
        self.features = np.zeros((len(displayed), feature_dim), np.float32)
        self.predicted = np.zeros(len(displayed), np.uint8)
        self._place_of = np.full(len(labels), -1, np.int64)
        self._place_of[displayed] = np.arange(len(displayed))
        self._one_hot = np.zeros((num_classes, len(displayed)), np.float32)
        self._one_hot[self.labels, np.arange(len(displayed))] = 1.0
        self._counts = np.maximum(self._one_hot.sum(1, keepdims=True), 1.0)
        self._touched = np.zeros(len(displayed), bool)

    def update(self, digits: Ints, features: Float, predicted: Ints) -> None:
        """Notes where training digits ``digits`` [m], given by index, now lie ([m, D])."""
        places = self._place_of[digits]
        shown = places >= 0
        self.put(places[shown], features[shown], predicted[shown])

    def put(self, places: Ints, features: Float, predicted: Ints) -> None:
        """The same, by place on screen."""
        self.features[places] = features
        self.predicted[places] = predicted
        self._touched[places] = True

    def take_touched(self) -> npt.NDArray[np.uint16]:
        """Which digits were updated since the last call."""
        ids = np.flatnonzero(self._touched).astype(np.uint16)
        self._touched[:] = False
        return ids

    def shape(self) -> Shape:
        """Class means, in-class spread and between-class separation of the newest places."""
        means = (self._one_hot @ self.features) / self._counts
        inner = self.features - means[self.labels]
        spread = float(np.sqrt(np.einsum("nd,nd->n", inner, inner).mean()))
        pairs = np.triu_indices(len(means), 1)
        gaps = np.linalg.norm(means[pairs[0]] - means[pairs[1]], axis=1)
        return Shape(means, spread, float(gaps.mean()))

    def covariances(self, points: Float) -> Float:
        """Measured class covariances [K, V, V] of view coordinates ``points`` [n, V]."""
        means = (self._one_hot @ points) / self._counts
        inner = points - means[self.labels]
        width = points.shape[1]
        outer = (inner[:, :, None] * inner[:, None, :]).reshape(len(points), -1)
        covariances: Float = (self._one_hot @ outer) / self._counts
        return covariances.reshape(-1, width, width)
