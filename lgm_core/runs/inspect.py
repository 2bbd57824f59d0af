"""What the model thinks of one digit at one step, from the stored frames, in float64."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from lgm_core.losses import FeatureLoss, LGMLoss, make_loss
from lgm_core.runs.reader import RunReader, StoreError
from lgm_core.training.frame import Frame, FrameError, decode
from lgm_core.training.settings import TrainSettings


def inspect(
    reader: RunReader, settings: TrainSettings, labels: list[int], digit: int, step: int
) -> dict[str, Any]:
    """Distances, posterior and likelihood of a displayed digit at a step.

    For D <= 3 the digit's newest place at or before the step, and the parameters in force
    there; above, both from the newest keyframe that carries the features.

    Args:
        reader: the run's frames.
        settings: the run's settings.
        labels: label of each displayed digit.
        digit: which displayed digit.
        step: training step.

    Returns:
        ``digit``, ``label``, ``predicted``, ``step`` (of the parameters), ``feature_step``,
        ``alpha``, ``features`` [D], ``logits`` [K], ``posterior`` [K], and, for L-GM, ``d`` [K],
        ``half_log_dets`` [K], ``posterior_with_margin`` [K] (the label's class takes the
        margin) and ``log_likelihood`` [K]; these are None for losses without a density.

    Raises:
        StoreError: if the digit or a fitting frame is not there.
    """
    if not 0 <= digit < len(labels):
        raise StoreError(f"digit is {digit}; allowed: 0 to {len(labels) - 1}.")
    model, features, feature_step = _find(reader, settings, digit, step)
    classes, label = len(model.view_means), labels[digit]
    if features.shape != (settings.feature_dim,) or label >= classes:
        raise StoreError("This frame does not fit the settings of its run.")
    loss = _rebuild(model, settings, classes)
    x = torch.from_numpy(features.astype(np.float64))[None]
    with torch.no_grad():
        logits = loss.logits(x)[0]
        answer: dict[str, Any] = {
            "digit": digit,
            "label": label,
            "predicted": int(logits.argmax()),
            "step": model.step,
            "feature_step": feature_step,
            "alpha": model.scalars.alpha,
            "features": x[0].tolist(),
            "logits": logits.tolist(),
            "posterior": logits.softmax(0).tolist(),
            "d": None,
            "half_log_dets": None,
            "posterior_with_margin": None,
            "log_likelihood": None,
        }
        if isinstance(loss, LGMLoss):
            half_log_dets = 0.5 * loss.variances().log().sum(1)
            distances = -logits - half_log_dets
            with_margin = logits.clone()
            with_margin[label] -= model.scalars.alpha * distances[label]
            answer |= {
                "d": distances.tolist(),
                "half_log_dets": half_log_dets.tolist(),
                "posterior_with_margin": with_margin.softmax(0).tolist(),
                "log_likelihood": loss.log_likelihood(x)[0].tolist(),
            }
    if not all(map(math.isfinite, answer["features"] + answer["logits"])):
        raise StoreError("The numbers of this frame are not finite.")
    return answer


def _find(
    reader: RunReader, settings: TrainSettings, digit: int, step: int
) -> tuple[Frame, np.ndarray[Any, Any], int]:
    """The frame whose parameters are in force, and the digit's features there."""
    newest = reader.index_at(step)
    if settings.feature_dim > 3:
        while (found := reader.keyframe_before(newest)) is not None:
            frame = _decode(reader.frame(found))
            if len(frame.features) > digit:
                return frame, frame.features[digit], frame.step
            newest = found - 1
    else:
        model: Frame | None = None
        for index in range(newest, -1, -1):
            frame = _decode(reader.frame(index))
            model = model or frame
            row = np.flatnonzero(frame.ids == digit)
            if len(row):
                return model, frame.points[row[0]], frame.step
    raise StoreError("No frame at or before this step shows this digit.")


def _decode(data: bytes) -> Frame:
    try:
        return decode(data)
    except FrameError:
        raise StoreError("A frame of this run cannot be read.") from None


def _rebuild(frame: Frame, settings: TrainSettings, classes: int) -> FeatureLoss:
    """The loss with the frame's parameters, in float64."""
    loss = make_loss(
        settings.loss,
        classes,
        settings.feature_dim,
        alpha=frame.scalars.alpha,
        lambda_=frame.scalars.lambda_,
        covariance=settings.covariance,
    ).double()
    state = {
        name: torch.from_numpy(value.astype(np.float64)) for name, value in frame.parameters.items()
    }
    try:
        loss.load_state_dict(state)
    except RuntimeError:
        raise StoreError("This frame does not fit the settings of its run.") from None
    return loss
