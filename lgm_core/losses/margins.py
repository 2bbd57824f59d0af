"""Softmax with a margin in the angle, through pytorch-metric-learning.

With ``cos_k`` the cosine between a feature ``x`` and the class weight ``w_k``, the logits and
what a margin makes of the true class's cosine (``theta`` its angle) are:

============  ==================  ===========================  ==============================
loss          logit of class k    true class in training       margin m from this lab's alpha
============  ==================  ===========================  ==============================
l-softmax     ``|w_k||x| cos_k``  ``(-1)^j cos(m theta) - 2j`` ``1 + alpha``, rounded: 1 to 4
sphereface    ``|x| cos_k``       the same                     the same
cosface       ``s cos_k``         ``cos(theta) - m``           ``0.35 alpha / 3``
arcface       ``s cos_k``         ``cos(theta + m)``           ``0.5 alpha / 3`` radians
============  ==================  ===========================  ==============================

``j`` is the whole part of ``m theta / pi``. ArcFace goes on with ``cos(theta) - m sin(m)`` beyond
``theta = pi - m``, as its authors' code does, so that the logit falls all the way. Alpha 0 is no
margin and alpha 3 the margin of each paper's own experiments: m = 4, 0.35, 0.5 radians. Alpha 1 is
a third of the way, which ten classes still fit into a plane: CosFace then allows no more than
``1 - cos(2 pi / 10) = 0.19``, and with 0.35 its classes overlap. The scale ``s`` is 32, half of
what both papers use for thousands of people in 512 dimensions: ten digits in a plane train less
reliably with 64, from run to run. None of them has a bias, and none has a use for lambda.

Liu, Wen, Yu, Yang, "Large-Margin Softmax Loss", ICML 2016; Liu et al., "SphereFace", CVPR 2017;
Wang et al., "CosFace", CVPR 2018; Deng, Guo, Xue, Zafeiriou, "ArcFace", CVPR 2019. The annealing
that the first two use to start training is left to the live margin.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from pytorch_metric_learning import losses as pml
from torch import Tensor, nn

from lgm_core.losses.base import FeatureLoss, LossTerms

#: Scale of the cosines in CosFace and ArcFace.
SCALE = 32.0
#: Margins at alpha 1.
COSFACE_MARGIN = 0.35 / 3
ARCFACE_MARGIN = 0.5 / 3
#: Largest factor of the angle that alpha can ask for.
MAX_FACTOR = 4


class AngularLoss(FeatureLoss):
    """A loss on the angles between features [N, D] and class weights.

    Args:
        num_classes: number of classes K, 2 or more.
        feature_dim: feature dimension D.
        alpha: margin, 0 or more, in the unit of this module's table; may change between steps.
        lambda_: accepted for the common interface; has no use here.

    Attributes:
        head: the loss of pytorch-metric-learning, whose parameter ``W`` is [D, K].
    """

    unit_weights = True  #: whether the length of a class weight has no influence

    def __init__(
        self, num_classes: int, feature_dim: int, *, alpha: float = 0.0, lambda_: float = 0.0
    ) -> None:
        super().__init__(num_classes, feature_dim, alpha=alpha, lambda_=lambda_)
        self.head: Any = self._make_head()
        # Only the direction is left to chance: L-Softmax lets a class weight that starts short
        # shrink to 0, and its class is never predicted again.
        with torch.no_grad():
            self.head.W.copy_(nn.functional.normalize(self.head.W, dim=0))

    def _make_head(self) -> Any:
        raise TypeError(f"{type(self).__name__} does not define _make_head")

    def _set_margin(self) -> None:
        """Give the margin that alpha asks for to the head."""
        raise TypeError(f"{type(self).__name__} does not define _set_margin")

    @property
    def weight(self) -> Tensor:
        """Class weights [K, D]."""
        weight: Tensor = self.head.W.t()
        return weight

    def loss_and_logits(self, features: Tensor, labels: Tensor) -> tuple[LossTerms, Tensor]:
        """Loss terms (the likelihood term is 0) and detached logits without margin [N, K]."""
        self._check_batch(features, labels)
        self._set_margin()
        # The head's own forward would form the cosines a second time for the plain logits.
        cosines = self.head.get_cosine(features)
        true = labels.unsqueeze(1)
        true_cosine = cosines.gather(1, true).squeeze(1)
        with_margin = self.head.modify_cosine_of_target_classes(true_cosine)
        training = cosines.scatter(1, true, with_margin.unsqueeze(1))
        classification = nn.functional.cross_entropy(
            self.head.scale_logits(training, features), labels
        )
        terms = LossTerms(classification, classification, torch.zeros_like(classification))
        return terms, self.head.scale_logits(cosines, features).detach()

    def logits(self, features: Tensor) -> Tensor:
        """The module's table: logits [N, K] without margin."""
        self._check_features(features)
        logits: Tensor = self.head.get_logits(features)
        return logits

    @torch.no_grad()
    def quadratic_logits(self) -> tuple[Tensor, Tensor, Tensor]:
        """See :meth:`FeatureLoss.quadratic_logits`; linear, so ``q`` is 0, and no bias."""
        weight = nn.functional.normalize(self.weight) if self.unit_weights else self.weight.clone()
        return torch.zeros_like(weight), weight, weight.new_zeros(self.num_classes)


