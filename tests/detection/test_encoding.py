"""A study as bytes for a browser."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load as load_arrays

from lgm_core.detection.encoding import encode_study
from lgm_core.detection.settings import DetectSettings
from lgm_core.detection.study import study
from tests.detection.asking import COUNT, D, ask

SCORES = {"log_likelihood", "mixture", "max_probability", "energy", "mahalanobis", "kde"}


def figures(data: bytes) -> dict[str, Any]:
    """What stands in the header's metadata."""
    (length,) = struct.unpack_from("<Q", data)
    return json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["study"])


@pytest.mark.parametrize(
    ("changed", "length"), [({}, 2), ({"inputs": "rotated"}, 2), ({"inputs": "noise"}, 1)]
)
def test_encoded_studies_hold_what_is_documented(subject, frame, changed, length):
    found = study(subject, ask(**changed))
    data = encode_study(found, subject, frame)
    arrays = load_arrays(data)
    expected: dict[str, tuple[type, tuple[int, ...]]] = {
        "labels": (np.uint8, (COUNT,)),
        "path": (np.float32, (length, COUNT, 2)),
        "path_score": (np.float32, (length, COUNT)),
        "view_means": (np.float32, (10, 2)),
        "view_covariances": (np.float32, (10, 2, 2)),
        "regions": (np.float32, (10, 6)),
        "half_log_dets": (np.float32, (10,)),
    }
    for side in ("clean", "abnormal"):
        expected[side] = (np.uint8, (COUNT, 784))
        expected[f"{side}_predicted"] = (np.uint8, (COUNT,))
        expected[f"{side}_confidence"] = (np.float32, (COUNT,))
        expected |= {f"{side}.{name}": (np.float32, (COUNT,)) for name in SCORES}
    assert {n: (a.dtype.type, a.shape) for n, a in arrays.items()} == expected
    assert all(np.isfinite(array).all() for array in arrays.values())

    assert np.array_equal(arrays["labels"], subject.dataset.test_labels[:COUNT])
    assert np.array_equal(arrays["clean"], subject.dataset.test_images[:COUNT].reshape(COUNT, 784))
    for side, logits in (("clean", found.clean_logits), ("abnormal", found.abnormal_logits)):
        odds = np.exp(logits.double().numpy() - logits.double().numpy().max(1, keepdims=True))
        confidence = odds.max(1) / odds.sum(1)
        np.testing.assert_allclose(arrays[f"{side}_confidence"], confidence, rtol=1e-6)
        assert np.array_equal(arrays[f"{side}_predicted"], odds.argmax(1))


def test_encoded_figures_are_the_summary_and_what_it_was_asked(subject, frame, attacked):
    told = figures(encode_study(attacked, subject, frame))
    assert told.items() >= attacked.summary().items()
    assert DetectSettings(**told["settings"]) == attacked.settings
    assert told["class_names"] == list("0123456789")
    assert (told["has_density"], told["feature_dim"], told["gaussians"]) == (True, D, "model")


def test_the_encoded_path_lies_in_the_plane_of_the_frame(subject, frame):
    found = study(subject, ask(attack="pgd", steps=3))
    arrays = load_arrays(encode_study(found, subject, frame))
    expected = np.empty((5, COUNT, 2))
    for step in range(5):
        for digit in range(COUNT):
            away = found.path[step, digit].double().numpy() - frame.centre
            expected[step, digit] = [away @ frame.basis[:, 0], away @ frame.basis[:, 1]]
    np.testing.assert_allclose(arrays["path"], expected, rtol=1e-4, atol=1e-3)
    ends = (found.clean_scores, found.abnormal_scores)
    for step, scores in zip((0, -1), ends, strict=True):
        own = scores["log_likelihood"]
        np.testing.assert_allclose(arrays["path_score"][step], own, rtol=1e-4, atol=1e-3)
