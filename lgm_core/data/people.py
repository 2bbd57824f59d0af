"""Faces of several people, framed alike: what such a set is, how it is divided, and the door to it.

``load_people`` turns a name into a :class:`People`. The ORL faces and the drawn ones need no
network; Olivetti and LFW are downloaded when they are first wanted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from lgm_core.data.dataset import DataError, Images, Labels
from lgm_core.data.face_drawing import SIDE
from lgm_core.data.faces import orl_faces

#: The sets that the app offers by name.
NAMES = ("orl", "synthetic", "olivetti", "lfw")
#: A name of a person longer than this is refused.
MAX_NAME = 60
#: Fewer people than this cannot be divided: two are needed on either side.
MIN_PEOPLE = 4

# Held while a set is downloaded: the second of two people who ask at once waits for the first.
_fetch_lock = threading.Lock()


class Pairs(NamedTuple):
    """Pictures to compare, two by two: same person or not?"""

    left: Labels  #: [M], index of a picture
    right: Labels  #: [M], index of a picture
    same: npt.NDArray[np.bool_]  #: [M]
    fold: Labels  #: [M], 0 .. number of folds - 1


@dataclass(frozen=True, eq=False)
class People:
    """Grey faces of several people, framed alike. The arrays become read-only.

    Raises:
        DataError: if a shape, a dtype, a number or a name is not what stands below.
    """

    name: str  #: ``orl``, ``synthetic``, ``olivetti``, ``lfw`` or ``own-<16 hex>``
    title: str  #: for a person, such as ``ORL, 40 people``
    images: Images  #: [N, 64, 64], 0 black to 255 white
    people: Labels  #: [N], 0 .. P - 1
    names: tuple[str, ...]  #: of the P people
    pairs: Pairs | None = None  #: the official ones, for LFW

    def __post_init__(self) -> None:
        count, persons = len(self.people), len(self.names)
        if self.images.dtype != np.uint8 or self.images.shape != (count, SIDE, SIDE):
            raise DataError(
                f"The faces are {self.images.dtype} {list(self.images.shape)}; allowed: "
                f"uint8 [{count}, {SIDE}, {SIDE}]."
            )
        _check_numbers("The numbers of the people", self.people, count, persons)
        if missing := persons - len(np.unique(self.people)):
            raise DataError(f"{missing:,} of {persons:,} people have no picture; allowed: 0.")
        if len(set(self.names)) < persons:
            raise DataError("Two people of the set have the same name.")
        if not all(name.isprintable() and 0 < len(name) <= MAX_NAME for name in self.names):
            raise DataError(f"A person's name is not plain text of 1 to {MAX_NAME} characters.")
        if self.pairs is not None:
            self._check_pairs(self.pairs)
        for array in (self.images, self.people, *(self.pairs or ())):
            array.setflags(write=False)

    def _check_pairs(self, pairs: Pairs) -> None:
        for indices in (pairs.left, pairs.right):
            _check_numbers("The pictures of the pairs", indices, len(pairs.fold), len(self.people))
        _check_numbers("The folds of the pairs", pairs.fold, len(pairs.fold), len(pairs.fold))
        if not np.array_equal(self.people[pairs.left] == self.people[pairs.right], pairs.same):
            raise DataError("The pairs and the names of the people disagree.")


def _check_numbers(what: str, numbers: Labels, count: int, below: int) -> None:
    if numbers.dtype != np.int64 or numbers.shape != (count,) or count == 0:
        raise DataError(
            f"{what} are {numbers.dtype} {list(numbers.shape)}; allowed: int64 [{max(count, 1)}]."
        )
    low, high = int(numbers.min()), int(numbers.max())
    if low < 0 or high >= below:
        raise DataError(f"{what} contain {low if low < 0 else high}; allowed: 0 to {below - 1}.")


def split_people(people: People, test_share: float = 0.25, seed: int = 0) -> tuple[Labels, Labels]:
    """Pictures to train with, and pictures of people that training never sees.

    Where a set has official pairs, all pictures in them are for testing, and those of people who
    are in none and have two pictures at least are for training. Else ``order`` is
    ``numpy.random.default_rng(seed).permutation(P)``; the first
    ``round(test_share * P)`` people in that order are for testing, two at least on either side.

    Args:
        people: the set, with P people.
        test_share: share of the people, above 0 and below 1.
        seed: of numpy's generator.

    Returns:
        ``train, test``: sorted indices, disjoint; without official pairs together every picture.

    Raises:
        DataError: if there are fewer than four people, or the share is not allowed.
    """
    persons = len(people.names)
    if not 0 < test_share < 1:
        raise DataError(f"The test share is {test_share:g}; allowed: above 0 and below 1.")
    if people.pairs is not None:
        return _split_by_pairs(people, people.pairs)
    if persons < MIN_PEOPLE:
        raise DataError(
            f"{people.title} cannot be divided: it has {persons}; allowed: {MIN_PEOPLE} or more, "
            "two to train with and two to test with."
        )
    order = np.random.default_rng(seed).permutation(persons)
    count = min(max(round(test_share * persons), 2), persons - 2)
    tested = np.isin(people.people, order[:count])
    return np.flatnonzero(~tested), np.flatnonzero(tested)


def _split_by_pairs(people: People, pairs: Pairs) -> tuple[Labels, Labels]:
    test = np.unique(np.concatenate((pairs.left, pairs.right)))
    pictures = np.bincount(people.people, minlength=len(people.names))
    pictures[people.people[test]] = 0
    train = np.flatnonzero(pictures[people.people] >= 2)
    if (left := int((pictures >= 2).sum())) < 2:
        raise DataError(
            f"The official pairs of {people.title} leave {left} people with two pictures each "
            "to train with; allowed: 2 or more."
        )
    return train, test


def title(text: str, count: int) -> str:
    """``ORL, 40 people``."""
    return f"{text}, {count:,} people"


@lru_cache(maxsize=1)
def orl_people() -> People:
    """The 400 ORL faces as squares: the edge is repeated left and right, then they shrink.

    Raises:
        DataError: if the pictures are not installed, or are not the expected ones.
    """
    faces = orl_faces()
    height, width = faces.images.shape[1:]
    before = (height - width) // 2
    wide = np.pad(faces.images, ((0, 0), (0, 0), (before, height - width - before)), mode="edge")
    images = np.stack([shrunk(face) for face in wide])
    names = tuple(f"Person {i + 1}" for i in range(int(faces.people.max()) + 1))
    return People("orl", title("ORL", len(names)), images, faces.people, names)


def shrunk(square: Images) -> Images:
    """A square [H, H] as [64, 64]; every pixel of a larger one counts."""
    image = Image.fromarray(square).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return np.asarray(image)


def load_people(name: str, *, progress: Callable[[int, int], None] | None = None) -> People:
    """The faces with this name.

    Args:
        name: ``orl``, ``synthetic``, ``olivetti``, ``lfw``, or ``own-<16 hex>`` of a kept set.
        progress: called with bytes downloaded so far and in all, about, during a download.

    Raises:
        DataError: if there is no such set, or it cannot be had.
    """
    # These make a People, and so import this module.
    from lgm_core.data import fetched_faces, kept_people, own, synthetic_faces

    if name == "orl":
        return orl_people()
    if name == "synthetic":
        return synthetic_faces.synthetic_people()
    if name in ("olivetti", "lfw"):
        fetched = fetched_faces.lfw_people if name == "lfw" else fetched_faces.olivetti_people
        with _fetch_lock:
            return fetched(progress=progress)
    if own.is_name(name):
        return kept_people.read(name)
    raise DataError(
        f"faces is {name[:40]!r}; allowed: {', '.join(NAMES)}, own-… (a set of your own)."
    )
