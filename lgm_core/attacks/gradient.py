"""The one loop behind every gradient attack: climb an objective, stay in the ball.

An attack chooses the objective, the ball, the steps and the start. The loop records where the
pictures travel in feature space, which costs nothing: each step computes the features anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from lgm_core.attacks.balls import Ball
from lgm_core.attacks.result import AttackResult
from lgm_core.networks.classifier import Classifier

#: On one thread so many pictures at a time are a quarter quicker: a layer's output stays in the
#: cache for the next. With more threads each has a piece of its own anyway.
_PIECE = 128

#: Features [N, D] and logits [N, K] -> what is to grow [N].
Objective = Callable[[Tensor, Tensor], Tensor]
#: Called after each step with the steps done and all steps; may raise to break the attack off.
Progress = Callable[[int, int], None]


class Climb(NamedTuple):
    """Pictures at the end of a climb, and their way through feature space."""

    images: Tensor  #: [N, 1, H, W]
    features: Tensor  #: [N, D]
    logits: Tensor  #: [N, K]
    path: Tensor  #: [S + 1, N, D]


def climb(
    model: Classifier,
    start: Tensor,
    objective: Objective,
    ball: Ball,
    *,
    steps: int,
    step_size: float,
    merit: Objective | None = None,
    progress: Callable[[], None] = lambda: None,
) -> Climb:
    """Steepest ascent on the objective within the ball.

    Args:
        model: what is attacked.
        start: pictures [N, 1, H, W] of the ball.
        objective: grows along the way.
        ball: where the pictures may go.
        steps: how many.
        step_size: length of a step in the ball's norm.
        merit: of the pictures on the way, each digit keeps the one with the highest; its path
            stays there. By default the last one.
        progress: called after each step; may raise.
    """
    images = start
    way: list[Tensor] = []
    kept: _Kept | None = None
    for number in range(steps + 1):
        last = number == steps
        moving = images.detach().requires_grad_(not last)
        features = _features(model, moving)
        logits = model.loss.logits(features)
        way.append(features.detach())
        if merit is not None or last:
            kept = _keep(kept, number, images, features.detach(), logits.detach(), merit)
        if not last:
            (gradient,) = torch.autograd.grad(objective(features, logits).sum(), moving)
            images = ball.project(ball.step(images, gradient, step_size))
            progress()
    assert kept is not None
    return _path_to(kept, torch.stack(way))


def _features(model: Classifier, images: Tensor) -> Tensor:
    """Features [N, D] of pictures, to the bit the same in pieces as at once."""
    if torch.get_num_threads() > 1 or len(images) <= _PIECE:
        return model.features(images)
    return torch.cat([model.features(piece) for piece in torch.split(images, _PIECE)])


class _Kept(NamedTuple):
    """For each digit the best picture so far, and the number of the step that led there."""

    merit: Tensor  #: [N]
    number: Tensor  #: [N]
    images: Tensor  #: [N, 1, H, W]
    logits: Tensor  #: [N, K]


def _keep(
    kept: _Kept | None,
    number: int,
    images: Tensor,
    features: Tensor,
    logits: Tensor,
    merit: Objective | None,
) -> _Kept:
    value = logits.new_zeros(len(logits)) if merit is None else merit(features, logits)
    here = _Kept(value, torch.full((len(images),), number), images, logits)
    if kept is None:
        return here
    wins = value > kept.merit
    return _Kept(*(where(wins, new, old) for new, old in zip(here, kept, strict=True)))


def _path_to(kept: _Kept, way: Tensor) -> Climb:
    count, digits, _ = way.shape
    numbers = torch.minimum(torch.arange(count)[:, None], kept.number)  # [S + 1, N]
    path = way[numbers, torch.arange(digits)]
    return Climb(kept.images, path[-1], kept.logits, path)


def where(wins: Tensor, first: Tensor, second: Tensor, *, axis: int = 0) -> Tensor:
    """For each digit, along ``axis``, the first tensor where it wins, bool [N], else the second."""
    shape = [1] * first.ndim
    shape[axis] = -1
    return torch.where(wins.view(shape), first, second)


def choose(wins: Tensor, first: Climb, second: Climb) -> Climb:
    """For each digit the first climb where it wins, bool [N], else the second."""
    return Climb(
        where(wins, first.images, second.images),
        where(wins, first.features, second.features),
        where(wins, first.logits, second.logits),
        where(wins, first.path, second.path, axis=1),
    )


def result(
    climbed: Climb, clean: Tensor, labels: Tensor, targets: Tensor | None = None
) -> AttackResult:
    """What the attack gives back."""
    return AttackResult(
        clean=clean,
        images=climbed.images,
        labels=labels,
        targets=targets,
        features=climbed.features,
        logits=climbed.logits,
        path=climbed.path,
    )
