"""A study as bytes, for a browser: safetensors, which is safe to read and quick to make.

``__metadata__["study"]`` holds the figures as JSON; the tensors hold the single inputs.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import torch
from safetensors.numpy import save

from lgm_core.detection.study import Study, Subject
from lgm_core.training.frame import Frame
from lgm_core.training.view import View


def encode_scores(found: Study, subject: Subject) -> bytes:
    """A study's figures and the scores of its strange inputs alone, as :func:`encode_study`."""
    return _save(found, subject, _scores(found, "abnormal"), {})


def encode_study(found: Study, subject: Subject, frame: Frame) -> bytes:
    """A study as safetensors bytes; N clean digits, M strange inputs, K classes.

    ``labels`` u8 [N]; ``clean_predicted``, ``abnormal_predicted`` u8 and ``clean_confidence``,
    ``abnormal_confidence`` f32, [N] and [M]; ``clean``, ``abnormal`` u8 [N, 784] and [M, 784];
    ``clean.<score>``, ``abnormal.<score>`` f32 [N] and [M]; ``path`` f32 [P, M, 2], the way of
    each input in the picture's plane, from the clean digit if it was one, and ``path_score`` f32
    [P, M], the model's own score along it; and the plane's ``view_means`` [K, 2],
    ``view_covariances`` [K, 2, 2], ``regions`` [K, 6] and ``half_log_dets`` [K].
    """
    arrays: dict[str, np.ndarray[Any, Any]] = {"labels": found.labels.numpy().astype(np.uint8)}
    for side in ("clean", "abnormal"):
        logits = getattr(found, f"{side}_logits").double()
        arrays[f"{side}_predicted"] = logits.argmax(1).numpy().astype(np.uint8)
        confidence = logits.softmax(1).amax(1)
        arrays[f"{side}_confidence"] = confidence.numpy().astype(np.float32)
        pixels = (getattr(found, side) * 255).round().to(torch.uint8)
        arrays[side] = pixels.flatten(1).numpy()
        arrays |= _scores(found, side)
    arrays |= _plane(frame)
    arrays |= _way(found, subject, frame)
    shown = {
        "gaussians": frame.scalars.gaussians,
        "alpha": frame.scalars.alpha,
        "explained_variance": frame.scalars.explained_variance,
    }
    return _save(found, subject, arrays, shown)


def _scores(found: Study, side: str) -> dict[str, np.ndarray[Any, Any]]:
    """Every score of the clean or the abnormal inputs; minus infinity becomes the lowest number."""
    lowest = float(np.finfo(np.float32).min)
    return {
        f"{side}.{name}": values.clip(min=lowest).astype(np.float32)
        for name, values in getattr(found, f"{side}_scores").items()
    }


def _save(
    found: Study,
    subject: Subject,
    arrays: dict[str, np.ndarray[Any, Any]],
    shown: dict[str, Any],
) -> bytes:
    figures = found.summary() | {
        "settings": found.settings.model_dump(),
        "class_names": list(subject.dataset.class_names),
        "has_density": subject.classifier.loss.has_density,
        "feature_dim": subject.classifier.loss.feature_dim,
        **shown,
    }
    arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    return save(arrays, metadata={"study": json.dumps(figures, allow_nan=False)})


def _way(found: Study, subject: Subject, frame: Frame) -> dict[str, np.ndarray[Any, Any]]:
    """The way of each input in the picture's plane, and the model's own score along it."""
    path = found.path
    steps, count, width = path.shape
    flat = path.reshape(steps * count, width)
    with torch.inference_mode():
        along = subject.own_score(flat, subject.classifier.loss.logits(flat))
    view = View(frame.basis, frame.centre, 1.0) if width > 2 else View.identity()
    return {
        "path": view.project(flat.numpy()).reshape(steps, count, 2),
        "path_score": along.numpy().astype(np.float32).reshape(steps, count),
    }


def _plane(frame: Frame) -> dict[str, np.ndarray[Any, Any]]:
    """What lies under the inputs: the classes' Gaussians and regions, in two coordinates."""
    means: np.ndarray[Any, Any] = frame.view_means
    covariances: np.ndarray[Any, Any] = frame.view_covariances
    if means.shape[1] == 3:  # three features are shown in space; here in the frame's plane
        means = (means - frame.centre) @ frame.basis
        covariances = np.einsum("di,kde,ej->kij", frame.basis, covariances, frame.basis)
    return {
        "view_means": means,
        "view_covariances": covariances,
        "regions": frame.regions,
        "half_log_dets": frame.half_log_dets,
    }
