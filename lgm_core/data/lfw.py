"""Labeled Faces in the Wild: its archive of pictures and its list of pairs, read as they are.

Huang, Ramesh, Berg, Learned-Miller, "Labeled Faces in the Wild", technical report 07-49,
University of Massachusetts, Amherst, 2007. The funneled pictures are from Huang, Jain,
Learned-Miller, "Unsupervised Joint Alignment of Complex Images", ICCV 2007.
"""

from __future__ import annotations

import gzip
import io
import re
import tarfile
import zlib

import numpy as np
from PIL import Image

from lgm_core.data.dataset import DataError, Images
from lgm_core.data.face_drawing import SIDE
from lgm_core.data.packed import shown
from lgm_core.data.people import Pairs, People, title

#: Height and width of a picture in the archive.
FULL_SIDE = 250
#: The square of it that is kept: left, top, right, bottom. The face should lie in it about as
#: in the other sets' squares; chosen by hand, not measured.
FACE = (50, 44, 200, 194)

#: Pictures, and bytes of one and of all; the real archive has 13,233, each far below 100 kB.
_MAX_PICTURES, _MAX_PICTURE, _MAX_UNPACKED = 20_000, 1 << 20, 512 << 20
_MAX_FOLDS, _MAX_PAIRS = 100, 100_000
_PICTURE = re.compile(r"[^/]+/([^/]{1,60})/\1_(\d{4})\.jpg")

_Key = tuple[str, int]


def read_lfw(archive: bytes, pairs: bytes) -> People:
    """The set from ``lfw-funneled.tgz`` and ``pairs.txt``; nothing is unpacked to disk.

    Raises:
        DataError: if either is damaged or too large, or they do not fit each other.
    """
    found = _read_archive(archive)
    keys = sorted(found)
    folders = sorted({person for person, _ in keys})
    number = {person: i for i, person in enumerate(folders)}
    return People(
        "lfw",
        title("LFW", len(folders)),
        np.stack([found[key] for key in keys]),
        np.array([number[person] for person, _ in keys], np.int64),
        tuple(folder.replace("_", " ") for folder in folders),
        _read_pairs(pairs, {key: i for i, key in enumerate(keys)}),
    )


class _Bounded(io.RawIOBase):
    """An unpacked stream that may not become longer than allowed."""

    def __init__(self, stream: gzip.GzipFile) -> None:
        self._stream = stream
        self._left = _MAX_UNPACKED

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise DataError(f"The LFW archive unpacks to more than {_MAX_UNPACKED >> 20} MB.")
        return data


def _read_archive(archive: bytes) -> dict[_Key, Images]:
    """Faces [64, 64] by folder and number. Files that are no picture of a person are passed by."""
    found: dict[_Key, Images] = {}
    try:
        with (
            gzip.GzipFile(fileobj=io.BytesIO(archive)) as stream,
            tarfile.open(fileobj=_Bounded(stream), mode="r|") as tar,
        ):
            for member in tar:
                match = _PICTURE.fullmatch(member.name.removeprefix("./"))
                if match is None or not member.isfile():
                    continue
                if member.size > _MAX_PICTURE or len(found) == _MAX_PICTURES:
                    raise DataError(
                        f"The LFW archive is too large at {shown(member.name)}; allowed: "
                        f"{_MAX_PICTURES:,} pictures of at most {_MAX_PICTURE >> 20} MB."
                    )
                file = tar.extractfile(member)
                data = file.read() if file else b""
                found[match[1], int(match[2])] = _face(data, member.name)
    except DataError:
        raise
    except (tarfile.TarError, OSError, EOFError, zlib.error, ValueError):
        raise DataError("The LFW archive is damaged: it cannot be unpacked.") from None
    if not found:
        raise DataError("The LFW archive holds no pictures; allowed: <name>/<name>_0001.jpg.")
    return found


def _face(data: bytes, path: str) -> Images:
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
            if image.size != (FULL_SIDE, FULL_SIDE):
                raise DataError(
                    f"{shown(path)} has {image.width} x {image.height} pixels; allowed: "
                    f"{FULL_SIDE} x {FULL_SIDE}."
                )
            grey = image.convert("L").crop(FACE)
        return np.asarray(grey.resize((SIDE, SIDE), Image.Resampling.BILINEAR))
    except DataError:
        raise
    except Exception:  # what a decoder raises on made-up bytes has no common base
        raise DataError(f"{shown(path)} of the LFW archive is damaged.") from None


def _read_pairs(data: bytes, place: dict[_Key, int]) -> Pairs:
    """The ten folds of ``pairs.txt``: in each, as many pairs of one person as of two."""
    lines = [line.split() for line in data.decode("utf-8", "replace").splitlines() if line.strip()]
    try:
        folds, each = (int(word) for word in lines[0])
    except (ValueError, IndexError):
        raise DataError("pairs.txt does not begin with the number of folds and of pairs.") from None
    if not (1 <= folds <= _MAX_FOLDS and each >= 1 and 2 * folds * each <= _MAX_PAIRS):
        raise DataError(
            f"pairs.txt announces {folds:,} folds of {each:,} pairs; allowed: 1 to {_MAX_FOLDS} "
            f"folds, {_MAX_PAIRS:,} pairs together."
        )
    if len(lines) - 1 != 2 * folds * each:
        raise DataError(f"pairs.txt has {len(lines) - 1:,} pairs, not {2 * folds * each:,}.")
    left, right, same = [], [], []
    for line in lines[1:]:
        # name n n, or name n name n
        first, second = (line[:2], line[-2:]) if len(line) == 4 else (line[:2], [line[0], line[-1]])
        if len(line) not in (3, 4):
            raise DataError(f"pairs.txt has a line of {len(line)} words; allowed: 3 or 4.")
        left.append(_place(first, place))
        right.append(_place(second, place))
        same.append(len(line) == 3)
    return Pairs(
        np.array(left, np.int64),
        np.array(right, np.int64),
        np.array(same),
        np.repeat(np.arange(folds, dtype=np.int64), 2 * each),
    )


def _place(words: list[str], place: dict[_Key, int]) -> int:
    try:
        return place[words[0], int(words[1])]
    except (KeyError, ValueError):
        raise DataError(
            f"pairs.txt names {shown(' '.join(words))}, which is not in the LFW archive."
        ) from None
