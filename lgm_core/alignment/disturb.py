"""Known disturbances: faces turned, scaled, shifted, sheared and tilted at random.

The exact transform is kept, so that what a network leaves of it can be measured in pixels. It
is never shown to the network, and no loss sees it.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from lgm_core.alignment.families import FAMILIES
from lgm_core.alignment.settings import Border, Disturbance
from lgm_core.alignment.warp import warp


def draw_poses(limits: Disturbance, count: int, generator: torch.Generator) -> Tensor:
    """``count`` random poses [N, 7] within the limits, float64; see :func:`pose_matrices`."""
    shift, tilt = limits.shift / 100, limits.tilt / 100
    turn, shear = math.radians(limits.turn), math.radians(limits.shear)
    most = torch.tensor(
        [turn, limits.scale / 100, shift, shift, shear, tilt, tilt], dtype=torch.float64
    )
    return (2 * torch.rand(count, 7, generator=generator, dtype=torch.float64) - 1) * most


def pose_matrices(poses: Tensor) -> Tensor:
    """Where a pose moves the points of a face: homographies [N, 3, 3] of poses [N, 7].

    A pose is (turn, scale - 1, shift x, shift y, shear, tilt x, tilt y); turn and shear in
    radians, clockwise as a person sees it; the point p of the straight face comes to lie at
    M p. Shear comes first, then turn and scale, then perspective, then the shift.
    """
    turn, scale, x, y, shear, tilt_x, tilt_y = poses.unbind(1)
    zero, one = torch.zeros_like(turn), torch.ones_like(turn)
    cos, sin, size = turn.cos(), turn.sin(), 1 + scale

    def rows(*entries: Tensor) -> Tensor:
        return torch.stack(entries, 1).view(-1, 3, 3)

    sheared = rows(one, -shear.tan(), zero, zero, one, zero, zero, zero, one)
    turned = rows(size * cos, -size * sin, zero, size * sin, size * cos, zero, zero, zero, one)
    tilted = rows(one, zero, zero, zero, one, zero, tilt_x, tilt_y, one)
    shifted = rows(one, zero, x, zero, one, y, zero, zero, one)
    return shifted @ tilted @ turned @ sheared


def disturbed(faces: Tensor, matrices: Tensor, *, size: int, border: Border = "edge") -> Tensor:
    """The faces [N, 1, H, W] as the homographies [N, 3, 3] leave them, [N, 1, size, size]."""
    back = torch.linalg.inv(matrices)
    theta = (back / back[:, 2:, 2:]).flatten(1)[:, :8].to(faces)
    family = FAMILIES["projective"]
    if not theta[:, 6:].any():  # quicker, and the same
        family, theta = FAMILIES["affine"], theta[:, :6]
    return warp(faces, [(family, theta)], size=(size, size), border=border)
