"""The basic iterative method: small steps of the fast gradient sign method.

Kurakin, Goodfellow, Bengio, "Adversarial Examples in the Physical World", ICLR workshop 2017,
section 2.2.
"""

from __future__ import annotations

from torch import Tensor

from lgm_core.attacks.gradient import Progress
from lgm_core.attacks.pgd import pgd
from lgm_core.attacks.result import AttackResult
from lgm_core.networks.classifier import Classifier


def bim(
    model: Classifier,
    images: Tensor,
    labels: Tensor,
    *,
    epsilon: float,
    step_size: float | None = None,
    steps: int = 10,
    targets: Tensor | None = None,
    progress: Progress | None = None,
) -> AttackResult:
    """Steps along the sign of the gradient from the clean picture, no pixel beyond epsilon.

    Args:
        model: what is attacked.
        images: pictures [N, 1, H, W] in 0 to 1.
        labels: true classes [N].
        epsilon: largest change of a pixel, in units of white = 1.
        step_size: change of a pixel in one step; by default ``epsilon / steps``, so that the
            ball's surface is just in reach.
        steps: how many, 1 to 1,000.
        targets: classes [N] to be taken for; by default any wrong one.
        progress: called with the steps done and all steps; may raise to break off.

    Raises:
        ValueError: for a value that is not allowed; the message names it.
    """
    return pgd(
        model,
        images,
        labels,
        epsilon=epsilon,
        step_size=epsilon / max(1, steps) if step_size is None else step_size,
        steps=steps,
        random_start=False,
        targets=targets,
        progress=progress,
    )
