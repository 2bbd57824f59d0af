"""What every reader of an upload hands over, and the limits that all of them keep."""

from __future__ import annotations

import time
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from lgm_core.data.dataset import MAX_CLASS_NAME, MAX_CLASSES, MIN_CLASSES, DataError, Images
from lgm_core.data.packed import shown

#: Images that a set may have.
MAX_IMAGES = 300_000
#: Words in a folder's or file's name that say which part of a set it is.
TEST_WORDS = frozenset({"test", "testing", "t10k", "val", "valid", "validation"})
TRAIN_WORDS = frozenset({"train", "training"})


@dataclass(frozen=True)
class Part:
    """Images [N, 28, 28], white on black, and the class of each one as text."""

    images: Images
    labels: list[str]


@dataclass(frozen=True)
class Found:
    """What an upload holds. ``test`` is None where it does not say what to test with."""

    train: Part
    test: Part | None
    report: list[str] = field(default_factory=list)


class Clock:
    """Bounds the time that one upload may take."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def check(self) -> None:
        """Go on, or not.

        Raises:
            DataError: if the time is up.
        """
        if time.monotonic() > self._end:
            raise DataError(
                f"Reading the upload took longer than {self._seconds:g} seconds; "
                "try fewer or smaller images."
            )


def class_names(train: Sequence[str], test: Sequence[str] | None) -> tuple[str, ...]:
    """The names of the classes, in the order of their numbers; whole numbers in theirs.

    Args:
        train: the class of every training image, or of every image if there is no test part.
        test: the class of every test image, or None.

    Raises:
        DataError: if there are too few or too many classes, or too few images of one.
    """
    counts = Counter(train)
    if only := sorted(set(test or ()) - set(counts)):
        raise DataError(f"Class {shown(only[0])} is in the test part only.")
    if len(counts) == 1:
        raise DataError(
            f"The set has one class ({shown(next(iter(counts)))}); allowed: {MIN_CLASSES} to "
            f"{MAX_CLASSES}."
        )
    if not MIN_CLASSES <= len(counts) <= MAX_CLASSES:
        raise DataError(
            f"The set has {len(counts):,} classes; allowed: {MIN_CLASSES} to {MAX_CLASSES}."
        )
    if test is None:
        for name, count in counts.items():
            if count < 2:
                raise DataError(
                    f"Class {shown(name)} has 1 image; allowed: 2 or more, one to test with."
                )
    try:
        return tuple(sorted(counts, key=int))
    except ValueError:
        return tuple(sorted(counts))


def class_name(text: str) -> str:
    """A stranger's text as the name of a class, its white space and accents tidied.

    Raises:
        DataError: if it is not printable or longer than 40 characters. (Shortened, two classes
            might become one.)
    """
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(name) > MAX_CLASS_NAME or not name.isprintable():
        raise DataError(
            f"The class name {shown(name)} is not used; allowed: plain text of at most "
            f"{MAX_CLASS_NAME} characters."
        )
    return name


def counted(number: int, noun: str) -> str:
    """``1 image``, ``2,000 images``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
