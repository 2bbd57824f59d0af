"""FGSM, BIM and PGD against adversarial-robustness-toolbox: the same pixels from the same steps.

A network with pooling and rectifiers has kinks, where two pictures that differ in the last digit
have quite different gradients. So that rounding decides nothing, pixels, epsilon and step are
whole parts of 256 for the L-inf norm, and must agree to the bit. For the L2 norm each step is
made from where the toolbox stands, and whole runs are compared on a network without kinks.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from art.attacks.evasion import (
    BasicIterativeMethod,
    FastGradientMethod,
    ProjectedGradientDescentPyTorch,
)
from art.estimators.classification import PyTorchClassifier
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from lgm_core.attacks import bim, fgsm, pgd
from lgm_core.attacks.balls import L2Ball
from lgm_core.attacks.gradient import climb
from lgm_core.losses import make_loss
from lgm_core.networks.classifier import Classifier

COUNT = 24
TARGETED = pytest.mark.parametrize("targeted", [False, True], ids=["any", "targeted"])
L2 = pytest.mark.parametrize(("epsilon", "step_size"), [(2.0, 0.3), (0.5, 0.2)])


@pytest.fixture
def batch(digits: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    return (digits[0][:COUNT] * 256).round() / 256, digits[1][:COUNT]


def theirs(
    attack: Any, model: Classifier, images: Tensor, classes: Tensor, **options: Any
) -> Tensor:
    estimator = PyTorchClassifier(
        model,
        # The sum, as ours: a mean over the batch rounds otherwise.
        loss=nn.CrossEntropyLoss(reduction="sum"),
        input_shape=(1, 28, 28),
        nb_classes=10,
        clip_values=(0.0, 1.0),
        device_type="cpu",
    )
    if attack is not FastGradientMethod:
        options["verbose"] = False
    made = attack(estimator, batch_size=COUNT, **options)
    return torch.from_numpy(made.generate(images.numpy(), classes.numpy()))


def aims(labels: Tensor, targeted: bool) -> tuple[Tensor | None, Tensor]:
    """Our targets, and the classes that the toolbox takes."""
    targets = (labels + 3) % 10
    return (targets, targets) if targeted else (None, labels)


@TARGETED
@pytest.mark.parametrize("epsilon", [0.125, 0.3125])
def test_fgsm(model, batch, epsilon, targeted):
    images, labels = batch
    targets, classes = aims(labels, targeted)
    ours = fgsm(model, images, labels, epsilon=epsilon, targets=targets)
    other = theirs(
        FastGradientMethod, model, images, classes, norm=np.inf, eps=epsilon, targeted=targeted
    )
    assert torch.equal(ours.images, other)
    assert ours.linf.min() == epsilon


@TARGETED
@pytest.mark.parametrize(
    ("attack", "other"),
    [
        (bim, BasicIterativeMethod),
        (
            lambda *batch, **options: pgd(*batch, random_start=False, **options),
            ProjectedGradientDescentPyTorch,
        ),
    ],
    ids=["bim", "pgd"],
)
def test_bim_and_linf_pgd(model, batch, attack, other, targeted):
    images, labels = batch
    targets, classes = aims(labels, targeted)
    options = {"epsilon": 0.15625, "step_size": 0.03125, "steps": 12}
    ours = attack(model, images, labels, targets=targets, **options)
    options = {"eps": 0.15625, "eps_step": 0.03125, "max_iter": 12, "targeted": targeted}
    assert torch.equal(ours.images, theirs(other, model, images, classes, **options))
    assert ours.linf.min() > 0.1


@TARGETED
@L2
def test_each_step_of_l2_pgd(model, batch, epsilon, step_size, targeted):
    images, labels = batch
    _, classes = aims(labels, targeted)

    def objective(_: Tensor, logits: Tensor) -> Tensor:
        return (-1 if targeted else 1) * cross_entropy(logits, classes, reduction="none")

    options = {"norm": 2, "eps": epsilon, "eps_step": step_size, "targeted": targeted}
    here = images
    for steps in range(1, 6):
        ball = L2Ball(images, epsilon)
        ours = climb(model, here, objective, ball, steps=1, step_size=step_size).images
        here = theirs(
            ProjectedGradientDescentPyTorch, model, images, classes, max_iter=steps, **options
        )
        assert float((ours - here).abs().amax()) <= 1e-6


@TARGETED
@L2
@pytest.mark.parametrize("loss", ["lgm", "softmax"])
def test_l2_pgd_on_a_network_without_kinks(batch, loss, epsilon, step_size, targeted):
    images, labels = batch
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.Tanh(), nn.Linear(64, 8))
    model = Classifier(network, make_loss(loss, 10, 8, alpha=0.0, lambda_=0.0))
    targets, classes = aims(labels, targeted)
    ours = pgd(
        model,
        images,
        labels,
        epsilon=epsilon,
        norm="l2",
        step_size=step_size,
        steps=12,
        random_start=False,
        targets=targets,
    )
    options = {"norm": 2, "eps": epsilon, "eps_step": step_size, "max_iter": 12}
    other = theirs(
        ProjectedGradientDescentPyTorch, model, images, classes, targeted=targeted, **options
    )
    assert float((ours.images - other).abs().amax()) <= 1e-6
    assert math.isclose(float(ours.l2.min()), epsilon, rel_tol=1e-3)
