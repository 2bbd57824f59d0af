"""One model, clean digits and strange inputs: what each score makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from lgm_core.attacks import AttackResult
from lgm_core.attacks.gradient import Progress
from lgm_core.data.strange import strange
from lgm_core.detection.attacking import attack
from lgm_core.detection.curves import Detection, detection, threshold
from lgm_core.detection.settings import CHANGED_DIGITS, DetectSettings
from lgm_core.detection.subject import Clean, Floats, Subject
from lgm_core.detection.targets import check_target, others
from lgm_core.networks.classifier import to_pixels

__all__ = ["Study", "Subject", "attack", "study"]


@dataclass(frozen=True)
class Study:
    """Inputs and what the model and the scores make of them.

    Attributes:
        settings: what was asked.
        labels: true classes [N] of the clean digits.
        clean, abnormal: pictures [N, 1, 28, 28] and [M, 1, 28, 28] in 0 to 1.
        clean_logits, abnormal_logits: [N, K] and [M, K].
        clean_scores, abnormal_scores: by the score's name, [N] and [M].
        path: features [P, M, D] on the way to the strange inputs: of an attack all steps, of
            a changed digit the clean one and the changed one, of any other the input alone.
        attacked: the attack's own result, None for inputs that were not attacked.
    """

    settings: DetectSettings
    labels: Tensor
    clean: Tensor
    abnormal: Tensor
    clean_logits: Tensor
    abnormal_logits: Tensor
    clean_scores: Mapping[str, Floats]
    abnormal_scores: Mapping[str, Floats]
    path: Tensor
    attacked: AttackResult | None

    def detections(self) -> dict[str, Detection]:
        """The figures of each score."""
        return {
            name: detection(normal, self.abnormal_scores[name], seed=self.settings.seed)
            for name, normal in self.clean_scores.items()
        }

    def undetected(self, name: str, *, false_alarms: float = 0.05) -> float:
        """Share of the digits that were read as the attack wanted and let through by a score.

        Its threshold is where a share ``false_alarms`` of the clean digits is called strange.

        Raises:
            ValueError: if nothing was attacked.
        """
        if self.attacked is None:
            raise ValueError("nothing was attacked, so nothing could succeed undetected")
        limit = threshold(self.clean_scores[name], false_alarms=false_alarms)
        passed = self.abnormal_scores[name] >= limit
        return float((passed & self.attacked.success.numpy()).mean())

    def summary(self) -> dict[str, Any]:
        """The figures as plain numbers, ready for JSON."""
        wrong = self.clean_logits.argmax(1) != self.labels
        figures: dict[str, Any] = {
            "count": len(self.labels),
            "abnormal_count": len(self.abnormal),
            "accuracy_clean": 1 - float(wrong.double().mean()),
            "accuracy_attacked": None,
            "attack_success": None,
            "scores": {},
        }
        if self.attacked is not None:
            right = self.attacked.predicted == self.labels
            figures["accuracy_attacked"] = float(right.double().mean())
            figures["attack_success"] = float(self.attacked.success.double().mean())
        for name, found in self.detections().items():
            row: dict[str, Any] = {
                field: interval._asdict() for field, interval in found._asdict().items()
            }
            if self.attacked is not None:
                row["undetected"] = self.undetected(name)
            figures["scores"][name] = row
        return figures


def study(subject: Subject, settings: DetectSettings, *, progress: Progress | None = None) -> Study:
    """Makes the strange inputs and scores them beside the clean test digits.

    Args:
        subject: the model and its digits.
        settings: what to make.
        progress: called with the steps done and all steps of an attack; may raise.

    Raises:
        SettingsError: for a target that the model's classes or the attack do not allow.
    """
    check_target(settings, subject.dataset)
    clean = others(subject.clean(settings.count), settings)
    attacked: AttackResult | None = None
    if settings.inputs == "adversarial" and settings.attack != "none":
        attacked = attack(subject, clean.images, clean.labels, settings, progress)
        abnormal, features, logits = attacked.images, attacked.features, attacked.logits
    elif settings.inputs == "adversarial":
        abnormal, features, logits = clean.images, clean.features, clean.logits
    else:
        digits = subject.dataset.test_images[: settings.count]
        made = strange(settings.inputs, digits, count=settings.count, seed=settings.seed)
        abnormal = to_pixels(torch.from_numpy(made))
        features, logits = subject.classifier.look(abnormal)
    return Study(
        settings=settings,
        labels=clean.labels,
        clean=clean.images,
        abnormal=abnormal,
        clean_logits=clean.logits,
        abnormal_logits=logits,
        clean_scores=clean.scores,
        abnormal_scores=subject.judge(features, logits),
        path=_path(clean, features, settings, attacked),
        attacked=attacked,
    )


def _path(
    clean: Clean, features: Tensor, settings: DetectSettings, attacked: AttackResult | None
) -> Tensor:
    """See :class:`Study`."""
    if attacked is None:
        if settings.inputs in CHANGED_DIGITS:
            return torch.stack([clean.features, features])
        return features[None]
    anew = settings.attack == "adaptive" and settings.restarts > 1
    if settings.attack == "pgd" or anew:  # a random picture beside the clean one was the start
        return torch.cat([clean.features[None], attacked.path])
    return attacked.path
