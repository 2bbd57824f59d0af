"""The large-margin Gaussian mixture loss.

Wan, Zhong, Li, Chen, "Rethinking Feature Distribution for Loss Functions in Image
Classification", CVPR 2018: section 3.2 (mixture and likelihood), 3.3 (margin).

Features of class k follow ``N(mu_k, Sigma_k)`` with equal priors and diagonal ``Sigma_k``.
With ``d_k(x) = 1/2 (x - mu_k)^T Sigma_k^-1 (x - mu_k)``::

    log N(x; mu_k, Sigma_k) = -d_k - 1/2 log|Sigma_k| - D/2 log 2 pi
    logits, no margin       = -d_k - 1/2 log|Sigma_k|
    logits, training        = the same with (1 + alpha) d_z for the true class z
    classification          = cross-entropy of the training logits, batch mean
    likelihood              = d_z + 1/2 log|Sigma_z|, batch mean (constant left out)
    total                   = classification + lambda * likelihood
"""

from __future__ import annotations

import math
from typing import Literal, get_args

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lgm_core.losses.base import FeatureLoss, LossTerms

Covariance = Literal["identity", "isotropic", "diagonal"]

#: Up to this many numbers N x K x D the distances are differences, exact and as fast.
_DIRECT_LIMIT = 1 << 20

#: Learned log variances stay in this range: the loss has no minimum where a variance goes to 0.
LOG_VARIANCE_RANGE = (math.log(1e-4), math.log(1e4))


class LGMLoss(FeatureLoss):
    """Large-margin Gaussian mixture loss on features [N, D].

    Args:
        num_classes: number of classes K, 2 or more.
        feature_dim: feature dimension D.
        alpha: margin, 0 or more; may be changed between steps.
        lambda_: weight of the likelihood loss, 0 or more; may be changed between steps.
        covariance: ``identity`` (fixed), ``isotropic`` (one learned variance a class) or
            ``diagonal`` (D learned variances a class).

    Attributes:
        means: class means [K, D], a parameter.
        log_variances: log of the variances; [K, 1] for ``isotropic``, [K, D] for ``diagonal``
            (parameters), [K, 1] zeros for ``identity`` (a buffer).
    """

    has_density = True
    log_variances: Tensor

    def __init__(
        self,
        num_classes: int,
        feature_dim: int,
        *,
        alpha: float = 1.0,
        lambda_: float = 0.1,
        covariance: Covariance = "identity",
    ) -> None:
        super().__init__(num_classes, feature_dim, alpha=alpha, lambda_=lambda_)
        if covariance not in get_args(Covariance):
            allowed = ", ".join(get_args(Covariance))
            raise ValueError(f"covariance is {covariance!r}; allowed: {allowed}")
        self.covariance: Covariance = covariance
        self.means = nn.Parameter(torch.randn(num_classes, feature_dim))
        width = feature_dim if covariance == "diagonal" else 1
        log_variances = torch.zeros(num_classes, width)
        if covariance == "identity":
            self.register_buffer("log_variances", log_variances)
        else:
            self.log_variances = nn.Parameter(log_variances)

    def loss_and_logits(self, features: Tensor, labels: Tensor) -> tuple[LossTerms, Tensor]:
        """Loss terms and detached logits without margin [N, K]."""
        log_variances = self._bounded_log_variances()
        half_log_det = self._half_log_det(log_variances)
        distances = self._distances(features, log_variances)
        true_distance = self._true_distance(features, labels, log_variances)

        true = labels.unsqueeze(1)
        # The true class takes its direct distance, also without margin: exact where it matters.
        distances = distances.scatter(1, true, true_distance.unsqueeze(1))
        logits = -distances - half_log_det
        with_margin = logits.scatter_add(1, true, (-self.alpha * true_distance).unsqueeze(1))

        classification = F.cross_entropy(with_margin, labels)
        likelihood = (true_distance + half_log_det[labels]).mean()
        total = classification + self.lambda_ * likelihood
        return LossTerms(total, classification, likelihood), logits.detach()

    def logits(self, features: Tensor) -> Tensor:
        """``-d_k - 1/2 log|Sigma_k|`` [N, K], no margin."""
        log_variances = self._bounded_log_variances()
        return -self._distances(features, log_variances) - self._half_log_det(log_variances)

    def log_likelihood(self, features: Tensor) -> Tensor:
        """``log N(x; mu_k, Sigma_k)`` [N, K], every constant included."""
        return self.logits(features) - 0.5 * self.feature_dim * math.log(2 * math.pi)

    @torch.no_grad()
    def quadratic_logits(self) -> tuple[Tensor, Tensor, Tensor]:
        """See :meth:`FeatureLoss.quadratic_logits`; exact, no factor left out."""
        log_variances = self._bounded_log_variances()
        precision = torch.exp(-log_variances).expand(self.num_classes, self.feature_dim)
        weighted = precision * self.means
        constant = -0.5 * (weighted * self.means).sum(1) - self._half_log_det(log_variances)
        return precision.clone(), weighted, constant

    @torch.no_grad()
    def variances(self) -> Tensor:
        """The variances in force [K, D], whatever the covariance option."""
        return (
            torch.exp(self._bounded_log_variances())
            .expand(self.num_classes, self.feature_dim)
            .clone()
        )

    def _bounded_log_variances(self) -> Tensor:
        return self.log_variances.clamp(*LOG_VARIANCE_RANGE)

    def _half_log_det(self, log_variances: Tensor) -> Tensor:
        """``1/2 log|Sigma_k|`` [K]."""
        repeats = self.feature_dim // log_variances.shape[1]
        return 0.5 * repeats * log_variances.sum(1)

    def _true_distance(self, features: Tensor, labels: Tensor, log_variances: Tensor) -> Tensor:
        """``d_z`` [N], from the difference itself: N x D numbers, no cancellation."""
        difference = features - self.means[labels]
        return 0.5 * (difference.square() * torch.exp(-log_variances[labels])).sum(1)

    def _distances(self, features: Tensor, log_variances: Tensor) -> Tensor:
        """``d_k`` [N, K]."""
        precision = torch.exp(-log_variances)
        if features.shape[0] * self.num_classes * self.feature_dim <= _DIRECT_LIMIT:
            difference = features.unsqueeze(1) - self.means
            return 0.5 * (difference.square() * precision).sum(2)
        # Matrix products, never N x K x D. Centred first: the expansion cancels badly in
        # float32 when features and means lie far from the origin together.
        centre = self.means.detach().mean(0)
        x, mu = features - centre, self.means - centre
        if precision.shape[1] == 1:
            squares = x.square().sum(1, keepdim=True) + mu.square().sum(1)
            return 0.5 * torch.addmm(squares, x, mu.t(), alpha=-2.0) * precision.t()
        scaled = mu * precision
        squares = x.square() @ precision.t() + (scaled * mu).sum(1)
        return 0.5 * torch.addmm(squares, x, scaled.t(), alpha=-2.0)
