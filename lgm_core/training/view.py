"""The plane that a panel shows: the feature space itself for D = 2, principal axes above."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float32]


@dataclass(frozen=True)
class View:
    """An affine plane in feature space: points ``centre + basis @ v`` with v in R^2.

    ``basis`` [D, 2] has orthonormal columns; ``centre`` [D]; ``explained`` is the share of the
    features' variance that lies in the plane.
    """

    basis: Float
    centre: Float
    explained: float

    @classmethod
    def identity(cls) -> View:
        """The view of D = 2: the feature space itself."""
        return cls(np.eye(2, dtype=np.float32), np.zeros(2, np.float32), 1.0)

    @classmethod
    def principal(cls, features: Float, previous: View | None = None) -> View:
        """The plane of the first two principal axes of ``features`` [n, D].

        Within the plane the axes are turned to lie as close as they can to the previous view's
        (orthogonal Procrustes), so that the picture neither flips nor spins between two fits.
        """
        centre = features.mean(0, dtype=np.float64)
        centred = features - centre
        covariance = centred.T @ centred / max(len(features) - 1, 1)
        values, vectors = np.linalg.eigh(covariance)
        basis = vectors[:, :-3:-1]
        if previous is None:
            # A sign convention makes the first view repeatable.
            basis = basis * np.where(basis[np.abs(basis).argmax(0), [0, 1]] < 0, -1.0, 1.0)
        else:
            u, _, vt = np.linalg.svd(basis.T @ previous.basis)
            basis = basis @ (u @ vt)
        total = float(values.sum())
        explained = float(values[-2:].sum() / total) if total > 0 else 1.0
        return cls(np.ascontiguousarray(basis, np.float32), centre.astype(np.float32), explained)

    def project(self, features: Float) -> Float:
        """View coordinates [n, 2] of ``features`` [n, D]."""
        return ((features - self.centre) @ self.basis).astype(np.float32)

    def project_diagonal(self, variances: Float) -> Float:
        """Covariances [K, 2, 2] in the view of diagonal covariances given as [K, D]."""
        turned: Float = np.einsum("di,kd,dj->kij", self.basis, variances, self.basis)
        return turned

    def restrict(self, q: Float, w: Float, b: Float) -> Float:
        """Quadratics of feature space, restricted to the plane.

        From ``-1/2 sum_d q[k, d] x_d^2 + w[k] . x + b[k]`` ([K, D], [K, D], [K]) to the [K, 6]
        coefficients of ``1, u, v, u^2, u v, v^2`` at ``x = centre + basis @ (u, v)``.
        """
        c, p = self.centre.astype(np.float64), self.basis.astype(np.float64)
        out = np.empty((len(q), 6))
        out[:, 0] = -0.5 * q @ c**2 + w @ c + b
        out[:, 1:3] = (w - q * c) @ p
        out[:, 3] = -0.5 * q @ p[:, 0] ** 2
        out[:, 4] = -q @ (p[:, 0] * p[:, 1])
        out[:, 5] = -0.5 * q @ p[:, 1] ** 2
        return out.astype(np.float32)
