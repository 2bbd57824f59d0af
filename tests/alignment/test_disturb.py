"""Known disturbances: where a pose moves a point, and back again."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from lgm_core.alignment.disturb import disturbed, draw_poses, pose_matrices
from lgm_core.alignment.families import FAMILIES
from lgm_core.alignment.settings import Disturbance
from lgm_core.alignment.warp import warp
from tests.alignment.longhand import centres

ALL = Disturbance(turn=30, scale=25, shift=20, shear=15, tilt=20)
#: Each part's limit in a pose's own units.
LIMITS = (math.pi / 6, 0.25, 0.2, 0.2, math.pi / 12, 0.2, 0.2)
PARTS = ("turn", "scale", "x", "y", "shear", "tilt_x", "tilt_y")
TOP, RIGHT = (0.0, -1.0), (1.0, 0.0)


def pose(**parts: float) -> Tensor:
    return torch.tensor([[parts.get(name, 0.0) for name in PARTS]], dtype=torch.float64)


def draw(limits: Disturbance, count: int, seed: int = 0) -> Tensor:
    return draw_poses(limits, count, torch.Generator().manual_seed(seed))


def moved(numbers: list[float], x: float, y: float) -> tuple[float, float]:
    """Longhand: a face's point after shear, turn and scale, perspective, shift."""
    turn, scale, shift_x, shift_y, shear, tilt_x, tilt_y = numbers
    x -= math.tan(shear) * y
    size = 1 + scale
    x, y = (
        size * (math.cos(turn) * x - math.sin(turn) * y),
        size * (math.sin(turn) * x + math.cos(turn) * y),
    )
    depth = 1 + tilt_x * x + tilt_y * y
    return x / depth + shift_x, y / depth + shift_y


def through(matrix: Tensor, point: tuple[float, float]) -> list[float]:
    x, y, depth = (matrix @ matrix.new_tensor([*point, 1.0])).tolist()
    return [x / depth, y / depth]


def smooth_faces(count: int, side: int = 64) -> Tensor:
    """Pictures made of a few long waves, [N, 1, side, side]."""
    random = np.random.default_rng(0)
    x, y = centres(side, side).T
    faces = [
        0.5 + 0.2 * np.sin(a * x + b * y + c) + 0.2 * np.cos(d * x - b * y)
        for a, b, c, d in random.uniform(1, 3, (count, 4))
    ]
    return torch.from_numpy(np.array(faces)).view(count, 1, side, side)


@pytest.mark.parametrize(
    ("parts", "point", "place"),
    [
        # Turned by 30 degrees clockwise on the screen: the top goes right, the right goes down.
        ({"turn": math.pi / 6}, TOP, [0.5, -math.sqrt(0.75)]),
        ({"turn": math.pi / 6}, RIGHT, [math.sqrt(0.75), 0.5]),
        ({"scale": 0.25}, (0.4, -0.8), [0.5, -1.0]),
        ({"x": 0.2, "y": -0.1}, (0.3, 0.3), [0.5, 0.2]),
        # Upright lines lean to the right, and keep their height.
        ({"shear": math.pi / 4}, TOP, [1.0, -1.0]),
        ({"shear": math.pi / 4}, RIGHT, [1.0, 0.0]),
        # The right edge is further away than the middle, the left one nearer.
        ({"tilt_x": 0.25}, (1.0, 0.5), [0.8, 0.4]),
        ({"tilt_x": 0.25}, (-0.6, 0.34), [-0.6 / 0.85, 0.4]),
        ({"tilt_y": 0.25}, (0.5, 1.0), [0.4, 0.8]),
        ({"turn": math.pi / 2, "x": 0.5}, RIGHT, [0.5, 1.0]),  # the shift comes last
    ],
)
def test_a_pose_moves_a_point_as_a_person_would_say(parts, point, place):
    assert through(pose_matrices(pose(**parts))[0], point) == pytest.approx(place, abs=1e-12)


def test_all_parts_together_come_in_order():
    poses = draw(ALL, 30)
    for numbers, matrix in zip(poses.tolist(), pose_matrices(poses), strict=True):
        for point in ((0.0, 0.0), (-0.3, -0.08), (0.9, -0.7)):
            assert through(matrix, point) == pytest.approx(moved(numbers, *point), abs=1e-12)


