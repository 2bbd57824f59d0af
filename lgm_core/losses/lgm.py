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
from torch import Tensor, nn

from lgm_core.losses.base import FeatureLoss, LossTerms
from lgm_core.losses.bounds import bounded
from lgm_core.losses.distances import half_distances, row_sums, working_dtype

Covariance = Literal["identity", "isotropic", "diagonal"]

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
        self._check_batch(features, labels)
        log_variances = self._bounded_log_variances()
        half_log_det = self._half_log_det(log_variances)
        distances = half_distances(features, self.means, log_variances)
        logits = -distances - half_log_det

        true = labels.unsqueeze(1)
        true_distance = distances.gather(1, true)
        with_margin = logits.scatter_add(1, true, -self.alpha * true_distance)

        classification = nn.functional.cross_entropy(with_margin, labels)
        likelihood = (true_distance.squeeze(1) + half_log_det[labels]).mean()
        total = classification + self.lambda_ * likelihood
        terms = (self._out(term, features) for term in (total, classification, likelihood))
        return LossTerms(*terms), self._out(logits.detach(), features)

    def logits(self, features: Tensor) -> Tensor:
        """``-d_k - 1/2 log|Sigma_k|`` [N, K], no margin."""
        return self._out(self._log_density(features), features)

    def log_likelihood(self, features: Tensor) -> Tensor:
        """``log N(x; mu_k, Sigma_k)`` [N, K], every constant included."""
        constant = 0.5 * self.feature_dim * math.log(2 * math.pi)
        return self._out(self._log_density(features) - constant, features)

    @torch.no_grad()
    def quadratic_logits(self) -> tuple[Tensor, Tensor, Tensor]:
        """See :meth:`FeatureLoss.quadratic_logits`; exact, no factor left out."""
        log_variances = self._bounded_log_variances()
        means = self.means.to(working_dtype(self.means.device))
        precision = torch.exp(-log_variances.to(means.dtype)).expand_as(means)
        weighted = precision * means
        constant = -0.5 * (weighted * means).sum(1) - self._half_log_det(log_variances)
        dtype = self.means.dtype
        return precision.to(dtype, copy=True), weighted.to(dtype), constant.to(dtype)

    @torch.no_grad()
    def variances(self) -> Tensor:
        """The variances in force [K, D], whatever the covariance option."""
        variances = torch.exp(self._bounded_log_variances())
        return variances.expand(self.num_classes, self.feature_dim).clone()

    def _log_density(self, features: Tensor) -> Tensor:
        """``log N(x; mu_k, Sigma_k)`` [N, K] without the constant, in the working dtype."""
        self._check_features(features)
        log_variances = self._bounded_log_variances()
        distances = half_distances(features, self.means, log_variances)
        return -distances - self._half_log_det(log_variances)

    def _half_log_det(self, log_variances: Tensor) -> Tensor:
        """``1/2 log|Sigma_k|`` [K], in the working dtype."""
        repeats = self.feature_dim // log_variances.shape[1]
        return 0.5 * repeats * row_sums(log_variances)

    def _bounded_log_variances(self) -> Tensor:
        if self.covariance == "identity":
            return self.log_variances
        return bounded(self.log_variances, *LOG_VARIANCE_RANGE)

    def _out(self, values: Tensor, features: Tensor) -> Tensor:
        """Back from the working dtype to the one that came in, never below the parameters'."""
        return values.to(torch.promote_types(features.dtype, self.means.dtype))
