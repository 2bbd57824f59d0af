"""Small frames of a made-up moment, for tests of what stores and sends them."""

from __future__ import annotations

import numpy as np

from lgm_core.training.frame import Frame, FrameScalars

CLASSES = 10


def frame_at(step: int, *, keyframe: bool = False, digits: int = 5, filling: int = 0) -> Frame:
    """A frame of D = 2 that shows the first digits; the larger by ``filling`` bytes, about."""
    rng = np.random.default_rng(step)

    def floats(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(np.float32)

    return Frame(
        scalars=FrameScalars(
            step=step,
            epoch=step / 10,
            keyframe=keyframe,
            alpha=1.0,
            learning_rate=0.002,
            total=2.5,
            classification=2.0,
            likelihood=5.0,
            train_accuracy=0.25,
            test_accuracy=0.5,
            test_count=1000,
            gaussians="model",
            **{"lambda": 0.1},
        ),
        ids=np.arange(digits, dtype=np.uint16),
        points=floats(digits, 2),
        predicted=rng.integers(0, CLASSES, digits).astype(np.uint8),
        view_means=floats(CLASSES, 2),
        view_covariances=np.broadcast_to(np.eye(2, dtype=np.float32), (CLASSES, 2, 2)),
        regions=floats(CLASSES, 6),
        half_log_dets=np.zeros(CLASSES, np.float32),
        basis=np.eye(2, dtype=np.float32),
        centre=np.zeros(2, np.float32),
        parameters={"means": floats(CLASSES, 2), "filling": floats(filling // 4)},
    )
