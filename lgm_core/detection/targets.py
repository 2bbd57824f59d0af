"""The class that an attack wants every digit to be read as, and the digits that this concerns.

A digit that is of the target class already has nothing to be changed about it: it would count as a
success that nobody had to work for. A targeted study leaves such digits out, on both sides.
"""

from __future__ import annotations

from lgm_core.data import Dataset
from lgm_core.detection.settings import TARGETED, DetectSettings
from lgm_core.detection.subject import Clean
from lgm_core.training.settings import SettingsError


def check_target(settings: DetectSettings, dataset: Dataset) -> None:
    """Whether the attack can have the target that it is asked for; of no attack it is not asked.

    Raises:
        SettingsError: if the target is no class of the digits, if the attack has no targeted
            version, or if all digits are of the target class.
    """
    target = settings.target
    if target is None or not settings.attacks:
        return
    if settings.attack not in TARGETED:
        raise SettingsError(
            f"target is {target} with {settings.attack}; allowed: none, or one of the attacks "
            f"{', '.join(TARGETED)}."
        )
    if target >= dataset.num_classes:
        raise SettingsError(
            f"target is {target}; allowed: 0 to {dataset.num_classes - 1}, or none."
        )
    labels = dataset.test_labels[: settings.count]
    if (labels == target).all():
        raise SettingsError(
            f"target is {target}, which all of the {len(labels):,} digits are already; allowed: "
            "another class, none, or more digits."
        )


def others(clean: Clean, settings: DetectSettings) -> Clean:
    """The digits that are not of the target class; all of them where there is no target."""
    if settings.target is None or not settings.attacks:
        return clean
    kept = clean.labels != settings.target
    return Clean(
        clean.images[kept],
        clean.labels[kept],
        clean.features[kept],
        clean.logits[kept],
        {name: values[kept.numpy()] for name, values in clean.scores.items()},
    )
