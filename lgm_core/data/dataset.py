"""What a set of digits is, how it is divided, and the digits that the panels draw."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from PIL import Image

#: Height and width of every digit.
SIDE = 28
#: At most this many training digits are drawn.
MAX_DISPLAYED = 2000
#: How many classes a set may have.
MIN_CLASSES, MAX_CLASSES = 2, 50
#: A class name longer than this is refused.
MAX_CLASS_NAME = 40
#: Digits a row in the sprite of :func:`atlas_png`.
ATLAS_COLUMNS = 50
#: Share of a set that is kept for testing where the set itself does not say.
TEST_SHARE = 0.2

Images = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int64]


class DataError(ValueError):
    """Data that cannot be had or cannot be used; the message is one plain sentence."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Grey images of 28 x 28 pixels, white (255) on black (0), in K classes.

    The arrays may be shared between runs: do not write to them.

    Raises:
        DataError: if a shape, a dtype, a label or a class name is not what stands below.
    """

    name: str  #: ``bundled``, ``full`` or ``own-<16 hex>``
    train_images: Images  #: [N, 28, 28], N >= 1
    train_labels: Labels  #: [N], 0 .. K - 1
    test_images: Images  #: [M, 28, 28], M >= 1
    test_labels: Labels  #: [M], 0 .. K - 1
    class_names: tuple[str, ...]  #: K names, 2 <= K <= 50
    note: str = ""  #: one line: what was done to the data

    def __post_init__(self) -> None:
        names = self.class_names
        if not MIN_CLASSES <= len(names) <= MAX_CLASSES:
            raise DataError(
                f"The set has {len(names)} classes; allowed: {MIN_CLASSES} to {MAX_CLASSES}."
            )
        if len(set(names)) < len(names):
            raise DataError("Two classes of the set have the same name.")
        if not all(name.isprintable() and 0 < len(name) <= MAX_CLASS_NAME for name in names):
            raise DataError(f"A class name is not plain text of 1 to {MAX_CLASS_NAME} characters.")
        self._check("train", self.train_images, self.train_labels)
        self._check("test", self.test_images, self.test_labels)

    def _check(self, part: str, images: Images, labels: Labels) -> None:
        count = len(labels)
        if images.dtype != np.uint8 or images.shape != (count, SIDE, SIDE):
            raise DataError(
                f"The {part} images are {images.dtype} {list(images.shape)}; "
                f"allowed: uint8 [{count}, {SIDE}, {SIDE}]."
            )
        if labels.dtype != np.int64 or labels.ndim != 1:
            raise DataError(
                f"The {part} labels are {labels.dtype} {list(labels.shape)}; allowed: int64 [N]."
            )
        if count == 0:
            raise DataError(f"The set has no {part} images.")
        low, high = int(labels.min()), int(labels.max())
        if low < 0 or high >= self.num_classes:
            raise DataError(
                f"A {part} label is {low if low < 0 else high}; "
                f"allowed: 0 to {self.num_classes - 1}."
            )

    @property
    def num_classes(self) -> int:
        """Number of classes K."""
        return len(self.class_names)

    @cached_property
    def displayed(self) -> Labels:
        """Sorted indices [min(2000, N)] of the training digits that the panels draw.

        They depend on the training labels alone: the same for every seed and loss. Each class
        gets an equal share; what a small class leaves over goes to the larger ones.
        """
        counts = np.bincount(self.train_labels, minlength=self.num_classes)
        shares = equal_shares(counts, MAX_DISPLAYED)
        chosen = [
            np.flatnonzero(self.train_labels == k)[np.arange(share) * counts[k] // share]
            for k, share in enumerate(shares)
            if share
        ]
        return np.sort(np.concatenate(chosen)).astype(np.int64)


def equal_shares(counts: Labels, total: int) -> Labels:
    """Shares [K] with ``share_k <= counts_k`` and sum ``min(total, sum counts)``.

    As equal as the counts [K] allow: two classes that are not used up differ by one at most.
    """
    shares = np.zeros_like(counts)
    left = min(total, int(counts.sum()))
    # From the smallest class on: what it cannot use is divided among those still to come.
    for done, k in enumerate(np.argsort(counts, kind="stable")):
        shares[k] = min(int(counts[k]), left // (len(counts) - done))
        left -= int(shares[k])
    return shares


def split(labels: Labels, test_share: float = TEST_SHARE, seed: int = 0) -> tuple[Labels, Labels]:
    """Indices of a training and a test part of ``labels`` [N], class by class.

    The rule, short enough to be repeated anywhere: ``order`` is
    ``numpy.random.default_rng(seed).permutation(N)``; of the n digits of a class, the first
    ``round(test_share * n)`` in that order are for testing, the others for training. At least
    one of each class goes to either part. Both parts stay in ``order``'s order, so that classes
    are mixed.

    Args:
        labels: class of each digit, N >= 1.
        test_share: 0 to 1.
        seed: of numpy's generator.

    Returns:
        ``train, test``: disjoint, together every index once.

    Raises:
        DataError: if a class has fewer than two digits.
    """
    order = np.random.default_rng(seed).permutation(len(labels)).astype(np.int64)
    for_test = np.zeros(len(labels), bool)
    for k in np.unique(labels):
        members = order[labels[order] == k]
        if len(members) < 2:
            raise DataError("A class has one image; allowed: 2 or more, one of them to test with.")
        cut = min(max(round(test_share * len(members)), 1), len(members) - 1)
        for_test[members[:cut]] = True
    return order[~for_test[order]], order[for_test[order]]


def atlas_png(dataset: Dataset) -> bytes:
    """The displayed digits as one grey PNG: 50 columns of 28 x 28 tiles, row after row.

    The tile at ``(row, column)`` is digit ``50 * row + column`` of ``dataset.displayed``; what
    is left of the last row is black.
    """
    digits = dataset.train_images[dataset.displayed]
    rows = -(-len(digits) // ATLAS_COLUMNS)
    tiles = np.zeros((rows * ATLAS_COLUMNS, SIDE, SIDE), np.uint8)
    tiles[: len(digits)] = digits
    sheet = tiles.reshape(rows, ATLAS_COLUMNS, SIDE, SIDE).swapaxes(1, 2)
    buffer = io.BytesIO()
    Image.fromarray(sheet.reshape(rows * SIDE, ATLAS_COLUMNS * SIDE)).save(buffer, format="PNG")
    return buffer.getvalue()
