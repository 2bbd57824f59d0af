"""Plain softmax: a linear classifier and cross-entropy, the loss that L-GM is compared with."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lgm_core.losses.base import FeatureLoss, LossTerms


class SoftmaxLoss(FeatureLoss):
    """Cross-entropy of ``w_k . x + b_k`` on features [N, D].

    Args:
        num_classes: number of classes K, 2 or more.
        feature_dim: feature dimension D.
        alpha, lambda_: accepted for the common interface; softmax has no use for them.

    Attributes:
        weight: class weights [K, D].
        bias: class biases [K].
    """

    def __init__(
        self, num_classes: int, feature_dim: int, *, alpha: float = 0.0, lambda_: float = 0.0
    ) -> None:
        super().__init__(num_classes, feature_dim, alpha=alpha, lambda_=lambda_)
        linear = nn.Linear(feature_dim, num_classes)
        self.weight = linear.weight
        self.bias = linear.bias

    def loss_and_logits(self, features: Tensor, labels: Tensor) -> tuple[LossTerms, Tensor]:
        """Loss terms (the likelihood term is 0) and detached logits [N, K]."""
        self._check_batch(features, labels)
        logits = self.logits(features)
        classification = nn.functional.cross_entropy(logits, labels)
        return LossTerms(classification, classification, torch.zeros_like(classification)), (
            logits.detach()
        )

    def logits(self, features: Tensor) -> Tensor:
        """``w_k . x + b_k`` [N, K]."""
        self._check_features(features)
        return nn.functional.linear(features, self.weight, self.bias)

    @torch.no_grad()
    def quadratic_logits(self) -> tuple[Tensor, Tensor, Tensor]:
        """See :meth:`FeatureLoss.quadratic_logits`; linear, so ``q`` is 0."""
        return torch.zeros_like(self.weight), self.weight.clone(), self.bias.clone()
