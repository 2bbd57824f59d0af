"""What the model thinks of one digit at one step, from the stored frames, in float64."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from lgm_core.losses import FeatureLoss, make_loss
from lgm_core.runs.store import RunReader, StoreError
from lgm_core.training.frame import Frame, FrameError, decode, read_header
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
    loss = _rebuild(model, settings, len(model.view_means))
    x = torch.from_numpy(features.astype(np.float64))[None]
    label = labels[digit]
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
        if loss.has_density:
            half_log_dets = torch.from_numpy(model.half_log_dets.astype(np.float64))
            distances = -logits - half_log_dets
            with_margin = logits.clone()
            with_margin[label] -= model.scalars.alpha * distances[label]
            answer |= {
                "d": distances.tolist(),
                "half_log_dets": half_log_dets.tolist(),
                "posterior_with_margin": with_margin.softmax(0).tolist(),
                "log_likelihood": loss.log_likelihood(x)[0].tolist(),
            }
    if not math.isfinite(sum(answer["logits"])):
        raise StoreError("The numbers of this frame are not finite.")
    return answer


def _find(
    reader: RunReader, settings: TrainSettings, digit: int, step: int
) -> tuple[Frame, np.ndarray[Any, Any], int]:
    """The frame whose parameters are in force, and the digit's features there."""
    raw = settings.feature_dim <= 3
    model: Frame | None = None
    for index in range(_last_before(reader, step), -1, -1):
        data = reader.frame(index)
        header = read_header(data)
        if not raw and not header.get("keyframe"):
            continue
        frame = _decode(data)
        if raw:
            model = model or frame
            row = np.flatnonzero(frame.ids == digit)
            if len(row):
                return model, frame.points[row[0]], frame.step
        elif len(frame.features) > digit:
            return frame, frame.features[digit], frame.step
    raise StoreError("No frame at or before this step shows this digit.")


def _last_before(reader: RunReader, step: int) -> int:
    """Index of the newest frame at or before a step, by bisection: steps never fall."""
    low, high = 0, reader.count()
    while low < high:
        middle = (low + high) // 2
        if int(read_header(reader.frame(middle))["step"]) <= step:
            low = middle + 1
        else:
            high = middle
    return low - 1


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
        raise StoreError("The parameters in this frame do not fit its settings.") from None
    return loss
