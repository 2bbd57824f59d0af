"""A trained model under study, with the digits it knows and the scores that judge its inputs."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from lgm_core.data import Dataset
from lgm_core.detection.fitted import KernelDensityScore, Mahalanobis
from lgm_core.detection.scores import LogLikelihood, Mixture, Score, energy, max_probability
from lgm_core.networks.classifier import Classifier, to_pixels

Floats = npt.NDArray[np.float64]

#: Training digits that Mahalanobis and kernel densities are fitted to, at most.
FIT_COUNT = 10_000


class Clean(NamedTuple):
    """Clean test digits and what the model and the scores make of them."""

    images: Tensor  #: [N, 1, 28, 28] in 0 to 1
    labels: Tensor  #: [N]
    features: Tensor  #: [N, D]
    logits: Tensor  #: [N, K]
    scores: dict[str, Floats]  #: by the score's name, [N]


class Subject:
    """A trained classifier with the digits it knows and the scores that judge its inputs.

    Args:
        classifier: trained on ``dataset``.
        dataset: training digits to fit densities to, test digits to study.
    """

    def __init__(self, classifier: Classifier, dataset: Dataset) -> None:
        self.classifier = classifier
        self.dataset = dataset
        self._clean: Clean | None = None

    @cached_property
    def fitted_features(self) -> tuple[Tensor, Tensor]:
        """Features [M, D] and labels [M] of the training digits that densities are fitted to.

        Raises:
            ValueError: if they are not finite.
        """
        images = torch.from_numpy(self.dataset.train_images[:FIT_COUNT])
        features, _ = self.classifier.look(to_pixels(images))
        if not bool(torch.isfinite(features).all()):
            raise ValueError("This model's features are not finite: its training diverged.")
        return features, torch.from_numpy(self.dataset.train_labels[:FIT_COUNT])

    @cached_property
    def scores(self) -> Mapping[str, Score]:
        """The scores by name; the two likelihoods only for a loss that has a density."""
        fitted = self.fitted_features
        own: dict[str, Score] = {}
        if self.classifier.loss.has_density:
            own = {
                "log_likelihood": LogLikelihood(self.classifier.loss),
                "mixture": Mixture(self.classifier.loss),
            }
        own |= {
            "max_probability": max_probability,
            "energy": energy,
            "mahalanobis": Mahalanobis(*fitted),
        }
        # A set of one's own may have too few pictures of a class to fit a kernel density.
        with contextlib.suppress(ValueError):
            own["kde"] = KernelDensityScore(*fitted)
        return own

    @cached_property
    def train_scores(self) -> dict[str, Floats]:
        """Every score of the training digits that densities are fitted to, by name: [M]."""
        features, _ = self.fitted_features
        return self.judge(features, self.classifier.loss.logits(features))

    def clean(self, count: int) -> Clean:
        """The first ``count`` test digits; they are the same for every question."""
        if self._clean is None or len(self._clean.labels) != count:
            images = to_pixels(torch.from_numpy(self.dataset.test_images[:count]))
            features, logits = self.classifier.look(images)
            self._clean = Clean(
                images,
                torch.from_numpy(self.dataset.test_labels[:count]),
                features,
                logits,
                self.judge(features, logits),
            )
        return self._clean

    def judge(self, features: Tensor, logits: Tensor) -> dict[str, Floats]:
        """Every score of features [N, D] and logits [N, K], by name: [N]."""
        return {
            name: cast("Floats", score(features, logits).detach().numpy())
            for name, score in self.scores.items()
        }

    @property
    def own_score(self) -> Score:
        """What the model itself offers as a detector: its likelihood, or its probability."""
        if self.classifier.loss.has_density:
            return LogLikelihood(self.classifier.loss)
        return max_probability
