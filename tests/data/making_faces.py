"""A small archive and list of pairs as LFW has them, made in memory."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping

import numpy as np

from lgm_core.data.lfw import FACE
from tests.data.making import picture

#: Folder and number of pictures of each person in the small archive.
PERSONS = {"Ann_Lee": 3, "Bo_Di": 2, "Cy_Ork": 1, "Di_Eng": 2}
PAIRS = (
    "2\t2\n"
    "Ann_Lee\t1\t3\nBo_Di\t1\t2\nAnn_Lee\t2\tCy_Ork\t1\nBo_Di\t2\tDi_Eng\t1\n"
    "Di_Eng\t1\t2\nAnn_Lee\t2\t3\nCy_Ork\t1\tBo_Di\t1\nDi_Eng\t2\tAnn_Lee\t1\n"
)


def photo(shade: int, side: int = 250) -> bytes:
    """A picture with white around the square that is kept."""
    pixels = np.full((side, side, 3), 255, np.uint8)
    left, top, right, bottom = FACE
    pixels[top:bottom, left:right] = shade
    return picture(pixels, "JPEG")


def photos() -> dict[str, bytes]:
    """Files by path; the shade tells person and number."""
    return {
        f"lfw_funneled/{name}/{name}_{i + 1:04}.jpg": photo(40 * k + 10 * i + 20)
        for k, (name, count) in enumerate(PERSONS.items())
        for i in range(count)
    }


def tarred(files: Mapping[str, bytes]) -> bytes:
    """A gzipped tar of these files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, data in reversed(list(files.items())):  # in no order that could be relied upon
            member = tarfile.TarInfo(path)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


ARCHIVE = tarred(photos() | {"lfw_funneled/pairs_01.txt": b"not a picture"})
