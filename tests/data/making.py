"""Files as people upload them and mirrors serve them, made in memory."""

from __future__ import annotations

import gzip
import hashlib
import io
import struct
import zipfile
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
from PIL import Image

from lgm_core.data.digits import MnistFiles
from lgm_core.data.downloads import RemoteFile

Grey = npt.NDArray[np.uint8]


def digits(count: int, side: int = 28, *, seed: int = 0) -> Grey:
    """Bright blobs on black [count, side, side], each one different."""
    random = np.random.default_rng(seed)
    images = np.zeros((count, side, side), np.uint8)
    inner = slice(side // 4, side - side // 4)
    images[:, inner, inner] = random.integers(100, 256, images[:, inner, inner].shape)
    return images


def idx(array: Grey) -> bytes:
    """An IDX file of unsigned bytes."""
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return head + array.tobytes()


def picture(grey: npt.NDArray[np.uint8], kind: str = "PNG") -> bytes:
    """An encoded picture of grey [H, W], RGB [H, W, 3] or RGBA [H, W, 4] values."""
    buffer = io.BytesIO()
    Image.fromarray(grey).save(buffer, kind)
    return buffer.getvalue()


def zipped(
    files: Mapping[str, bytes] | Iterable[tuple[str | zipfile.ZipInfo, bytes]],
    method: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """A zip of these files."""
    items = files.items() if isinstance(files, Mapping) else files
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in items:
            archive.writestr(name, data)
    return buffer.getvalue()


def class_folders(
    classes: Iterable[str], each: int = 5, *, side: int = 28, top: str = ""
) -> dict[str, bytes]:
    """PNG files by path, ``each`` of them a class."""
    return {
        f"{top}{name}/{i}.png": picture(image)
        for k, name in enumerate(classes)
        for i, image in enumerate(digits(each, side, seed=k))
    }


def table(images: Grey, labels: Iterable[object], *, header: str | None = None) -> bytes:
    """A CSV with the label first."""
    rows = [
        ",".join([str(label), *map(str, image.ravel().tolist())])
        for image, label in zip(images, labels, strict=True)
    ]
    return "\n".join([*([header] if header else []), *rows, ""]).encode()


def header(pixels: int = 784) -> str:
    """The first row of a CSV with named columns."""
    return ",".join(["label", *(f"pixel{i}" for i in range(pixels))])


def mnist_files(train: int = 20, test: int = 10) -> tuple[MnistFiles, dict[str, bytes]]:
    """A small set in MNIST's form: what is expected of the files, and the files by name."""
    arrays = (
        digits(train),
        np.arange(train, dtype=np.uint8) % 10,
        digits(test, seed=1),
        np.arange(test, dtype=np.uint8) % 10,
    )
    names = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte",
             "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")  # fmt: skip
    plain = {name: idx(array) for name, array in zip(names, arrays, strict=True)}
    files = MnistFiles(
        *(
            RemoteFile(name, len(data), hashlib.md5(data).hexdigest(), len(gzip.compress(data)))
            for name, data in plain.items()
        )
    )
    return files, plain
