"""Center loss: softmax that also pulls each feature to a center of its class.

Wen, Zhang, Li, Qiao, "A Discriminative Feature Learning Approach for Deep Face Recognition",
ECCV 2016: equation 5 (the loss), equation 4 and algorithm 1 (how the centers move).
pytorch-metric-learning does not have it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lgm_core.losses.base import LossTerms
from lgm_core.losses.softmax import SoftmaxLoss

#: Step of the centers, the paper's alpha (section 4); not the margin alpha of this lab.
CENTER_RATE = 0.5


class CenterLoss(SoftmaxLoss):
    """Softmax plus ``lambda / 2 |x - c_z|^2``, batch mean, on features [N, D].

    The centers follow the paper's rule and not an optimizer: after the loss of a training batch
    has been formed, each center moves by ``-0.5 sum_(z_i = k) (c_k - x_i) / (1 + n_k)``, where
    ``n_k`` counts the class in the batch. They so track their classes also while lambda is 0.
    In evaluation mode they stand still.

    Args:
        num_classes: number of classes K, 2 or more.
        feature_dim: feature dimension D.
        alpha: accepted for the common interface; center loss has no margin.
        lambda_: weight of the center term, 0 or more; may be changed between steps.

    Attributes:
        weight, bias: of the softmax, [K, D] and [K], parameters.
        centers: class centers [K, D], a buffer that starts at 0.
    """

    centers: Tensor

    def __init__(
        self, num_classes: int, feature_dim: int, *, alpha: float = 0.0, lambda_: float = 0.0
    ) -> None:
        super().__init__(num_classes, feature_dim, alpha=alpha, lambda_=lambda_)
        self.register_buffer("centers", torch.zeros(num_classes, feature_dim))

    def loss_and_logits(self, features: Tensor, labels: Tensor) -> tuple[LossTerms, Tensor]:
        """Loss terms (the center term as ``likelihood``) and detached logits [N, K]."""
        self._check_batch(features, labels)
        logits = self.logits(features)
        classification = nn.functional.cross_entropy(logits, labels)
        center = 0.5 * (features - self.centers[labels]).square().sum(1).mean()
        total = classification + self.lambda_ * center
        if self.training:
            self._move_centers(features.detach(), labels)
        return LossTerms(total, classification, center), logits.detach()

    @torch.no_grad()
    def _move_centers(self, features: Tensor, labels: Tensor) -> None:
        pull = torch.zeros_like(self.centers)
        pull.index_add_(0, labels, (self.centers[labels] - features).to(pull.dtype))
        counts = torch.bincount(labels, minlength=self.num_classes).unsqueeze(1)
        self.centers -= CENTER_RATE * pull / (1 + counts)
