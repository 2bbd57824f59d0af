"""Families of warps against numpy, scipy and kornia; nothing that a localiser says degenerates."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from kornia.geometry.linalg import transform_points
from scipy.linalg import expm
from torch import Tensor

from lgm_core.alignment.families import (
    FAMILIES,
    MAX_BEND,
    MAX_SCALE,
    MAX_SHIFT,
    MAX_TILT,
    control_points,
)
from tests.alignment.longhand import NAMES, control, displaced, numpy, spline, thetas

BARS = {torch.float32: 1e-6, torch.float64: 1e-10}
GRID = torch.cartesian_prod(*[torch.linspace(-1, 1, 9, dtype=torch.float64)] * 2)
EXTREMES = (0.0, 0.3, -0.3, 5.0, -5.0, 1e6, -1e6)

every_family = pytest.mark.parametrize("name", NAMES)


def places(count: int, dtype: torch.dtype, seed: int = 1) -> Tensor:
    """Points in the picture and a little beyond."""
    random = torch.Generator().manual_seed(seed)
    return (2.4 * torch.rand(count, 2, generator=random, dtype=torch.float64) - 1.2).to(dtype)


def raws(name: str) -> st.SearchStrategy[Tensor]:
    number = st.sampled_from(EXTREMES) | st.floats(-1e6, 1e6) | st.floats(-2, 2)
    size = FAMILIES[name].raw_size
    return st.lists(number, min_size=size, max_size=size).map(
        lambda numbers: torch.tensor([numbers], dtype=torch.float64)
    )


def determinants(name: str, theta: Tensor) -> Tensor:
    """Of the warp's Jacobian at each point of the grid."""
    points = GRID.clone().unsqueeze(0).requires_grad_()
    there = points + FAMILIES[name].displacement(theta, points)
    x, y = (torch.autograd.grad(there[..., k].sum(), points, retain_graph=True)[0] for k in (0, 1))
    return torch.linalg.det(torch.stack((x, y), -2))


@pytest.mark.parametrize("dtype", BARS, ids=str)
@every_family
def test_displacements_are_the_longhand_ones(name, dtype):
    theta, points = thetas(name, 6, dtype), places(200, dtype)
    found = FAMILIES[name].displacement(theta, points)
    assert (found.dtype, found.shape) == (dtype, (6, 200, 2))
    expected = [displaced(name, one, numpy(points)) for one in numpy(theta)]
    np.testing.assert_allclose(numpy(found), expected, rtol=0, atol=BARS[dtype])


@every_family
def test_points_can_be_shared_or_each_pictures_own(name):
    theta, family = thetas(name, 3, torch.float64), FAMILIES[name]
    own = torch.stack([places(50, torch.float64, seed) for seed in range(3)])
    for n, points in enumerate(own):
        torch.testing.assert_close(
            family.displacement(theta, own)[n], family.displacement(theta, points)[n]
        )


def test_a_homography_is_kornias():
    theta, points = thetas("projective", 5, torch.float64), places(80, torch.float64)
    matrices = torch.cat((theta, torch.ones_like(theta[:, :1])), 1).view(-1, 3, 3)
    expected = transform_points(matrices, points.expand(5, -1, -1)) - points
    torch.testing.assert_close(FAMILIES["projective"].displacement(theta, points), expected)


def test_a_spline_moves_its_control_points_by_theta():
    np.testing.assert_allclose(control_points(), control(), rtol=0, atol=1e-15)
    theta = thetas("tps", 4, torch.float64)
    found = FAMILIES["tps"].displacement(theta, control_points())
    torch.testing.assert_close(found.flatten(1), theta, rtol=0, atol=1e-12)


@pytest.mark.parametrize("dtype", BARS, ids=str)
@every_family
def test_raw_zeros_move_nothing_at_all(name, dtype):
    family = FAMILIES[name]
    theta = family.bounded(torch.zeros(3, family.raw_size, dtype=dtype))
    assert torch.equal(theta[1], family.identity(dtype))
    assert theta.shape == (3, family.size)
    assert not family.displacement(theta, places(500, dtype)).any()


