import contextlib
import dataclasses
import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgm_core.training.frame import (
    MAX_FRAME_BYTES,
    Frame,
    FrameError,
    FrameScalars,
    decode,
    encode,
    read_header,
)


def make(n: int = 5, classes: int = 3, dim: int = 2) -> Frame:
    rng = np.random.default_rng(n)

    def floats(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(np.float32)

    return Frame(
        scalars=FrameScalars(
            step=7,
            epoch=0.5,
            keyframe=False,
            alpha=1,
            learning_rate=0.002,
            gaussians="model",
            **{"lambda": 0.1},
        ),
        ids=np.arange(n, dtype=np.uint16),
        points=floats(n, 2),
        predicted=rng.integers(0, classes, n).astype(np.uint8),
        view_means=floats(classes, 2),
        view_covariances=floats(classes, 2, 2),
        regions=floats(classes, 6),
        half_log_dets=floats(classes),
        basis=floats(dim, 2),
        centre=floats(dim),
        parameters={"means": floats(classes, dim)},
    )


@pytest.mark.parametrize("n", [0, 1, 7, 2000])
def test_a_frame_survives_its_encoding(n):
    frame = make(n)
    again = decode(encode(frame))
    assert again.scalars == frame.scalars
    for field in dataclasses.fields(Frame):
        if field.name not in ("scalars", "parameters"):
            np.testing.assert_array_equal(getattr(again, field.name), getattr(frame, field.name))
    np.testing.assert_array_equal(again.parameters["means"], frame.parameters["means"])


def test_the_clock_is_a_stamp_beside_the_frame():
    frame = make()
    assert read_header(encode(frame, seconds=1.5))["seconds"] == 1.5
    assert "seconds" not in read_header(encode(frame))
    assert encode(decode(encode(frame, seconds=1.5))) == encode(frame)


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail_otherwise_than_with_a_frame_error(data):
    with pytest.raises(FrameError):
        decode(data)


@given(st.data())
def test_a_damaged_frame_is_refused_or_read_but_never_breaks_the_reader(data):
    good = bytearray(encode(make()))
    for _ in range(data.draw(st.integers(1, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(FrameError):
        decode(bytes(good))


def test_every_torn_frame_is_refused():
    whole = encode(make())
    for length in range(len(whole)):
        with pytest.raises(FrameError):
            decode(whole[:length])


def test_a_frame_over_the_limit_is_refused_before_it_is_read():
    with pytest.raises(FrameError, match="allowed"):
        read_header(struct.pack("<Q", 10) + bytes(MAX_FRAME_BYTES))


def test_the_header_is_readable_without_safetensors():
    data = encode(make())
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    assert json.loads(header["__metadata__"]["frame"])["lambda"] == 0.1
    start, end = header["points"]["data_offsets"]
    points = np.frombuffer(data[8 + length + start : 8 + length + end], np.float32)
    np.testing.assert_array_equal(points.reshape(5, 2), make().points)