def test_no_pose_is_the_identity():
    assert torch.equal(pose_matrices(pose())[0], torch.eye(3, dtype=torch.float64))


def test_poses_fill_their_limits_evenly_and_do_not_pass_them():
    shares = draw(ALL, 4000) / torch.tensor(LIMITS, dtype=torch.float64)
    assert shares.shape == (4000, 7)
    assert float(shares.abs().max()) <= 1
    assert float(shares.abs().amax(0).min()) > 0.99
    assert float(shares.mean(0).abs().max()) < 0.05
    assert float((shares.square().mean(0) - 1 / 3).abs().max()) < 0.03
    correlation = torch.corrcoef(shares.T) - torch.eye(7)
    assert float(correlation.abs().max()) < 0.08


@pytest.mark.parametrize("name", Disturbance.model_fields)
def test_a_limit_of_zero_holds_its_part_still(name):
    still = {"turn": [0], "scale": [1], "shift": [2, 3], "shear": [4], "tilt": [5, 6]}[name]
    poses = draw(ALL.model_copy(update={name: 0.0}), 50)
    assert [k for k in range(7) if not poses[:, k].any()] == still


def test_a_seed_always_gives_the_same_poses():
    assert torch.equal(draw(ALL, 5), draw(ALL, 5))
    assert not torch.equal(draw(ALL, 5), draw(ALL, 5, seed=1))


@pytest.mark.parametrize("tilt", [0.0, 0.15])
def test_what_is_shown_at_a_point_comes_to_lie_where_the_pose_moves_it(tilt):
    spot = (0.3, -0.2)
    x, y = torch.from_numpy(centres(64, 64)).T
    face = (-((x - spot[0]) ** 2 + (y - spot[1]) ** 2) / 0.005).exp().view(1, 1, 64, 64)
    numbers = pose(turn=0.4, scale=-0.2, x=0.15, y=-0.1, shear=0.2, tilt_x=tilt, tilt_y=-tilt)
    shown = disturbed(face, pose_matrices(numbers), size=48, border="black")[0, 0].flatten()
    assert shown.shape == (48 * 48,)
    middle = (shown @ torch.from_numpy(centres(48, 48))) / shown.sum()
    assert middle.tolist() == pytest.approx(moved(numbers[0].tolist(), *spot), abs=0.01)


@pytest.mark.parametrize("tilt", [0.0, 20.0])
def test_the_exact_inverse_brings_the_middle_of_a_face_back(tilt):
    faces = smooth_faces(12)
    matrices = pose_matrices(draw(ALL.model_copy(update={"tilt": tilt}), 12))
    pictures = disturbed(faces, matrices, size=64)
    theta = (matrices / matrices[:, 2:, 2:]).flatten(1)[:, :8]
    back = warp(pictures, [(FAMILIES["projective"], theta)])
    middle = slice(22, 42)
    apart = [(other - faces)[..., middle, middle].abs().max() for other in (pictures, back)]
    assert float(apart[0]) > 0.1
    assert float(apart[1]) < 0.004


def test_without_perspective_the_quicker_way_is_the_same():
    faces = smooth_faces(4)
    matrices = pose_matrices(draw(ALL.model_copy(update={"tilt": 0.0}), 4))
    back = torch.linalg.inv(matrices).flatten(1)[:, :8]
    expected = warp(faces, [(FAMILIES["projective"], back)], size=(48, 48))
    torch.testing.assert_close(disturbed(faces, matrices, size=48), expected, rtol=0, atol=1e-12)


def test_the_border_of_a_disturbed_face_is_its_edge_or_black():
    faces = torch.full((1, 1, 64, 64), 0.7)
    matrices = pose_matrices(pose(scale=-0.5))
    torch.testing.assert_close(disturbed(faces, matrices, size=48), faces[..., :48, :48])
    black = disturbed(faces, matrices, size=48, border="black")[0, 0]
    assert not black[:11].any()
    assert float(black[13:35, 13:35].min()) == pytest.approx(0.7)
