"""From the settings of a study to the call of one attack."""

from __future__ import annotations

import torch
from torch import Tensor

from lgm_core.attacks import AttackResult, adaptive_pgd, bim, carlini_wagner, deepfool, fgsm, pgd
from lgm_core.attacks.gradient import Progress
from lgm_core.detection.settings import DetectSettings
from lgm_core.detection.subject import Subject
from lgm_core.detection.targets import check_target


def attack(
    subject: Subject,
    images: Tensor,
    labels: Tensor,
    settings: DetectSettings,
    progress: Progress | None = None,
) -> AttackResult:
    """Attacks pictures [N, 1, 28, 28] of classes [N] as the settings say.

    Raises:
        ValueError: if they name no attack, or ask one that has no targeted version for a target.
    """
    check_target(settings, subject.dataset)
    model, epsilon = subject.classifier, settings.epsilon
    # A root mean square of epsilon over all pixels, as a Euclidean length.
    length = epsilon * images[0].numel() ** 0.5
    size = epsilon if settings.norm == "linf" else length
    targets = None if settings.target is None else torch.full_like(labels, settings.target)
    match settings.attack:
        case "fgsm":
            return fgsm(model, images, labels, epsilon=epsilon, targets=targets)
        case "bim":
            return bim(
                model,
                images,
                labels,
                epsilon=epsilon,
                steps=settings.steps,
                targets=targets,
                progress=progress,
            )
        case "pgd":
            return pgd(
                model,
                images,
                labels,
                epsilon=size,
                norm=settings.norm,
                steps=settings.steps,
                restarts=settings.restarts,
                targets=targets,
                seed=settings.seed,
                progress=progress,
            )
        case "adaptive":
            return adaptive_pgd(
                model,
                images,
                labels,
                epsilon=size,
                norm=settings.norm,
                score=subject.own_score,
                weight=settings.weight,
                steps=settings.steps,
                restarts=settings.restarts,
                targets=targets,
                seed=settings.seed,
                progress=progress,
            )
        case "deepfool":
            return deepfool(model, images, labels, epsilon=length, progress=progress)
        case "cw":
            return carlini_wagner(model, images, labels, epsilon=length, progress=progress)
    raise ValueError(f"attack is {settings.attack!r}; there is nothing to do")
