"""One picture that a person drew or brought: what a model takes it for, and how strange it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from lgm_core.data.dataset import SIDE, Images
from lgm_core.detection.curves import threshold
from lgm_core.detection.study import Subject
from lgm_core.networks.classifier import to_pixels
from lgm_core.training.frame import Frame
from lgm_core.training.view import View

#: Clean digits that the thresholds come from.
_CLEAN = 1000


def judge_drawing(subject: Subject, picture: Images, frame: Frame) -> dict[str, Any]:
    """The model's answer to one picture.

    Args:
        subject: the model.
        picture: uint8 [28, 28], white on black.
        frame: whose plane the place is given in.

    Returns:
        ``empty``; and unless it is: ``predicted``, ``posterior`` [K], ``place`` [2], and by the
        name of each score ``scores``, each with its ``value``, the ``percentile`` of the training
        digits that score lower, 0 to 100, and whether it is ``strange``, at a threshold that
        calls 5 % of the clean test digits so.

    Raises:
        ValueError: for a picture of another shape or type.
    """
    if picture.dtype != np.uint8 or picture.shape != (SIDE, SIDE):
        raise ValueError(
            f"the picture is {picture.dtype} {list(picture.shape)}; allowed: uint8 [28, 28]"
        )
    known = subject.train_scores  # also for an empty pad: the first stroke need not wait then
    if not picture.any():
        return {"empty": True}
    features, logits = subject.classifier.look(to_pixels(torch.from_numpy(picture[None])))
    clean = subject.clean(min(_CLEAN, len(subject.dataset.test_labels)))
    posterior = logits[0].double().softmax(0)
    view = View(frame.basis, frame.centre, 1.0) if features.shape[1] > 2 else View.identity()
    scores = {}
    for name, values in subject.judge(features, logits).items():
        value = float(values[0])
        scores[name] = {
            "value": max(value, -1e300),
            "percentile": 100 * float((known[name] < value).mean()),
            "strange": value < threshold(clean.scores[name]),
        }
    return {
        "empty": False,
        "predicted": int(posterior.argmax()),
        "read_as": subject.dataset.class_names[int(posterior.argmax())],
        "posterior": posterior.tolist(),
        "place": view.project(features.numpy())[0].tolist(),
        "scores": scores,
    }
