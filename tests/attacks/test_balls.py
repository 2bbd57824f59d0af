"""The balls hold exactly, in float32 and in float64, whatever the pixels and epsilon."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from lgm_core.attacks.balls import L2Ball, LinfBall, make_ball

NORMS = pytest.mark.parametrize("norm", ["linf", "l2"])
EPSILONS = (0.0, 1e-9, 3e-8, 1e-3, 0.1, 0.3, 1.0, 5.0)


def pictures(count: int = 40, seed: int = 0) -> Tensor:
    """Black, white, shades of n / 255 and others."""
    generator = torch.Generator().manual_seed(seed)
    shades = torch.randint(256, (count, 1, 8, 8), generator=generator) / 255
    shades[::4] = torch.rand(shades[::4].shape, generator=generator)
    shades[1::4] = shades[1::4].round()
    return shades


def sizes(images: Tensor, clean: Tensor, norm: str) -> list[float]:
    """How long each change is, taken in float32 and in float64, summed in float64."""
    exact = images.to(torch.float64) - clean.to(torch.float64)
    order = math.inf if norm == "linf" else 2
    found: list[float] = []
    for change in (exact, (images - clean).to(torch.float64)):
        found += torch.linalg.vector_norm(change.flatten(1), order, dim=1).tolist()
    return found


def holds(images: Tensor, clean: Tensor, norm: str, epsilon: float) -> bool:
    inside = all(size <= epsilon for size in sizes(images, clean, norm))
    return inside and float(images.min()) >= 0.0 and float(images.max()) <= 1.0


@NORMS
@pytest.mark.parametrize("epsilon", EPSILONS)
def test_a_projection_is_within_the_ball_and_the_pixel_range(norm, epsilon):
    clean = pictures()
    ball = make_ball(norm, clean, epsilon)
    for seed, reach in enumerate((1e-9, 0.05, 0.5, 20.0)):
        noise = torch.randn(clean.shape, generator=torch.Generator().manual_seed(seed))
        assert holds(ball.project(clean + reach * noise), clean, norm, epsilon)


@NORMS
@settings(max_examples=200, deadline=None)
@given(
    clean=st.lists(st.floats(0, 1, width=32), min_size=3, max_size=3),
    away=st.lists(st.floats(-2, 2, width=32), min_size=3, max_size=3),
    epsilon=st.floats(0, 5),
)
def test_any_pixels_and_any_epsilon(norm, clean, away, epsilon):
    picture = torch.tensor(clean).view(1, 1, 1, 3)
    moved = picture + torch.tensor(away).view(1, 1, 1, 3)
    assert holds(make_ball(norm, picture, epsilon).project(moved), picture, norm, epsilon)


@NORMS
@pytest.mark.parametrize("epsilon", EPSILONS)
def test_a_random_start_is_within_the_ball(norm, epsilon):
    clean = pictures()
    start = make_ball(norm, clean, epsilon).random(torch.Generator().manual_seed(1))
    assert holds(start, clean, norm, epsilon)
    assert torch.equal(start, clean) == (epsilon == 0)


@NORMS
@pytest.mark.parametrize("epsilon", EPSILONS)
def test_what_is_inside_is_left_as_it_is(norm, epsilon):
    clean = pictures()
    ball = make_ball(norm, clean, epsilon)
    assert torch.equal(ball.project(clean), clean)
    inside = ball.random(torch.Generator().manual_seed(1))
    assert torch.equal(ball.project(inside), inside)
    far = ball.project(clean + torch.randn(clean.shape))
    assert torch.equal(ball.project(far), far)


@NORMS
def test_an_epsilon_beyond_the_pixel_range_leaves_every_picture(norm):
    # The longest way between two pictures of 64 pixels is 8 in the L2 norm.
    clean, other = pictures(seed=0), pictures(seed=1)
    assert torch.equal(make_ball(norm, clean, 8.0).project(other), other)


@pytest.mark.parametrize("epsilon", [1e-3, 0.1, 0.7])
def test_a_projection_reaches_the_surface(epsilon):
    clean = torch.zeros(5, 1, 8, 8)
    away = clean + torch.rand(clean.shape, generator=torch.Generator().manual_seed(0))
    for norm in ("linf", "l2"):
        found = sizes(make_ball(norm, clean, epsilon).project(away), clean, norm)
        assert min(found) >= epsilon * (1 - 1e-6)


def test_the_l2_projection_keeps_the_direction():
    clean = torch.full((1, 1, 1, 2), 0.25)
    found = L2Ball(clean, 0.05).project(clean + torch.tensor([0.3, 0.4]))
    torch.testing.assert_close(found - clean, torch.tensor([[[[0.03, 0.04]]]]))


@NORMS
def test_a_gradient_of_zeros_makes_no_step(norm):
    clean = pictures()
    ball = make_ball(norm, clean, 0.1)
    assert torch.equal(ball.step(clean, torch.zeros_like(clean), 0.1), clean)


@NORMS
@pytest.mark.parametrize("scale", [1.0, 1e-12, 1e-30, 1e-40])
def test_a_step_has_its_length_however_small_the_gradient(norm, scale):
    clean = torch.zeros(3, 1, 8, 8)
    gradient = scale * (1 + torch.rand(clean.shape, generator=torch.Generator().manual_seed(0)))
    stepped = make_ball(norm, clean, 1.0).step(clean, gradient, 0.25)
    assert sizes(stepped, clean, norm) == pytest.approx([0.25] * 6, rel=1e-4)


def test_steps_follow_the_steepest_direction():
    clean, gradient = torch.zeros(1, 1, 1, 3), torch.tensor([[[[3.0, -4.0, 0.0]]]])
    l2, linf = L2Ball(clean, 1.0), LinfBall(clean, 1.0)
    assert l2.step(clean, gradient, 0.5).flatten().tolist() == pytest.approx([0.3, -0.4, 0.0])
    assert linf.step(clean, gradient, 0.5).flatten().tolist() == [0.5, -0.5, 0.0]


def test_random_starts_fill_the_l2_ball_evenly():
    clean = torch.full((4000, 1, 1, 2), 0.5)
    start = L2Ball(clean, 0.4).random(torch.Generator().manual_seed(0))
    lengths = (start - clean).flatten(1).norm(dim=1)
    # In two dimensions a quarter of the area lies within half the radius.
    assert float((lengths < 0.2).float().mean()) == pytest.approx(0.25, abs=0.03)
    assert (start - clean).mean(0).abs().max() < 0.02


def test_another_norm_is_named():
    with pytest.raises(ValueError, match="norm is 'l1'; allowed: linf, l2"):
        make_ball("l1", pictures(), 0.1)
