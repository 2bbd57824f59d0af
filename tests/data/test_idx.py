import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lgm_core.data import DataError
from lgm_core.data.idx import is_idx, parse_idx
from tests.data.making import idx

shapes = st.one_of(
    hnp.array_shapes(min_dims=1, max_dims=1, max_side=40),
    hnp.array_shapes(min_dims=3, max_dims=3, max_side=9),
)


@given(hnp.arrays(np.uint8, shapes))
def test_what_was_written_is_read(array):
    assert np.array_equal(parse_idx(idx(array), "file"), array)


@given(st.binary(max_size=200))
def test_any_bytes_give_an_array_or_a_data_error(data):
    try:
        array = parse_idx(data, "file")
    except DataError:
        return
    assert idx(array) == data


@given(hnp.arrays(np.uint8, shapes), st.data())
def test_a_changed_header_gives_an_array_of_the_same_bytes_or_a_data_error(array, data):
    changed = bytearray(idx(array))
    changed[data.draw(st.integers(0, 15)) % len(changed)] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(DataError):
        assert idx(parse_idx(bytes(changed), "file")) == bytes(changed)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "file is not an IDX file of unsigned bytes."),
        (b"\0\0\x0d\x01", "file is not an IDX file of unsigned bytes."),
        (b"\0\0\x08\x02" + bytes(8), "file has 2 dimensions; allowed: 1 (labels) or 3"),
        (b"\0\0\x08\x03\0\0", "file ends within its header."),
        (b"\0\0\x08\x01\0\0\0\x05\x01\x02", "should hold 5 values by its header, but holds 2."),
        (b"\0\0\x08\x01\0\0\0\x01\x01\x02", "should hold 1 values by its header, but holds 2."),
        (b"\0\0\x08\x01\0\0\0\0", "file holds no values."),
        # 65,536 ** 3 wraps around to 0 in 32 and in 64 bits.
        (b"\0\0\x08\x03" + b"\0\x40\0\0" * 3, "should hold 73,786,976,294,838,206,464 values"),
    ],
)
def test_what_is_wrong_is_said(data, sentence):
    with pytest.raises(DataError) as error:
        parse_idx(data, "file")
    assert sentence in str(error.value)


def test_the_array_may_be_written_to():
    assert parse_idx(idx(np.arange(3, dtype=np.uint8)), "file").flags.writeable


def test_is_idx():
    assert is_idx(idx(np.zeros(2, np.uint8)))
    assert not is_idx(b"PK\x03\x04")
