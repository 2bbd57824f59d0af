"""How normal an input looks: scores of features and logits, higher for normal inputs.

Every score is called the same way, ``score(features [N, D], logits [N, K]) -> [N]``, in float64,
because a softmax that is sure differs from one that is very sure in the tenth decimal.

- ``log_likelihood``: ``log N(x; mu_k, Sigma_k)`` of the predicted class k (L-GM only)
- ``mixture``: ``log 1/K sum_k N(x; mu_k, Sigma_k)`` (L-GM only)
- ``max_probability``: log of the largest softmax probability; Hendrycks, Gimpel, "A Baseline for
  Detecting Misclassified and Out-of-Distribution Examples", ICLR 2017
- ``energy``: ``log sum_k exp(logit_k)``, the negative free energy at temperature 1; Liu, Wang,
  Owens, Li, "Energy-based Out-of-distribution Detection", NeurIPS 2020
- ``mahalanobis``, ``kde``: fitted after the fact, see :mod:`lgm_core.detection.fitted`
"""

from __future__ import annotations

import math
from typing import Protocol

import torch
from torch import Tensor

from lgm_core.losses.base import FeatureLoss


class Score(Protocol):
    """How normal inputs look, higher for normal ones."""

    def __call__(self, features: Tensor, logits: Tensor) -> Tensor:
        """Scores [N], float64, of features [N, D] and logits [N, K]."""


class _Density:
    """What the two likelihoods have in common.

    Args:
        loss: one with a density.

    Raises:
        NoDensityError: at a call, if the loss does not model a density.
    """

    def __init__(self, loss: FeatureLoss) -> None:
        self._loss = loss

    def _of_each(self, features: Tensor) -> Tensor:
        """``log N(x; mu_k, Sigma_k)`` [N, K], every constant included."""
        return self._loss.log_likelihood(features.to(torch.float64))


class LogLikelihood(_Density):
    """``log N(x; mu_k, Sigma_k)`` of the predicted class, every constant included."""

    def __call__(self, features: Tensor, logits: Tensor) -> Tensor:
        """See :class:`Score`."""
        return self._of_each(features).gather(1, logits.argmax(1, keepdim=True)).squeeze(1)


class Mixture(_Density):
    """``log 1/K sum_k N(x; mu_k, Sigma_k)``, the density of the whole mixture, equal priors."""

    def __call__(self, features: Tensor, logits: Tensor) -> Tensor:
        """See :class:`Score`."""
        return self._of_each(features).logsumexp(1) - math.log(self._loss.num_classes)


def max_probability(features: Tensor, logits: Tensor) -> Tensor:
    """Log of the largest softmax probability; see :class:`Score`.

    Formed from the other classes, ``-log(1 + sum exp(l_j - l_max))``: the probability itself is
    1 to the last digit for most digits, and they would all tie.
    """
    logits = logits.to(torch.float64)
    top, first = logits.max(1, keepdim=True)
    others = (logits - top).exp().scatter(1, first, 0.0).sum(1)
    return -torch.log1p(others)


def energy(features: Tensor, logits: Tensor) -> Tensor:
    """``log sum_k exp(logit_k)``; see :class:`Score`."""
    return logits.to(torch.float64).logsumexp(1)
