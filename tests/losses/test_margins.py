"""Each variant against its paper's formula written out, and against pytorch-metric-learning."""

from __future__ import annotations

import math

import pytest
import torch
from pytorch_metric_learning import losses as pml

from benchmarks._longhand import relative_error
from lgm_core.losses import make_loss

ALPHAS = (0.0, 0.5, 1.0, 2.0, 3.0)


def batch(name: str, alpha: float):
    torch.manual_seed(3)
    loss = make_loss(name, 6, 3, alpha=0.7, lambda_=0.0).double()
    loss.alpha = alpha  # changed after making, as a slider does
    return loss, 2 * torch.randn(80, 3, dtype=torch.float64), torch.randint(6, (80,))


def psi(theta: float, factor: int) -> float:
    """L-Softmax, equation 6: (-1)^j cos(m theta) - 2 j on [j pi / m, (j + 1) pi / m]."""
    j = min(int(theta * factor / math.pi), factor - 1)
    return (-1) ** j * math.cos(factor * theta) - 2 * j


def true_cosine(name: str, theta: float, alpha: float) -> float:
    if name in ("l-softmax", "sphereface"):
        return psi(theta, {0.0: 1, 0.5: 2, 1.0: 2, 2.0: 3, 3.0: 4}[alpha])
    if name == "cosface":
        return math.cos(theta) - 0.35 * alpha / 3
    margin = 0.5 * alpha / 3
    if theta <= math.pi - margin:
        return math.cos(theta + margin)
    return math.cos(theta) - margin * math.sin(margin)


def scale(name: str, weight_length: float, feature_length: float) -> float:
    if name == "l-softmax":
        return weight_length * feature_length
    return feature_length if name == "sphereface" else 32.0


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("name", ["l-softmax", "sphereface", "cosface", "arcface"])
def test_angular_losses_follow_their_papers(name, alpha):
    loss, x, labels = batch(name, alpha)
    total = 0.0
    for feature, label in zip(x, labels.tolist(), strict=True):
        exponents = []
        for k, weight in enumerate(loss.weight.detach()):
            lengths = float(weight.norm()), float(feature.norm())
            cosine = float(weight @ feature) / (lengths[0] * lengths[1])
            if k == label:
                cosine = true_cosine(name, math.acos(cosine), alpha)
            exponents.append(scale(name, *lengths) * cosine)
        top = max(exponents)
        total += top + math.log(sum(math.exp(e - top) for e in exponents)) - exponents[label]
    expected = torch.tensor(total / len(labels), dtype=torch.float64)
    terms = loss(x, labels)
    assert relative_error(terms.total.detach(), expected) <= 1e-10
    assert float(terms.likelihood) == 0.0


@pytest.mark.parametrize(
    ("name", "head", "options"),
    [
        ("l-softmax", pml.LargeMarginSoftmaxLoss, {"margin": 3, "scale": 1}),
        ("sphereface", pml.SphereFaceLoss, {"margin": 3, "scale": 1}),
        ("cosface", pml.CosFaceLoss, {"margin": 0.35 * 2 / 3, "scale": 32}),
        ("arcface", pml.ArcFaceLoss, {"margin": math.degrees(1 / 3), "scale": 32}),
    ],
)
def test_alpha_2_is_this_margin_of_the_package(name, head, options):
    loss, x, labels = batch(name, 2.0)
    other = head(6, 3, **options).double()
    other.W.data.copy_(loss.head.W.data)
    assert relative_error(loss(x, labels).total.detach(), other(x, labels).detach()) <= 1e-12


def test_a_fall_of_the_angle_is_monotone_at_the_largest_margins():
    loss, _, _ = batch("arcface", 3.0)
    loss._set_margin()
    cosines = torch.linspace(1, -1, 500, dtype=torch.float64)
    values = loss.head.modify_cosine_of_target_classes(cosines)
    # One step down, and no step up, where the formula changes at theta = pi - m.
    assert (values.diff() < 0).all()


def test_float32_stays_float32_after_the_margin_changed():
    for name in ("l-softmax", "sphereface", "cosface", "arcface"):
        loss = make_loss(name, 6, 3, alpha=0.0, lambda_=0.0)
        for alpha in ALPHAS:
            loss.alpha = alpha
            terms, logits = loss.loss_and_logits(torch.randn(4, 3), torch.arange(4))
            assert terms.total.dtype == logits.dtype == torch.float32


def test_class_weights_start_at_length_one_so_that_no_class_shrinks_away():
    for name in ("l-softmax", "sphereface", "cosface", "arcface"):
        lengths = make_loss(name, 50, 2, alpha=1.0, lambda_=0.0).weight.norm(dim=1)
        torch.testing.assert_close(lengths, torch.ones(50))


def test_gradients_are_finite_for_features_that_lie_on_a_class_weight_or_opposite():
    labels = torch.arange(6)
    for name in ("l-softmax", "sphereface", "cosface", "arcface"):
        for alpha in ALPHAS:
            loss = make_loss(name, 6, 3, alpha=alpha, lambda_=0.0)
            for factor in (5.0, -5.0):
                x = (factor * loss.weight.detach()).requires_grad_()
                loss(x, labels).total.backward()
                assert x.grad is not None
                assert torch.isfinite(x.grad).all()
                assert torch.isfinite(loss.head.W.grad).all()


def test_ten_classes_in_a_plane_can_meet_the_default_margins():
    # Neighbouring directions are 36 degrees apart at best; features on them must win.
    turns = 2 * math.pi * torch.arange(10, dtype=torch.float64) / 10
    directions = torch.stack([turns.cos(), turns.sin()], 1)
    for name in ("cosface", "arcface"):
        loss = make_loss(name, 10, 2, alpha=1.0, lambda_=0.0).double()
        with torch.no_grad():
            loss.head.W.copy_(directions.t())
        assert float(loss(directions, torch.arange(10)).total.detach()) < 0.5
