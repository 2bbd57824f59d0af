"""Projected gradient descent: the strongest attack that knows only the classifier's loss.

Madry, Makelov, Schmidt, Tsipras, Vladu, "Towards Deep Learning Models Resistant to Adversarial
Attacks", ICLR 2018, section 2.1: steps of steepest ascent, each projected onto the ball, from
random starts.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from lgm_core.attacks.balls import Norm, make_ball
from lgm_core.attacks.checks import (
    MAX_RESTARTS,
    MAX_STEPS,
    check_count,
    check_pictures,
    check_size,
)
from lgm_core.attacks.gradient import Climb, Objective, Progress, choose, climb, result
from lgm_core.attacks.result import AttackResult
from lgm_core.networks.classifier import Classifier


def pgd(
    model: Classifier,
    images: Tensor,
    labels: Tensor,
    *,
    epsilon: float,
    norm: Norm = "linf",
    step_size: float | None = None,
    steps: int = 20,
    random_start: bool = True,
    restarts: int = 1,
    targets: Tensor | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> AttackResult:
    """Ascent on the cross-entropy within the ball.

    Of several restarts, a digit keeps the one that succeeded, and among those the one with the
    higher cross-entropy (lower, towards a target).

    Args:
        model: what is attacked.
        images: pictures [N, 1, H, W] in 0 to 1.
        labels: true classes [N].
        epsilon: radius of the ball, in units of white = 1.
        norm: ``linf`` (largest change of a pixel) or ``l2`` (Euclidean length of the change).
        step_size: length of a step in that norm; by default ``2.5 epsilon / steps``.
        steps: how many, 1 to 1,000.
        random_start: begin at a random picture of the ball, not at the clean one.
        restarts: how often to begin anew, 1 to 100; more than one needs ``random_start``.
        targets: classes [N] to be taken for; by default any wrong one.
        seed: of the random starts.
        progress: called with the steps done and all steps; may raise to break off.

    Raises:
        ValueError: for a value that is not allowed; the message names it.
    """
    check_pictures(model, images, labels, targets)
    check_size("epsilon", epsilon)
    check_count("steps", steps, MAX_STEPS)
    check_count("restarts", restarts, MAX_RESTARTS)
    if restarts > 1 and not random_start:
        raise ValueError(f"restarts is {restarts} without a random start; allowed: 1")
    step_size = 2.5 * epsilon / steps if step_size is None else step_size
    check_size("step_size", step_size)
    ball = make_ball(norm, images, epsilon)
    generator = torch.Generator().manual_seed(seed)
    wanted, sign = (labels, 1.0) if targets is None else (targets, -1.0)

    def objective(_: Tensor, logits: Tensor) -> Tensor:
        return sign * cross_entropy(logits, wanted, reduction="none")

    done = 0

    def tell() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, steps * restarts)

    best: Climb | None = None
    for _ in range(restarts):
        start = ball.random(generator) if random_start else images
        climbed = climb(
            model, start, objective, ball, steps=steps, step_size=step_size, progress=tell
        )
        if best is None:
            best = climbed
        else:
            best = choose(_beats(climbed, best, wanted, objective, targets), climbed, best)
    assert best is not None
    return result(best, images, labels, targets)


def _beats(
    one: Climb, other: Climb, wanted: Tensor, objective: Objective, targets: Tensor | None
) -> Tensor:
    """Whether the first of two ends is the better one, bool [N]."""
    hit_one, hit_other = (
        (end.logits.argmax(1) == wanted) == (targets is not None) for end in (one, other)
    )
    higher = objective(one.features, one.logits) > objective(other.features, other.logits)
    return (hit_one & ~hit_other) | ((hit_one == hit_other) & higher)
