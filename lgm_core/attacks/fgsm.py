"""The fast gradient sign method.

Goodfellow, Shlens, Szegedy, "Explaining and Harnessing Adversarial Examples", ICLR 2015,
section 4: ``x + epsilon sign(grad_x L(x, y))``, kept within 0 to 1.
"""

from __future__ import annotations

from torch import Tensor

from lgm_core.attacks.pgd import pgd
from lgm_core.attacks.result import AttackResult
from lgm_core.networks.classifier import Classifier


def fgsm(
    model: Classifier,
    images: Tensor,
    labels: Tensor,
    *,
    epsilon: float,
    targets: Tensor | None = None,
) -> AttackResult:
    """One step of length epsilon along the sign of the gradient.

    Args:
        model: what is attacked.
        images: pictures [N, 1, H, W] in 0 to 1.
        labels: true classes [N].
        epsilon: largest change of a pixel, in units of white = 1.
        targets: classes [N] to be taken for; by default any wrong one.

    Raises:
        ValueError: for a value that is not allowed; the message names it.
    """
    return pgd(
        model,
        images,
        labels,
        epsilon=epsilon,
        step_size=epsilon,
        steps=1,
        random_start=False,
        targets=targets,
    )
