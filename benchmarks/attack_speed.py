"""PGD against the same attack in adversarial-robustness-toolbox, on the same model and digits.

40 steps, 512 digits, random start off, in turns within one run. The toolbox gets one batch of all
digits, which suits it best. It is given the model twice: as training leaves it, which is how its
own examples wrap one, so that every step also forms the weights' gradients (``ratio``); and with
frozen weights, as our attacks hold it (``ratio_frozen``), where the same convolutions are left.
Both attacks have one thread, as the app's bench gives its processes; ``_two_threads`` are the same
with two.
"""

from __future__ import annotations

import copy
import time
import warnings
from statistics import median
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks._report import report
from lgm_core import pretrained
from lgm_core.attacks import pgd
from lgm_core.data import load
from lgm_core.networks.classifier import Classifier, to_pixels
from lgm_core.runs.model import load_classifier
from lgm_core.runs.reader import RunReader

DIGITS, STEPS, EPSILON, STEP_SIZE, ROUNDS = 512, 40, 0.25, 1 / 64, 7
BARS = {"ratio": ">= 1.5"}


def main() -> None:
    """Times both in turn."""
    warnings.simplefilter("ignore")
    from art.attacks.evasion import ProjectedGradientDescentPyTorch
    from art.estimators.classification import PyTorchClassifier

    data = load("bundled")
    reader = RunReader(pretrained.LGM, pretrained.FOLDER / pretrained.LGM)
    model = load_classifier(reader, reader.digits_settings(), data.num_classes)
    images = to_pixels(torch.from_numpy(data.test_images[:DIGITS]))
    labels = torch.from_numpy(data.test_labels[:DIGITS])
    loose = copy.deepcopy(model).requires_grad_(True)
    toolbox = {}
    for name, given in (("ratio", loose), ("ratio_frozen", model)):
        wrapped = PyTorchClassifier(
            given, nn.CrossEntropyLoss(), (1, 28, 28), data.num_classes, clip_values=(0.0, 1.0)
        )
        toolbox[name] = ProjectedGradientDescentPyTorch(
            wrapped,
            eps=EPSILON,
            eps_step=STEP_SIZE,
            max_iter=STEPS,
            batch_size=DIGITS,
            verbose=False,
        )

    figures: dict[str, object] = {}
    for threads, suffix in ((1, ""), (2, "_two_threads")):
        torch.set_num_threads(threads)
        ratios, seconds, difference = compare(model, images, labels, toolbox)
        figures |= {name + suffix: round(median(found), 3) for name, found in ratios.items()}
        figures |= {
            f"{name}s{suffix}": [round(r, 3) for r in found] for name, found in ratios.items()
        }
        figures[f"seconds{suffix}"] = round(median(seconds), 3)
        figures[f"largest_difference{suffix}"] = difference
    report("attack_speed", figures, BARS)


def compare(
    model: Classifier, images: Tensor, labels: Tensor, toolbox: dict[str, Any]
) -> tuple[dict[str, list[float]], list[float], float]:
    """Ratios by the toolbox's model, our seconds, and the largest difference of a pixel."""
    ratios: dict[str, list[float]] = {name: [] for name in toolbox}
    seconds, difference = [], 0.0
    for number in range(1 + ROUNDS):
        begun = time.perf_counter()
        ours = pgd(
            model,
            images,
            labels,
            epsilon=EPSILON,
            step_size=STEP_SIZE,
            steps=STEPS,
            random_start=False,
        ).images
        seconds.append(time.perf_counter() - begun)
        for name, theirs in toolbox.items():
            begun = time.perf_counter()
            made = theirs.generate(images.numpy(), labels.numpy())
            ratios[name].append((time.perf_counter() - begun) / seconds[-1])
            difference = max(difference, float(np.abs(made - ours.numpy()).max()))
        if number == 0:  # in which every convolution was prepared
            ratios, seconds = {name: [] for name in toolbox}, []
    return ratios, seconds, difference


if __name__ == "__main__":
    main()
