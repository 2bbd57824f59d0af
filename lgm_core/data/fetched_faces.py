"""Faces that are downloaded when they are first wanted: Olivetti and LFW.

The files, their addresses and their SHA-256 are those that scikit-learn's fetchers use. Those
fetchers themselves are not called: they keep what they made in joblib files, which are pickles,
and read these back. Here the files that the servers send are read as they are, a MATLAB file and
an archive of pictures, and what is kept is one safetensors file in the app's own cache.

A file that already lies in ``LGM_DATA_DIR`` under its name is taken from there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lgm_core.data import kept_people
from lgm_core.data.cache import read_bounded
from lgm_core.data.dataset import DataError
from lgm_core.data.downloads import SILENCE, download
from lgm_core.data.lfw import read_lfw
from lgm_core.data.olivetti import read_olivetti
from lgm_core.data.people import People

#: Seconds that one file may take: LFW's archive has 233 MB.
PATIENCE = 1800.0

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class FaceFile:
    """A file at one address."""

    name: str
    url: str
    sha256: str  #: hexadecimal
    size: int  #: bytes, about; for the progress bar alone
    limit: int  #: bytes that it may have


_FIGSHARE = "https://ndownloader.figshare.com/files/"
OLIVETTI = FaceFile(
    "olivettifaces.mat",
    f"{_FIGSHARE}5976027",
    "b612fb967f2dc77c9c62d3e1266e0c73d5fca46a4b8906c18e454d41af987794",
    4_260_000,
    16 << 20,
)
LFW_ARCHIVE = FaceFile(
    "lfw-funneled.tgz",
    f"{_FIGSHARE}5976015",
    "b47c8422c8cded889dc5a13418c4bc2abbda121092b3533a83306f90d900100a",
    244_000_000,
    300 << 20,
)
LFW_PAIRS = FaceFile(
    "pairs.txt",
    f"{_FIGSHARE}5976006",
    "ea42330c62c92989f9d7c03237ed5d591365e89b3e649747777b70e692dc1592",
    156_000,
    1 << 20,
)


def olivetti_people(
    *,
    progress: Progress | None = None,
    file: FaceFile = OLIVETTI,
    silence: float = SILENCE,
    patience: float = PATIENCE,
) -> People:
    """The Olivetti faces, 64 x 64: the ORL faces as Sam Roweis cropped them, 40 people.

    Args:
        progress: called with the bytes had so far and to have in all, about.
        file: what to read; its SHA-256 is checked.
        silence: seconds without a byte after which the server is given up.
        patience: seconds that the file may take.

    Raises:
        DataError: if they are neither here nor on the server, or damaged.
    """

    def make(files: list[bytes]) -> People:
        return read_olivetti(files[0])

    return _kept_or_made("olivetti", "Olivetti", (file,), make, progress, silence, patience)


def lfw_people(
    *,
    progress: Progress | None = None,
    files: tuple[FaceFile, FaceFile] = (LFW_PAIRS, LFW_ARCHIVE),
    silence: float = SILENCE,
    patience: float = PATIENCE,
) -> People:
    """LFW, funneled: 13,233 faces of 5,749 people, and the ten folds of official pairs.

    Downloading needs 0.5 GB of memory for a while; what is kept has 54 MB.

    Args:
        progress: called with the bytes had so far and to have in all, about.
        files: the list of pairs and the archive; their SHA-256 are checked.
        silence: seconds without a byte after which the server is given up.
        patience: seconds that one file may take.

    Raises:
        DataError: if they are neither here nor on the server, or damaged.
    """

    def make(found: list[bytes]) -> People:
        return read_lfw(archive=found[1], pairs=found[0])

    return _kept_or_made("lfw", "LFW", files, make, progress, silence, patience)


def _kept_or_made(
    name: str,
    called: str,
    files: tuple[FaceFile, ...],
    make: Callable[[list[bytes]], People],
    progress: Progress | None,
    silence: float,
    patience: float,
) -> People:
    with contextlib.suppress(DataError):  # not here yet, or damaged: made anew
        return kept_people.read(name)
    total = sum(file.size for file in files)
    done = 0
    found = []
    for file in files:

        def report(got: int, *, before: int = done, most: int = file.size) -> None:
            if progress:
                progress(before + min(got, most), total)

        found.append(_bytes(file, called, report, silence, patience))
        report(file.size)
        done += file.size
    people = make(found)
    # Without a cache the next start downloads again; the faces are here all the same.
    with contextlib.suppress(DataError):
        kept_people.save(people)
    return people


def _bytes(
    file: FaceFile, called: str, report: Callable[[int], None], silence: float, patience: float
) -> bytes:
    """The file's bytes, their checksum right, from ``LGM_DATA_DIR`` or the server."""
    wrong = f"{file.name} is not the expected file, its checksum differs"
    reasons = []
    if given := os.environ.get("LGM_DATA_DIR"):
        with contextlib.suppress(OSError):
            data = read_bounded(Path(given) / file.name, file.limit)
            if _is_right(data, file):
                return data
            reasons.append(f"in LGM_DATA_DIR, {wrong}")
    host = urlsplit(file.url).hostname
    try:
        data = download(
            file.url, limit=file.limit, progress=report, silence=silence, patience=patience
        )
        if _is_right(data, file):
            return data
        reasons.append(f"{host}: {wrong}")
    except DataError as error:
        reasons.append(f"{host}: {error}")
    raise DataError(f"{called} cannot be downloaded: {'; '.join(reasons)}. Use orl or synthetic.")


def _is_right(data: bytes, file: FaceFile) -> bool:
    return hashlib.sha256(data).hexdigest() == file.sha256
