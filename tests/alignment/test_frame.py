"""Frames of an alignment run survive their bytes, and other bytes are refused."""

from __future__ import annotations

import numpy as np
import pytest

from lgm_core.alignment.frame import AlignFrame, AlignScalars, Closing, Opening, decode, encode
from lgm_core.training.frame import FrameError, read_header

SCALARS = AlignScalars.model_validate(
    {"step": 7, "alpha": 0.1, "lambda": 0.5, "learning_rate": 0.002, "total": 1.5}
)


def frame(stages: int = 2, size: int = 6, pictures: bool = True) -> AlignFrame:
    random = np.random.default_rng(0)
    theta = random.normal(size=(stages, 4, size)).astype(np.float32)
    if not pictures:
        return AlignFrame(SCALARS, theta)
    grey = random.integers(0, 256, (4, 48, 48), dtype=np.uint8)
    who = np.array([0, 0, 1, 1])
    straight = random.integers(0, 256, (4, 64, 64), dtype=np.uint8)
    opening = Opening(grey, who.astype(np.uint8), straight)
    scores = random.uniform(-1, 1, 6).astype(np.float32)
    return AlignFrame(
        SCALARS, theta, opening, Closing(grey[::-1].copy(), who.astype(np.uint16), scores)
    )


@pytest.mark.parametrize("pictures", [True, False])
@pytest.mark.parametrize(("stages", "size"), [(2, 6), (1, 32), (0, 0)])
def test_a_frame_survives_its_bytes(stages, size, pictures):
    sent = frame(stages, size, pictures)
    back = decode(encode(sent))
    assert back.scalars == sent.scalars
    assert (back.step, back.scalars.classification) == (7, None)
    assert (back.opening is not None) == (back.closing is not None) == pictures
    given = [sent.theta, *(sent.opening or ()), *(sent.closing or ())]
    found = [back.theta, *(back.opening or ()), *(back.closing or ())]
    for one, other in zip(given, found, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


def test_a_transposed_theta_is_sent_in_order():
    sent = frame().theta.transpose(1, 0, 2)
    np.testing.assert_array_equal(decode(encode(AlignFrame(SCALARS, sent))).theta, sent)


def test_the_clock_stands_in_the_header():
    assert read_header(encode(frame(), seconds=1.23456))["seconds"] == 1.2346
    assert "seconds" not in read_header(encode(frame()))


def test_a_frame_without_pictures_is_some_hundred_bytes():
    assert len(encode(frame(1, pictures=False))) < 600


@pytest.mark.parametrize("end", [0, 5, 50, -1])
def test_torn_bytes_are_refused(end):
    with pytest.raises(FrameError):
        decode(encode(frame())[:end])


def test_a_theta_of_two_axes_is_refused():
    flat = AlignFrame(SCALARS, np.zeros((4, 6), np.float32))
    with pytest.raises(FrameError, match="theta has 2 axes; allowed: 3"):
        decode(encode(flat))


@pytest.mark.parametrize("name", ["total", "misalignment", "train_accuracy"])
def test_no_number_of_a_frame_is_nan(name):
    values = SCALARS.model_dump(by_alias=True)
    with pytest.raises(ValueError, match=name):
        AlignScalars.model_validate(values | {name: float("nan")})
