"""What an attack may be asked: each mistake is one plain sentence."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from lgm_core.networks.classifier import Classifier

MAX_STEPS = 1000
MAX_RESTARTS = 100


def check_pictures(
    model: Classifier, images: Tensor, labels: Tensor, targets: Tensor | None = None
) -> None:
    """Pictures [N, 1, H, W] in 0 to 1 and classes [N] that fit each other and the model.

    Raises:
        ValueError: if they do not.
    """
    if images.ndim != 4 or images.shape[1] != 1 or not len(images):
        raise ValueError(f"images are {list(images.shape)}; allowed: [N, 1, H, W], N >= 1")
    if not images.is_floating_point():
        raise ValueError(f"images are {images.dtype}; allowed: torch.float32")
    low, high = (float(end) for end in images.aminmax())
    if not (low >= 0 and high <= 1):
        raise ValueError(f"pixels go from {low:g} to {high:g}; allowed: 0 to 1")
    for name, classes in (("labels", labels), ("targets", targets)):
        if classes is None:
            continue
        if classes.shape != images.shape[:1] or classes.dtype != torch.int64:
            raise ValueError(
                f"{name} are {list(classes.shape)} {classes.dtype}; "
                f"allowed: [{len(images)}] torch.int64"
            )
        first, last = (int(end) for end in classes.aminmax())
        if first < 0 or last >= model.loss.num_classes:
            bad = first if first < 0 else last
            raise ValueError(
                f"one of the {name} is {bad}; allowed: 0 to {model.loss.num_classes - 1}"
            )


def check_size(name: str, value: float) -> None:
    """A length such as epsilon: 0 or more.

    Raises:
        ValueError: if it is negative or not finite.
    """
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(f"{name} is {value}; allowed: 0 or more")


def check_count(name: str, value: int, highest: int) -> None:
    """A number of steps or restarts, 1 to ``highest``.

    Raises:
        ValueError: if it is not.
    """
    if not 1 <= value <= highest:
        raise ValueError(f"{name} is {value}; allowed: 1 to {highest}")