class LSoftmaxLoss(AngularLoss):
    """L-Softmax: the true angle counts ``m = 1 + alpha`` times, rounded to a whole number."""

    unit_weights = False

    def _make_head(self) -> Any:
        return pml.LargeMarginSoftmaxLoss(self.num_classes, self.feature_dim, margin=1)

    def _set_margin(self) -> None:
        factor = min(MAX_FACTOR, 1 + math.floor(self.alpha + 0.5))
        if factor != self.head.margin:
            self.head.margin = factor
            self.head.init_margin()
        # init_margin leaves whole and double numbers, which would turn float32 into float64.
        self.head.cast_types(self.head.W.dtype, self.head.W.device)


class SphereFaceLoss(LSoftmaxLoss):
    """SphereFace: L-Softmax with class weights of length 1."""

    unit_weights = True

    def _make_head(self) -> Any:
        return pml.SphereFaceLoss(self.num_classes, self.feature_dim, margin=1)


class CosFaceLoss(AngularLoss):
    """CosFace: the true cosine less ``0.35 alpha / 3``, scaled by 32."""

    def _make_head(self) -> Any:
        return pml.CosFaceLoss(self.num_classes, self.feature_dim, scale=SCALE)

    def _set_margin(self) -> None:
        self.head.margin = COSFACE_MARGIN * self.alpha


class ArcFaceLoss(AngularLoss):
    """ArcFace: the true angle plus ``0.5 alpha / 3`` radians, pi at most, scaled by 32."""

    def _make_head(self) -> Any:
        return _ArcFaceHead(self.num_classes, self.feature_dim, scale=SCALE)

    def _set_margin(self) -> None:
        self.head.margin = min(math.pi, ARCFACE_MARGIN * self.alpha)


class _ArcFaceHead(pml.ArcFaceLoss):  # type: ignore[misc]
    def get_angles(self, cosine_of_target_classes: Tensor) -> Tensor:
        # acos has an infinite slope at 1, which a 2-D feature on its weight does reach; what
        # comes after multiplies it by 0. A few roundings short of 1 every slope is finite.
        edge = 1.0 - 4 * torch.finfo(cosine_of_target_classes.dtype).eps
        return torch.acos(cosine_of_target_classes.clamp(-edge, edge))


_VARIANTS: dict[str, type[AngularLoss]] = {
    "l-softmax": LSoftmaxLoss,
    "sphereface": SphereFaceLoss,
    "cosface": CosFaceLoss,
    "arcface": ArcFaceLoss,
}


def make_angular(
    name: str, num_classes: int, feature_dim: int, *, alpha: float, lambda_: float
) -> AngularLoss:
    """The loss of a name in the module's table.

    Raises:
        KeyError: for any other name.
    """
    return _VARIANTS[name](num_classes, feature_dim, alpha=alpha, lambda_=lambda_)
