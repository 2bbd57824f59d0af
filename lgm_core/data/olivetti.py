"""The Olivetti faces: the ORL faces as Sam Roweis cut them out, 64 x 64 pixels.

They come as a MATLAB file, which scipy reads; there is no pickle in it.
"""

from __future__ import annotations

import io

import numpy as np

from lgm_core.data.dataset import DataError
from lgm_core.data.face_drawing import SIDE
from lgm_core.data.people import People, title

#: Pictures of each person, one after the other.
EACH = 10


def read_olivetti(data: bytes) -> People:
    """The set from ``olivettifaces.mat``: a picture a column, and within it column by column.

    Raises:
        DataError: if the file is damaged, or holds something else.
    """
    from scipy.io import loadmat  # takes 0.2 s, and is seldom needed

    try:
        faces = np.asarray(loadmat(io.BytesIO(data), variable_names=["faces"])["faces"])
    except Exception:  # what a reader raises on made-up bytes has no common base
        raise DataError("olivettifaces.mat is damaged: its faces cannot be read.") from None
    shape = list(faces.shape)
    if len(shape) != 2 or shape[0] != SIDE * SIDE or shape[1] % EACH or not shape[1]:
        raise DataError(
            f"olivettifaces.mat has faces of shape {shape}; allowed: [{SIDE * SIDE}, "
            f"{EACH} for each person]."
        )
    if faces.dtype.kind not in "uif" or not ((faces >= 0) & (faces <= 255)).all():
        raise DataError("olivettifaces.mat has pixels that are no numbers from 0 to 255.")
    pixels = np.rint(faces).astype(np.uint8)
    images = np.ascontiguousarray(pixels.T.reshape(-1, SIDE, SIDE).transpose(0, 2, 1))
    count = len(images) // EACH
    people = np.repeat(np.arange(count, dtype=np.int64), EACH)
    names = tuple(f"Person {i + 1}" for i in range(count))
    return People("olivetti", title("Olivetti", count), images, people, names)
