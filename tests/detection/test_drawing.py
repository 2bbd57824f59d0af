"""One picture that a person drew: its class, its place and its rank."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from lgm_core.detection.drawing import judge_drawing
from lgm_core.networks.classifier import to_pixels

SCORES = {"log_likelihood", "mixture", "max_probability", "energy", "mahalanobis", "kde"}


def test_an_empty_picture_is_only_empty(subject, frame):
    assert judge_drawing(subject, np.zeros((28, 28), np.uint8), frame) == {"empty": True}


@pytest.mark.parametrize("number", [0, 1, 2, 500])
def test_a_drawn_digit_gets_its_class_and_its_rank(subject, frame, number):
    picture = subject.dataset.test_images[number]
    told = judge_drawing(subject, picture, frame)
    assert told["empty"] is False
    assert told["predicted"] == subject.dataset.test_labels[number]
    assert len(told["posterior"]) == 10
    assert sum(told["posterior"]) == pytest.approx(1)
    assert told["posterior"][told["predicted"]] == max(told["posterior"])

    features, logits = subject.classifier.look(to_pixels(torch.from_numpy(picture[None])))
    away = features[0].double().numpy() - frame.centre
    np.testing.assert_allclose(told["place"], away @ frame.basis, rtol=1e-4, atol=1e-3)
    assert told["scores"].keys() == SCORES
    for name, row in told["scores"].items():
        value = float(subject.scores[name](features, logits)[0])
        assert row["value"] == value
        known = subject.train_scores[name].tolist()
        assert len(known) == 4000
        assert row["percentile"] == pytest.approx(100 * sum(x < value for x in known) / 4000)
        limit = sorted(subject.clean(1000).scores[name].tolist())[50]
        assert row["strange"] == (value < limit)
    json.dumps(told, allow_nan=False)


def test_scribble_is_strange(subject, frame):
    noise = np.random.default_rng(0).integers(0, 256, (28, 28)).astype(np.uint8)
    told = judge_drawing(subject, noise, frame)["scores"]["log_likelihood"]
    assert told["strange"]
    assert told["percentile"] < 5


@pytest.mark.parametrize(
    "picture",
    [
        np.ones((28, 27), np.uint8),
        np.ones((1, 28, 28), np.uint8),
        np.ones(784, np.uint8),
        np.ones((28, 28), np.float32),
        np.ones((28, 28), bool),
    ],
)
def test_a_picture_of_another_form_is_refused(subject, frame, picture):
    with pytest.raises(ValueError, match=r"allowed: uint8 \[28, 28\]"):
        judge_drawing(subject, picture, frame)
