"""Frames and pictures that the drawing tests share."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from playwright.sync_api import Page

from lgm_core.training.frame import Frame, FrameScalars, encode

WIDTH, HEIGHT = 490, 445
PETROFF = [
    "3f90da", "ffa90e", "bd1f01", "94a4a2", "832db6",
    "a96b59", "e76300", "b9ac70", "717581", "92dadd",
]  # fmt: skip


def make_frame(rng: np.random.Generator, n: int, k: int, d: int, **scalars: Any) -> Frame:
    """A frame of random numbers whose regions are those of Gaussians at random means."""
    v = 3 if d == 3 else 2
    means = rng.normal(size=(k, v)) * 3
    spread = rng.uniform(-0.5, 0.5, size=(k, v, v)) + np.eye(v)
    regions, half_log_dets = gaussian_regions(rng, k)
    known = {"step": 12, "epoch": 0.5, "keyframe": True, "alpha": 1.0, "lambda": 0.1}
    known |= {"learning_rate": 0.002, "total": 1.25, "gaussians": "model"}

    def floats(values: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(values, np.float32)

    return Frame(
        FrameScalars.model_validate(known | scalars),
        ids=rng.permutation(n).astype(np.uint16),
        points=floats(rng.normal(size=(n, v)) * 3),
        predicted=rng.integers(0, k, n).astype(np.uint8),
        view_means=floats(means),
        view_covariances=floats(spread @ spread.transpose(0, 2, 1)),
        regions=regions.astype(np.float32),
        half_log_dets=half_log_dets.astype(np.float32),
        basis=floats(np.linalg.qr(rng.normal(size=(d, 2)))[0]),
        centre=floats(rng.normal(size=d)),
        parameters={"means": floats(rng.normal(size=(k, d)))},
        features=floats(rng.normal(size=(n, d))) if d > 3 else np.zeros((0, 0), np.float32),
    )


def gaussian_regions(rng: np.random.Generator, k: int) -> tuple[np.ndarray, np.ndarray]:
    """[k, 6] logits of Gaussians with diagonal covariances, and 1/2 log|Sigma| [k]."""
    means = rng.normal(size=(k, 2)) * 3
    variances = rng.uniform(0.4, 2.5, size=(k, 2))
    half_log_dets = 0.5 * np.log(variances).sum(1)
    out = np.zeros((k, 6))
    out[:, 0] = -0.5 * (means**2 / variances).sum(1) - half_log_dets
    out[:, 1:3] = means / variances
    out[:, 3], out[:, 5] = -0.5 / variances.T
    return out, half_log_dets


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def start(core: Page, *, n: int = 60, k: int = 5, d: int = 2, **layers: bool) -> Frame:
    """A view with one frame applied, and drawn until it rests."""
    frame = make_frame(np.random.default_rng(2), n=n, k=k, d=d)
    labels = np.random.default_rng(9).integers(0, k, n).tolist()
    core.evaluate("([labels, K, layers]) => void makeView(labels, K, layers)", [labels, k, layers])
    core.evaluate("(data) => view.apply(core.decodeFrame(toBuffer(data)))", text(encode(frame)))
    draw(core, 40)
    return frame


def draw(core: Page, times: int, milliseconds: float = 50) -> None:
    core.evaluate(
        """([times, step]) => {
          window.clockNow ??= 1000;
          for (let i = 0; i < times; i++) view.draw((clockNow += step));
        }""",
        [times, milliseconds],
    )


def places(core: Page, n: int) -> np.ndarray:
    """[n, 2] CSS pixels."""
    found = core.evaluate(
        "(n) => Array.from({ length: n }, (_, i) => Object.values(view.placeOf(i)))", n
    )
    return np.array(found)


def in_order(frame: Frame) -> np.ndarray:
    """Points [n, V] by digit."""
    out = np.empty_like(frame.points)
    out[frame.ids] = frame.points
    return out
