"""The IDX format of MNIST's files.

Two zero bytes, one byte for the type (8: unsigned byte, the only one read here), one for the
number of dimensions, a big-endian 32-bit length a dimension, then the values.
"""

from __future__ import annotations

import math
import struct

import numpy as np

from lgm_core.data.dataset import DataError, Images

_UNSIGNED_BYTE = 8
#: Labels have one dimension, images three.
_DIMENSIONS = (1, 3)


def is_idx(data: bytes) -> bool:
    """Whether the bytes begin as an IDX file of unsigned bytes does."""
    return data[:3] == bytes((0, 0, _UNSIGNED_BYTE))


def parse_idx(data: bytes, name: str) -> Images:
    """The array in an IDX file: labels [N] or images [N, H, W], uint8 in both cases.

    ``name`` is what the file is called in a message.

    Raises:
        DataError: if the bytes are no such file, too short, or too long.
    """
    if not is_idx(data) or len(data) < 4:
        raise DataError(f"{name} is not an IDX file of unsigned bytes.")
    dimensions = data[3]
    if dimensions not in _DIMENSIONS:
        raise DataError(
            f"{name} has {dimensions} dimensions; allowed: 1 (labels) or 3 (grey images)."
        )
    start = 4 + 4 * dimensions
    if len(data) < start:
        raise DataError(f"{name} ends within its header.")
    shape = struct.unpack(f">{dimensions}I", data[4:start])
    # Python's own integers: the product of three 32-bit lengths must not wrap around.
    expected = math.prod(shape)
    if len(data) - start != expected:
        raise DataError(
            f"{name} should hold {expected:,} values by its header, but holds "
            f"{len(data) - start:,}."
        )
    if expected == 0:
        raise DataError(f"{name} holds no values.")
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape).copy()
