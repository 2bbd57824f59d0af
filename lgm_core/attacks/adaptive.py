"""Projected gradient descent that knows the detector.

Carlini, Wagner, "Adversarial Examples Are Not Easily Detected", AISec 2017, and Tramer, Carlini,
Brendel, Madry, "On Adaptive Attacks to Adversarial Example Defenses", NeurIPS 2020: a detector
has to stand against somebody who attacks classifier and detector at once. Here the objective is

    -cross_entropy(logits, t) + weight * score(features, logits)

for one wrong class ``t`` after the other, the most likely first, or for the target alone, and of
all pictures on the way each digit keeps the one that is classified as wanted and that the detector
finds most normal. The score counts only where the picture is classified so by now: before, it
would pull back to the true class.
Bryniarski, Hingun, Pachuca, Wang, Carlini, "Evading Adversarial Example Detection Defenses with
Orthogonal Projected Gradient Descent", ICLR 2022, call this selective.
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


def adaptive_pgd(
    model: Classifier,
    images: Tensor,
    labels: Tensor,
    *,
    epsilon: float,
    score: Objective,
    weight: float = 1.0,
    norm: Norm = "linf",
    step_size: float | None = None,
    steps: int = 40,
    classes: int = 3,
    restarts: int = 1,
    targets: Tensor | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> AttackResult:
    """Changes the class and raises the detector's score, within the ball.

    Args:
        model: what is attacked.
        images: pictures [N, 1, H, W] in 0 to 1.
        labels: true classes [N].
        epsilon: radius of the ball, in units of white = 1.
        score: the detector, features [N, D] and logits [N, K] to a score [N], higher for
            normal inputs, with a gradient; such as
            :class:`lgm_core.detection.scores.LogLikelihood`.
        weight: of the score beside the cross-entropy, 0 or more; ``inf`` for the score alone as
            soon as the class is wrong.
        norm: ``linf`` (largest change of a pixel) or ``l2`` (Euclidean length of the change).
        step_size: length of a step in that norm; by default ``2.5 epsilon / steps``.
        steps: how many for each class, 1 to 1,000.
        classes: how many wrong classes are tried, 1 or more, at most all; with targets no other.
        restarts: how often each class is tried, 1 to 100: first from the clean picture, then from
            random ones of the ball.
        targets: classes [N] to be taken for; by default any wrong one.
        seed: of the random starts.
        progress: called with the steps done and all steps; may raise to break off.

    Raises:
        ValueError: for a value that is not allowed; the message names it.
    """
    check_pictures(model, images, labels, targets)
    check_size("epsilon", epsilon)
    if weight != float("inf"):
        check_size("weight", weight)
    check_count("steps", steps, MAX_STEPS)
    check_count("classes", classes, model.loss.num_classes)
    check_count("restarts", restarts, MAX_RESTARTS)
    step_size = 2.5 * epsilon / steps if step_size is None else step_size
    check_size("step_size", step_size)
    ball = make_ball(norm, images, epsilon)
    generator = torch.Generator().manual_seed(seed)
    if targets is None:
        aims = _likeliest_wrong(model, images, labels)[:, :classes]
    else:
        aims = targets[:, None]
    tries = [aim for _ in range(restarts) for aim in aims.unbind(1)]
    # Only the direction counts, so that a weight without bound is the score alone.
    weights = (0.0, 1.0) if weight == float("inf") else (1.0, weight)

    def reached(logits: Tensor) -> Tensor:
        read = logits.argmax(1)
        return read != labels if targets is None else read == targets

    def merit(features: Tensor, logits: Tensor) -> Tensor:
        value = score(features, logits).detach()
        return torch.where(reached(logits), value, -torch.inf)

    done = 0

    def tell() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, steps * len(tries))

    best: Climb | None = None
    for number, aim in enumerate(tries):
        start = images if number < aims.shape[1] else ball.random(generator)

        def objective(features: Tensor, logits: Tensor, aim: Tensor = aim) -> Tensor:
            towards = -cross_entropy(logits, aim, reduction="none")
            both = weights[0] * towards + weights[1] * score(features, logits)
            return torch.where(reached(logits), both, towards)

        climbed = climb(
            model,
            start,
            objective,
            ball,
            steps=steps,
            step_size=step_size,
            merit=merit,
            progress=tell,
        )
        if best is None:
            best = climbed
        else:
            values = (merit(end.features, end.logits) for end in (climbed, best))
            best = choose(torch.gt(*values), climbed, best)
    assert best is not None
    return result(best, images, labels, targets)


def _likeliest_wrong(model: Classifier, images: Tensor, labels: Tensor) -> Tensor:
    """The wrong classes [N, K - 1] of each picture, the likeliest first."""
    logits = model.look(images)[1].clone()
    logits.scatter_(1, labels[:, None], -torch.inf)
    return logits.argsort(1, descending=True)[:, :-1]
