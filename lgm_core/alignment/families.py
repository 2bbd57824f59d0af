"""Families of warps: what a spatial transformer's numbers mean.

Jaderberg, Simonyan, Zisserman & Kavukcuoglu, "Spatial Transformer Networks", NIPS 2015, section
3.2; thin-plate splines after Bookstein, IEEE PAMI 11(6), 1989, with the control points fixed in
the output.

A localiser's raw output is unbounded; :meth:`Family.bounded` turns it into ``theta``, which has no
scale of zero, and for a single warp of all families but the spline no mirror image and no horizon
within the picture. A spline, and projective warps one after another, may fold; what they show is
bounded all the same. Raw zeros are the identity, exactly. Every family gives *displacements*, the
warped place minus the place itself, because these are exactly zero at the identity, where the
places are not in floats.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from functools import lru_cache

import torch
from torch import Tensor

#: A warp shows at most so many times as much, or as little, as the picture.
MAX_SCALE = 2.5
#: The window's centre stays within the picture.
MAX_SHIFT = 1.0
#: The sum of the two numbers that bend a projective picture; from 1 on there is a horizon in it.
MAX_TILT = 0.5
#: A spline's control point is moved by at most so much, beyond what the affine part moves it.
MAX_BEND = 0.2
#: Control points a side.
CONTROL = 4


class Family(ABC):
    """A kind of warp with a fixed number of parameters."""

    name: str
    #: Numbers that the localiser gives.
    raw_size: int
    #: Numbers that make up theta.
    size: int

    @abstractmethod
    def bounded(self, raw: Tensor) -> Tensor:
        """theta [N, size] of any raw numbers [N, raw_size]; finite for finite ones."""

    @abstractmethod
    def displacement(self, theta: Tensor, points: Tensor) -> Tensor:
        """Warped places minus ``points``, [N, P, 2], for points [N, P, 2] or [P, 2]."""

    def identity(self, dtype: torch.dtype = torch.float32) -> Tensor:
        """theta [size] that moves nothing."""
        return self.bounded(torch.zeros(1, self.raw_size, dtype=dtype))[0]


class Translation(Family):
    """theta = (t_x, t_y): the picture is shifted."""

    name, raw_size, size = "translation", 2, 2

    def bounded(self, raw: Tensor) -> Tensor:
        """Two raw numbers: the shift."""
        return _limited(raw, MAX_SHIFT)

    def displacement(self, theta: Tensor, points: Tensor) -> Tensor:
        """See :meth:`Family.displacement`."""
        return theta.unsqueeze(1).expand(-1, points.shape[-2], -1)


class Similarity(Family):
    """theta = (a, b, t_x, t_y): x' = a x - b y + t_x, y' = b x + a y + t_y."""

    name, raw_size, size = "similarity", 4, 4

    def bounded(self, raw: Tensor) -> Tensor:
        """Four raw numbers: log scale, angle in radians, shift."""
        scale, angle = _scale(raw[:, 0]), raw[:, 1]
        shift = _limited(raw[:, 2:4], MAX_SHIFT)
        return torch.stack((scale * angle.cos(), scale * angle.sin(), *shift.unbind(1)), 1)

    def displacement(self, theta: Tensor, points: Tensor) -> Tensor:
        """See :meth:`Family.displacement`."""
        a, b, x, y = theta.unbind(1)
        return _affine(torch.stack((a, -b, x, b, a, y), 1), points)


class Affine(Family):
    """theta = (a_11, a_12, t_x, a_21, a_22, t_y), row by row.

    The matrix is a turn and a scale, as a similarity's, times a stretch: the exponential of a
    symmetric matrix of trace zero. Its determinant is scale^2, so it never folds.
    """

    name, raw_size, size = "affine", 6, 6

    def bounded(self, raw: Tensor) -> Tensor:
        """Six raw numbers: a similarity's four and the stretch's two."""
        a, b, x, y = Similarity().bounded(raw[:, :4]).unbind(1)
        stretch = _limited(raw[:, 4:6], math.log(MAX_SCALE) / 2)
        p, q = stretch.unbind(1)
        # exp([[p, q], [q, -p]]) = cosh(r) I + sinh(r) / r [[p, q], [q, -p]], r^2 = p^2 + q^2
        square = p * p + q * q
        cosh, sinhc = _cosh(square), _sinhc(square)
        s11, s12, s22 = cosh + sinhc * p, sinhc * q, cosh - sinhc * p
        return torch.stack(
            (a * s11 - b * s12, a * s12 - b * s22, x, b * s11 + a * s12, b * s12 + a * s22, y), 1
        )

    def displacement(self, theta: Tensor, points: Tensor) -> Tensor:
        """See :meth:`Family.displacement`."""
        return _affine(theta, points)


class Projective(Family):
    """theta = the eight numbers of [[a_11, a_12, t_x], [a_21, a_22, t_y], [h_1, h_2, 1]]."""

    name, raw_size, size = "projective", 8, 8

    def bounded(self, raw: Tensor) -> Tensor:
        """Eight raw numbers: an affine warp's six and the tilt's two."""
        tilt = _limited(raw[:, 6:8], MAX_TILT / 2)
        affine = Affine().bounded(raw[:, :6]).view(-1, 2, 3)
        # The affine warp after the tilt: its determinant is the affine one's, so never negative.
        linear = affine[:, :, :2] + affine[:, :, 2:] @ tilt.unsqueeze(1)
        return torch.cat((torch.cat((linear, affine[:, :, 2:]), 2).flatten(1), tilt), 1)

    def displacement(self, theta: Tensor, points: Tensor) -> Tensor:
        """See :meth:`Family.displacement`."""
        # Imported late: one family needs it, and each run is a process of its own.
        from kornia.geometry.linalg import transform_points

        one = torch.ones_like(theta[:, :1])
        matrices = torch.cat((theta, one), 1).view(-1, 3, 3)
        points = points.expand(len(theta), -1, -1)
        return transform_points(matrices, points) - points


class ThinPlateSpline(Family):
    """theta = how far each of 4 x 4 control points is moved, (x, y) row by row.

    The raw numbers are an affine warp's six, which move all control points together, and two
    more for each control point.
    """

    name, raw_size, size = "tps", 6 + 2 * CONTROL**2, 2 * CONTROL**2

    def bounded(self, raw: Tensor) -> Tensor:
        """An affine warp's six raw numbers, and two a control point."""
        control = control_points().to(raw)
        together = _affine(Affine().bounded(raw[:, :6]), control)
        return together.flatten(1) + _limited(raw[:, 6:], MAX_BEND)

    def __init__(self) -> None:
        self._last: tuple[Tensor, Tensor] | None = None

    def displacement(self, theta: Tensor, points: Tensor) -> Tensor:
        """See :meth:`Family.displacement`."""
        return self._basis(points) @ theta.view(-1, CONTROL**2, 2)

    def _basis(self, points: Tensor) -> Tensor:
        """The basis at these points; at the pixels of a picture, which are always the same
        tensor, it is computed once."""
        if points.ndim == 3:
            return spline_basis(points)
        last = self._last  # another thread may replace it meanwhile
        if last is None or last[0] is not points:
            with torch.inference_mode(mode=False):
                self._last = last = (points, spline_basis(points))
        return last[1]


