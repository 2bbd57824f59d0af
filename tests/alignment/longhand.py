"""Warps and samples written out in numpy and scipy, float64, one picture at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from scipy.interpolate import RBFInterpolator
from torch import Tensor

from lgm_core.alignment.families import FAMILIES, Family

Float = npt.NDArray[np.float64]
NAMES = tuple(FAMILIES)
BORDERS = ("edge", "black")


def thetas(name: str, count: int, dtype: torch.dtype, seed: int = 0, size: float = 0.3) -> Tensor:
    """Some thetas [count, size] of a family, away from the identity."""
    random = torch.Generator().manual_seed(seed)
    raw = size * torch.randn(count, FAMILIES[name].raw_size, generator=random, dtype=torch.float64)
    return FAMILIES[name].bounded(raw.to(dtype))


def numpy(tensor: Tensor) -> Float:
    return tensor.detach().to(torch.float64).numpy()


def control() -> Float:
    """4 x 4 control points, row by row."""
    line = (-1, -1 / 3, 1 / 3, 1)
    return np.array([(x, y) for y in line for x in line])


def spline(values: Float, points: Float) -> Float:
    """The thin-plate spline with these values at the control points."""
    return RBFInterpolator(control(), values, kernel="thin_plate_spline", degree=1)(points)


def displaced(name: str, theta: Float, points: Float) -> Float:
    """Displacements [P, 2] of points [P, 2] by one theta."""
    x, y = points.T
    if name == "translation":
        return np.tile(theta, (len(points), 1))
    if name == "similarity":  # as complex numbers
        a, b, t_x, t_y = theta
        place = complex(a, b) * (x + 1j * y) + complex(t_x, t_y)
        return np.stack((place.real, place.imag), 1) - points
    if name == "tps":
        return spline(theta.reshape(16, 2), points)
    a, b, c, d, e, f, g, h = theta if name == "projective" else (*theta, 0.0, 0.0)
    depth = g * x + h * y + 1
    return np.stack(((a * x + b * y + c) / depth, (d * x + e * y + f) / depth), 1) - points


def sampled(picture: Float, x: Float, y: Float, border: str) -> Float:
    """Bilinear values of a picture [H, W] at pixel places; (0, 0) is the first pixel's centre."""
    height, width = picture.shape
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    total = np.zeros_like(x)
    for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
        row, column = top + i, left + j
        weight = (1 - np.abs(y - row)) * (1 - np.abs(x - column))
        inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        value = picture[row.clip(0, height - 1), column.clip(0, width - 1)]
        total += weight * (value if border == "edge" else value * inside)
    return total


def centres(height: int, width: int) -> Float:
    """Pixels' centres [H * W, 2] in the frame from -1 to 1, row by row."""
    x, y = (2 * np.arange(width) + 1) / width - 1, (2 * np.arange(height) + 1) / height - 1
    return np.stack((np.tile(x, height), np.repeat(y, width)), 1)


def warped(
    images: Tensor,
    stages: Sequence[tuple[Family, Tensor]],
    size: tuple[int, int],
    border: str,
) -> Float:
    """Pictures [N, C, H, W] through the warps, [N, C, *size]."""
    height, width = images.shape[-2:]
    results = []
    for n, channels in enumerate(numpy(images)):
        places = centres(*size)
        for family, theta in reversed(stages):
            places = places + displaced(family.name, numpy(theta)[n], places)
        x, y = ((places[:, 0] + 1) * width - 1) / 2, ((places[:, 1] + 1) * height - 1) / 2
        results.append([sampled(picture, x, y, border).reshape(size) for picture in channels])
    return np.array(results)