@every_family
def test_gradients_are_those_of_finite_differences(name):
    family = FAMILIES[name]
    # A place on a control point too, where a spline's kernel is log 0 times 0.
    points = torch.cat((places(5, torch.float64), control_points()[5:6])).repeat(2, 1, 1)
    theta = thetas(name, 2, torch.float64).requires_grad_()
    raw = 0.3 * torch.randn(2, family.raw_size, generator=torch.Generator().manual_seed(3))
    assert torch.autograd.gradcheck(family.displacement, (theta, points.requires_grad_()))
    assert torch.autograd.gradcheck(family.bounded, (raw.double().requires_grad_(),))


def test_an_affine_theta_is_a_turn_and_a_scale_times_the_exponential_of_a_stretch():
    raw = 0.4 * torch.randn(20, 6, generator=torch.Generator().manual_seed(0)).double()
    for numbers, theta in zip(raw.tolist(), FAMILIES["affine"].bounded(raw), strict=True):
        log_scale, angle, *others = numbers
        limits = (math.log(MAX_SCALE), MAX_SHIFT, MAX_SHIFT, *(math.log(MAX_SCALE) / 2,) * 2)
        soft = [m * math.tanh(v / m) for v, m in zip((log_scale, *others), limits, strict=True)]
        turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        matrix = math.exp(soft[0]) * turn @ expm([[soft[3], soft[4]], [soft[4], -soft[3]]])
        expected = np.column_stack((matrix, soft[1:3])).flatten()
        np.testing.assert_allclose(theta, expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("name", NAMES[:-1])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_raw_numbers_fold_mirror_or_flatten_the_picture(name, data):
    theta = FAMILIES[name].bounded(data.draw(raws(name)))
    assert bool(theta.isfinite().all())
    found = determinants(name, theta)
    assert float(found.min()) > 0.04
    assert float(found.max()) < 60


@pytest.mark.parametrize("name", NAMES[:-1])
def test_no_corner_of_the_raw_numbers_mirrors_the_picture(name):
    size = FAMILIES[name].raw_size
    signs = torch.cartesian_prod(*[torch.tensor([-1e6, 1e6], dtype=torch.float64)] * size)
    for angle in (0.0, 0.8, 2.4):
        raw = signs.clone()
        if size > 2:
            raw[:, 1] = angle
        theta = FAMILIES[name].bounded(raw)
        found = torch.stack([determinants(name, one[None]) for one in theta.unique(dim=0)])
        assert float(found.min()) > 0.04


@settings(max_examples=60, deadline=None)
@given(raw=raws("projective"))
def test_there_is_no_horizon_in_the_picture(raw):
    tilt = FAMILIES["projective"].bounded(raw)[0, 6:]
    assert float((GRID @ tilt).min()) >= -MAX_TILT > -1


@settings(max_examples=60, deadline=None)
@given(raw=raws("tps"))
def test_a_spline_bends_an_affine_warp_by_a_bounded_length(raw):
    family = FAMILIES["tps"]
    theta = family.bounded(raw)
    together = FAMILIES["affine"].displacement(FAMILIES["affine"].bounded(raw[:, :6]), GRID)
    bend = (family.displacement(theta, GRID) - together)[0].abs()
    # The most that values within +- 1 at the control points can make of a spline.
    most = np.abs(spline(np.eye(16), numpy(GRID))).sum(1)
    assert bool(theta.isfinite().all())
    assert (numpy(bend) <= MAX_BEND * most[:, None] + 1e-9).all()


@pytest.mark.parametrize("dtype", BARS, ids=str)
@every_family
def test_raw_numbers_of_a_million_give_a_finite_theta_and_gradient(name, dtype):
    size = FAMILIES[name].raw_size
    raw = 1e6 * torch.randn(50, size, generator=torch.Generator().manual_seed(0)).to(dtype)
    theta = FAMILIES[name].bounded(raw.requires_grad_())
    theta.sum().backward()
    assert bool(theta.isfinite().all())
    assert bool(raw.grad.isfinite().all())
