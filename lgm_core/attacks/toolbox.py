"""Attacks that look for the smallest change, by adversarial-robustness-toolbox.

Moosavi-Dezfooli, Fawzi, Frossard, "DeepFool: A Simple and Accurate Method to Fool Deep Neural
Networks", CVPR 2016, and Carlini, Wagner, "Towards Evaluating the Robustness of Neural Networks",
IEEE S&P 2017, section VI-A (L2).

Neither knows a ball: each digit gets the shortest change that was found. One that is longer than
``epsilon`` is brought back to that length, and then usually fails. Nor do they tell their steps:
the path leads through 21 pictures, evenly along the straight line from the clean picture to the
attacked one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from lgm_core.attacks.balls import L2Ball
from lgm_core.attacks.checks import MAX_STEPS, check_count, check_pictures, check_size
from lgm_core.attacks.gradient import Progress
from lgm_core.attacks.result import AttackResult
from lgm_core.networks.classifier import Classifier

if TYPE_CHECKING:
    from art.estimators.classification import PyTorchClassifier

Pixels = npt.NDArray[np.float32]

MAX_SEARCH_STEPS = 20
#: Pictures of the path, both ends included.
PATH_LENGTH = 21
#: Share by which DeepFool goes beyond the boundary that it finds: eta in the paper's section 2.
_OVERSHOOT = 0.02
#: Where Carlini-Wagner's descent and search begin. With the toolbox's own 0.01 for both, fewer of a
#: dozen digits were fooled in twice the search steps.
_RATE, _FIRST_WEIGHT = 0.1, 10.0
#: Digits attacked between two reports of progress.
_DEEPFOOL_BATCH, _CARLINI_WAGNER_BATCH = 32, 64


def deepfool(
    model: Classifier,
    images: Tensor,
    labels: Tensor,
    *,
    epsilon: float,
    steps: int = 50,
    progress: Progress | None = None,
) -> AttackResult:
    """Steps onto the nearest boundary of the linearised classifier until the class changes.

    A digit that is misclassified as it is stays clean.

    Args:
        model: what is attacked.
        images: pictures [N, 1, H, W] in 0 to 1.
        labels: true classes [N].
        epsilon: longest change in Euclidean length, in units of white = 1; ``inf`` for no limit.
        steps: at most how many, 1 to 1,000.
        progress: called with the digits done and all digits; may raise to break off.

    Raises:
        ValueError: for a value that is not allowed; the message names it.
    """
    check_pictures(model, images, labels)
    _check_epsilon(epsilon)
    check_count("steps", steps, MAX_STEPS)
    from art.attacks.evasion import DeepFool

    attack = DeepFool(
        _estimator(model, images),
        max_iter=steps,
        epsilon=_OVERSHOOT,
        nb_grads=model.loss.num_classes,
        batch_size=_DEEPFOOL_BATCH,
        verbose=False,
    )

    return _attacked(model, images, labels, epsilon, attack.generate, _DEEPFOOL_BATCH, progress)


def carlini_wagner(
    model: Classifier,
    images: Tensor,
    labels: Tensor,
    *,
    epsilon: float,
    confidence: float = 0.0,
    steps: int = 10,
    search_steps: int = 5,
    progress: Progress | None = None,
) -> AttackResult:
    """Weighs the length of the change against the lead of a wrong class.

    A digit without success stays clean, and so does one that is misclassified as it is.

    Args:
        model: what is attacked.
        images: pictures [N, 1, H, W] in 0 to 1.
        labels: true classes [N].
        epsilon: longest change in Euclidean length, in units of white = 1; ``inf`` for no limit.
        confidence: by how much the wrong logit shall lead, 0 or more.
        steps: of descent for each weight, 1 to 1,000.
        search_steps: how many weights are tried by bisection, 1 to 20.
        progress: called with the digits done and all digits; may raise to break off.

    Raises:
        ValueError: for a value that is not allowed; the message names it.
    """
    check_pictures(model, images, labels)
    _check_epsilon(epsilon)
    check_size("confidence", confidence)
    check_count("steps", steps, MAX_STEPS)
    check_count("search_steps", search_steps, MAX_SEARCH_STEPS)
    from art.attacks.evasion import CarliniL2Method

    attack = CarliniL2Method(
        _estimator(model, images),
        confidence=confidence,
        learning_rate=_RATE,
        initial_const=_FIRST_WEIGHT,
        max_iter=steps,
        binary_search_steps=search_steps,
        batch_size=_CARLINI_WAGNER_BATCH,
        verbose=False,
    )

    return _attacked(
        model, images, labels, epsilon, attack.generate, _CARLINI_WAGNER_BATCH, progress
    )


def _check_epsilon(epsilon: float) -> None:
    if epsilon != math.inf:
        check_size("epsilon", epsilon)


def _estimator(model: Classifier, images: Tensor) -> PyTorchClassifier:
    """The toolbox's view of the model; imported here because that takes seconds."""
    from art.estimators.classification import PyTorchClassifier

    return PyTorchClassifier(
        model,
        loss=torch.nn.CrossEntropyLoss(),
        input_shape=tuple(images.shape[1:]),
        nb_classes=model.loss.num_classes,
        clip_values=(0.0, 1.0),
        device_type="cpu",
    )


def _attacked(
    model: Classifier,
    images: Tensor,
    labels: Tensor,
    epsilon: float,
    generate: Callable[[Pixels, npt.NDArray[np.int64]], Pixels],
    batch_size: int,
    progress: Progress | None,
) -> AttackResult:
    """Runs the attack a batch at a time on the digits that are classified rightly."""
    attacked = images.clone()
    right = model.look(images)[1].argmax(1) == labels
    done = 0

    def tell(*_: object) -> None:
        if progress is not None:
            progress(done, len(images))

    # A batch takes seconds: who breaks off is heard at every look at the model.
    heard = model.register_forward_pre_hook(tell)
    try:
        for start in range(0, len(images), batch_size):
            batch = slice(start, start + batch_size)
            if right[batch].any():
                clean = images[batch][right[batch]]
                found = generate(clean.numpy(), labels[batch][right[batch]].numpy())
                attacked[batch][right[batch]] = _allowed(torch.from_numpy(found), clean, epsilon)
            done = min(start + batch_size, len(images))
            tell()
    finally:
        heard.remove()
    features, logits = (values.clone() for values in model.look(attacked))
    line = (torch.lerp(images, attacked, i / (PATH_LENGTH - 1)) for i in range(PATH_LENGTH - 1))
    path = torch.stack([*(model.look(pictures)[0] for pictures in line), features])
    return AttackResult(
        clean=images,
        images=attacked,
        labels=labels,
        targets=None,
        features=features,
        logits=logits,
        path=path,
    )


def _allowed(found: Tensor, clean: Tensor, epsilon: float) -> Tensor:
    """Pictures in 0 to 1, no change longer than epsilon; clean where a pixel is no number."""
    broken = found.isnan().flatten(1).any(1)
    found = torch.where(broken[:, None, None, None], clean, found).clamp(0, 1)
    return found if epsilon == math.inf else L2Ball(clean, epsilon).project(found)
