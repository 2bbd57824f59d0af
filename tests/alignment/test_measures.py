"""Misalignment in pixels and sharpness, longhand, and what must not change them."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from kornia.geometry.linalg import transform_points
from torch import Tensor

from lgm_core.alignment.disturb import disturbed, draw_poses, pose_matrices
from lgm_core.alignment.families import FAMILIES, Family
from lgm_core.alignment.measures import (
    FACE_POINTS,
    face_points,
    misalignment,
    places_after,
    sharpness,
)
from lgm_core.alignment.settings import Disturbance
from lgm_core.alignment.warp import warp
from tests.alignment.longhand import NAMES, displaced, numpy, thetas
from tests.alignment.small import few_people

POINTS = torch.tensor(FACE_POINTS, dtype=torch.float64)
LIMITS = Disturbance(turn=30, scale=25, shift=20, shear=10, tilt=10)
Stages = list[tuple[Family, Tensor]]


def matrices(count: int, limits: Disturbance = LIMITS) -> Tensor:
    return pose_matrices(draw_poses(limits, count, torch.Generator().manual_seed(0)))


def extreme(name: str, seed: int, count: int = 12, size: float = 1e6) -> Tensor:
    """One theta for all faces, of huge raw numbers."""
    random = torch.Generator().manual_seed(seed)
    raw = size * torch.randn(1, FAMILIES[name].raw_size, generator=random, dtype=torch.float64)
    return FAMILIES[name].bounded(raw.expand(count, -1))


def spread(turns: Tensor, stages: Stages) -> float:
    return misalignment(places_after(turns, stages, POINTS), POINTS, size=48)


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("name", NAMES)
def test_a_place_after_is_the_one_that_the_warps_map_to_the_disturbed_point(name, number):
    turns = matrices(20)
    stages = [(FAMILIES[name], thetas(name, 20, torch.float64, k, 0.2)) for k in range(number)]
    found = places_after(turns, stages, POINTS)
    wanted = transform_points(turns, POINTS.expand(20, -1, -1))
    for n, places in enumerate(numpy(found)):
        for family, theta in reversed(stages):
            places = places + displaced(family.name, numpy(theta)[n], places)
        np.testing.assert_allclose(places, wanted[n], rtol=0, atol=1e-6)
    assert float((found - wanted).abs().max()) > 0.05


@pytest.mark.parametrize("name", NAMES)
def test_a_start_at_the_identity_leaves_the_disturbed_points_where_they_are(name):
    turns, family = matrices(9), FAMILIES[name]
    stage = (family, family.identity().expand(9, -1))  # float32, as a network gives it
    expected = transform_points(turns, POINTS.expand(9, -1, -1))
    torch.testing.assert_close(places_after(turns, [], POINTS), expected)
    torch.testing.assert_close(places_after(turns, [stage], POINTS), expected, rtol=0, atol=1e-9)


def test_the_exact_inverse_puts_every_point_back():
    turns = matrices(9)
    theta = (turns / turns[:, 2:, 2:]).flatten(1)[:, :8]
    found = places_after(turns, [(FAMILIES["projective"], theta)], POINTS)
    torch.testing.assert_close(found, POINTS.expand(9, -1, -1), rtol=0, atol=1e-8)
    assert spread(turns, [(FAMILIES["projective"], theta)]) < 1e-6


def test_misalignment_is_the_longhand_one():
    turns = matrices(15)
    places = numpy(places_after(turns, [], POINTS))
    mean = [[sum(face[p][k] for face in places) / 15 for k in (0, 1)] for p in range(3)]
    squares = [math.dist(face[p], mean[p]) ** 2 for face in places for p in range(3)]

    def radius(points: list[list[float]]) -> float:
        centre = [sum(point[k] for point in points) / 3 for k in (0, 1)]
        return math.sqrt(sum(math.dist(point, centre) ** 2 for point in points) / 3)

    pixels = math.sqrt(sum(squares) / len(squares)) * 24  # 48 pixels are 2 units wide
    size = sum(radius(face) for face in places) / 15
    expected = pixels / size * radius([list(point) for point in FACE_POINTS])
    assert spread(turns, []) == pytest.approx(expected, rel=1e-12)


def test_turning_alone_counts_as_far_as_the_points_move():
    poses = torch.zeros(2, 7, dtype=torch.float64)
    poses[:, 0] = torch.tensor([-1.2, 1.2])
    places = places_after(pose_matrices(poses), [], POINTS)
    mean = places.mean(0)
    plain = float((places - mean).square().sum(-1).mean().sqrt() * 24)
    # Turned faces are as large as straight ones, however small their mean is.
    assert misalignment(places, POINTS, size=48) == pytest.approx(plain, rel=1e-12)


def test_faces_shifted_to_two_sides_are_misaligned_by_their_shift():
    places = torch.stack(
        (POINTS + POINTS.new_tensor([0.25, 0]), POINTS - POINTS.new_tensor([0.25, 0]))
    )
    assert misalignment(places, POINTS, size=48) == pytest.approx(6.0, rel=1e-12)
    assert misalignment(places, POINTS, size=96) == pytest.approx(12.0, rel=1e-12)


def test_faces_that_are_all_alike_are_not_misaligned_however_they_stand():
    one = matrices(1).expand(7, -1, -1)
    assert spread(one, []) == pytest.approx(0.0, abs=1e-12)


def test_the_common_pose_that_a_network_chose_changes_nothing():
    turns = matrices(12)
    other = FAMILIES["tps"], thetas("tps", 12, torch.float64, size=0.05)
    common = FAMILIES["similarity"], thetas("similarity", 1, torch.float64, 5).expand(12, -1)
    assert spread(turns, [other, common]) == pytest.approx(spread(turns, [other]), rel=1e-6)


@pytest.mark.parametrize("factor", [0.4, 2.5])
def test_no_size_of_all_faces_wins(factor):
    turns = matrices(12)
    theta = torch.tensor([[factor, 0.0, 0.0, 0.0]], dtype=torch.float64).expand(12, -1)
    stage = (FAMILIES["similarity"], theta)
    places = places_after(turns, [stage], POINTS)
    torch.testing.assert_close(places, places_after(turns, [], POINTS) / factor)
    assert spread(turns, [stage]) == pytest.approx(spread(turns, []), rel=1e-9)


@pytest.mark.parametrize("stages", [1, 2, 3])
@pytest.mark.parametrize("shift", [(-1e6, -1e6), (-1e6, 1e6), (1e6, 1e6)])
def test_nor_does_a_network_win_that_throws_all_faces_out_of_the_picture(shift, stages):
    turns = matrices(12)
    for log_scale in (-1e6, 0.0, 1e6):
        raw = torch.tensor([[log_scale, 0.0, *shift]], dtype=torch.float64)
        stage = (FAMILIES["similarity"], FAMILIES["similarity"].bounded(raw).expand(12, -1))
        assert spread(turns, [stage] * stages) == pytest.approx(spread(turns, []), rel=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_no_theta_makes_it_nan_or_nothing(name):
    turns = matrices(12)
    found = [
        spread(turns, [(FAMILIES[name], extreme(name, seed, size=size))] * stages)
        for seed in range(5)
        for size in (2.0, 1e6)
        for stages in (1, 2, 3)
    ]
    assert all(math.isfinite(pixels) for pixels in found)
    assert min(found) > 0.1


def test_a_spline_that_folds_gives_places_that_are_finite():
    turns = matrices(30)
    theta = 3 * torch.randn(30, 32, generator=torch.Generator().manual_seed(0)).double()
    found = places_after(turns, [(FAMILIES["tps"], theta)], POINTS)
    assert bool(found.isfinite().all())
    assert math.isfinite(misalignment(found, POINTS, size=48))


def test_the_points_are_the_eyes_and_the_mouth():
    points = face_points(torch.zeros(1))
    assert (points.dtype, points.shape) == (torch.float32, (3, 2))
    assert points[0, 0] == -points[1, 0]
    assert points[0, 1] == points[1, 1] < points[2, 1]


def test_sharpness_is_the_longhand_one():
    images = torch.rand(5, 1, 6, 7, generator=torch.Generator().manual_seed(0)).double()
    mean = numpy(images).mean(0)[0]
    lengths = [
        math.hypot(mean[y + 1, x] - mean[y, x], mean[y, x + 1] - mean[y, x])
        for y in range(5)
        for x in range(6)
    ]
    assert sharpness(images) == pytest.approx(sum(lengths) / 30, rel=1e-12)
    assert sharpness(torch.full((3, 1, 4, 4), 0.5)) == 0


def test_the_mean_of_aligned_faces_is_sharper_than_that_of_scattered_ones():
    faces = torch.from_numpy(few_people().images.copy()).unsqueeze(1) / 255
    turns = matrices(len(faces))
    scattered = disturbed(faces, turns, size=48)
    theta = (turns / turns[:, 2:, 2:]).flatten(1)[:, :8].float()
    aligned = warp(scattered, [(FAMILIES["projective"], theta)])
    assert sharpness(aligned) > 1.3 * sharpness(scattered)
