"""IDX files in pairs, one of images and one of labels, as MNIST and its relatives come."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from lgm_core.data.dataset import DataError, Images
from lgm_core.data.idx import parse_idx
from lgm_core.data.packed import shown
from lgm_core.data.parts import MAX_IMAGES, TEST_WORDS, Clock, Found, Part
from lgm_core.data.pictures import fit_stacks

#: Height and width that an image in an IDX file may have.
MAX_SIDE = 1024

_IDX_NAME = re.compile(r"idx[13]?\b|idx[13]-|ubyte", re.IGNORECASE)
#: What differs between the names of the two files of a pair.
_KIND = re.compile(r"images?|labels?|idx[13]|\.gz$", re.IGNORECASE)


class _Pair(NamedTuple):
    name: str
    images: Images
    labels: Images


def is_idx_name(name: str) -> bool:
    """Whether a file is an IDX file by its name, e.g. ``train-images-idx3-ubyte.gz``."""
    return _IDX_NAME.search(name) is not None


def read_pairs(files: Mapping[str, bytes], clock: Clock) -> Found:
    """One pair of IDX files, or two of which one is named test, t10k or validation.

    Args:
        files: the decompressed files by name.

    Raises:
        DataError: with one sentence, if a file is no IDX file, one of a pair is missing, the
            two differ in length, or it is not clear what to train with.
    """
    groups: dict[str, dict[int, tuple[str, Images]]] = {}
    for name, data in files.items():
        clock.check()
        array = parse_idx(data, shown(name))
        group = groups.setdefault(_KIND.sub("", name).lower(), {})
        if array.ndim in group:
            raise DataError(
                f"{shown(group[array.ndim][0])} and {shown(name)} cannot be told apart by name."
            )
        group[array.ndim] = name, array
    pairs = [_pair(group) for group in groups.values()]
    train = [pair for pair in pairs if not _is_test(pair.name)]
    test = [pair for pair in pairs if _is_test(pair.name)]
    if not train:
        train, test = test, []
    if len(train) > 1 or len(test) > 1:
        both = train if len(train) > 1 else test
        raise DataError(
            f"{shown(both[0].name)} and {shown(both[1].name)} are two sets; allowed: one to "
            "train with, and one named test."
        )
    chosen = train + test
    if len({pair.images.shape[1:] for pair in chosen}) > 1:
        raise DataError("The images to train with and to test with differ in size.")
    stacks, report = fit_stacks([pair.images for pair in chosen], clock)
    parts = [
        Part(stack, [str(label) for label in pair.labels.tolist()])
        for stack, pair in zip(stacks, chosen, strict=True)
    ]
    return Found(parts[0], parts[1] if test else None, report)


def _pair(group: Mapping[int, tuple[str, Images]]) -> _Pair:
    if set(group) != {1, 3}:
        name = next(iter(group.values()))[0]
        have, need = ("images", "labels") if 3 in group else ("labels", "images")
        raise DataError(f"{shown(name)} holds {have}, but the file with its {need} is missing.")
    (name, images), (_, labels) = group[3], group[1]
    if len(images) != len(labels):
        raise DataError(
            f"{shown(name)} holds {len(images):,} images, but its labels are {len(labels):,}."
        )
    if len(images) > MAX_IMAGES:
        raise DataError(f"{shown(name)} holds {len(images):,} images; allowed: {MAX_IMAGES:,}.")
    if max(images.shape[1:]) > MAX_SIDE:
        raise DataError(
            f"{shown(name)} has images of {images.shape[2]:,} x {images.shape[1]:,} pixels; "
            f"allowed: {MAX_SIDE:,} x {MAX_SIDE:,}."
        )
    return _Pair(name, images, labels)


def _is_test(name: str) -> bool:
    return not TEST_WORDS.isdisjoint(re.split(r"[^a-z0-9]+", name.lower()))
