"""Frames made by hand, for tests that need no training."""

from __future__ import annotations

from typing import Any

import numpy as np

from lgm_core.training.frame import Frame, FrameScalars, encode


def scalars(step: int, **values: Any) -> FrameScalars:
    given = {"epoch": step / 62, "keyframe": False, "alpha": 1.0, "lambda": 0.1}
    return FrameScalars.model_validate(
        given | {"learning_rate": 0.002, "gaussians": "model"} | {"step": step} | values
    )


def frame(step: int, *, seconds: float | None = None, **values: Any) -> bytes:
    """An encoded frame of 5 digits, 3 classes and 2 dimensions, another for each step."""
    draw = np.random.default_rng(step)
    return encode(
        Frame(
            scalars=scalars(step, **values),
            ids=np.arange(5, dtype=np.uint16),
            points=draw.normal(size=(5, 2)).astype(np.float32),
            predicted=np.zeros(5, np.uint8),
            view_means=np.zeros((3, 2), np.float32),
            view_covariances=np.zeros((3, 2, 2), np.float32),
            regions=np.zeros((3, 6), np.float32),
            half_log_dets=np.zeros(3, np.float32),
            basis=np.eye(2, dtype=np.float32),
            centre=np.zeros(2, np.float32),
        ),
        seconds=seconds,
    )