def control_points() -> Tensor:
    """The control points of a spline, float64 [16, 2], row by row from -1 to 1."""
    line = torch.linspace(-1, 1, CONTROL, dtype=torch.float64)
    y, x = torch.meshgrid(line, line, indexing="ij")
    return torch.stack((x, y), -1).view(-1, 2)


def spline_basis(points: Tensor) -> Tensor:
    """How much of each control point's displacement a place takes, [.., P, 16].

    A spline's displacement is linear in those of its control points.
    """
    exact = points.to(torch.float64)  # in float32 the fine structure of the kernel is lost
    kernel, affine = _spline_weights()
    squares = (exact.unsqueeze(-2) - control_points()).square().sum(-1)
    basis = _kernel(squares) @ kernel + affine[0] + exact @ affine[1:]
    return basis.to(points)


def _kernel(squares: Tensor) -> Tensor:
    """r^2 log r of squared distances r^2; zero where r is, with slope zero."""
    safe = torch.where(squares > 0, squares, torch.ones_like(squares))
    return 0.5 * squares * safe.log()


@lru_cache(maxsize=1)
def _spline_weights() -> tuple[Tensor, Tensor]:
    """Kernel weights [16, 16] and affine weights [3, 16], one column a control point.

    Column k is the spline that is 1 at control point k and 0 at the others.
    """
    control = control_points()
    count = len(control)
    squares = torch.cdist(control, control).square()
    kernel = _kernel(squares)
    plane = torch.cat((torch.ones(count, 1, dtype=torch.float64), control), 1)
    system = torch.zeros(count + 3, count + 3, dtype=torch.float64)
    system[:count, :count], system[:count, count:] = kernel, plane
    system[count:, :count] = plane.T
    ones = torch.eye(count + 3, count, dtype=torch.float64)
    solved = torch.linalg.solve(system, ones)
    return solved[:count], solved[count:]


FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (Translation(), Similarity(), Affine(), Projective(), ThinPlateSpline())
}


def _affine(theta: Tensor, points: Tensor) -> Tensor:
    """Displacements [N, P, 2] of the six numbers [N, 6] of an affine warp."""
    matrix = theta.view(-1, 2, 3)
    linear = matrix[:, :, :2] - torch.eye(2, dtype=theta.dtype, device=theta.device)
    return points @ linear.mT + matrix[:, None, :, 2]


def _limited(raw: Tensor, limit: float) -> Tensor:
    """Within ``limit`` of zero; slope 1 there."""
    return limit * torch.tanh(raw / limit)


def _scale(raw: Tensor) -> Tensor:
    """exp(raw), kept between 1 / MAX_SCALE and MAX_SCALE."""
    return torch.exp(_limited(raw, math.log(MAX_SCALE)))


def _cosh(square: Tensor) -> Tensor:
    """cosh(sqrt(square)), by its series: smooth at zero, exact to 1e-16 for square <= 1."""
    return _series(square, (1 / math.factorial(2 * k) for k in range(9)))


def _sinhc(square: Tensor) -> Tensor:
    """sinh(sqrt(square)) / sqrt(square), likewise."""
    return _series(square, (1 / math.factorial(2 * k + 1) for k in range(9)))


def _series(square: Tensor, coefficients: object) -> Tensor:
    total = torch.zeros_like(square)
    for coefficient in reversed(list(coefficients)):  # type: ignore[call-overload]
        total = total * square + coefficient
    return total
