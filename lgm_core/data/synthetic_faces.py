"""People who do not exist: their faces are drawn, so that what differs between two is known.

All of them look straight at the viewer, with eyes near (-0.30, -0.08) and (0.30, -0.08) and the
mouth near (0, 0.48) in frame units (-1 to 1, x right, y down): the pose of each picture is known.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from lgm_core.data.dataset import DataError
from lgm_core.data.face_drawing import SIDE, draw_face
from lgm_core.data.face_looks import random_circumstance, random_identity
from lgm_core.data.people import People, title

#: Pictures that one set may have: 80 MB.
MAX_PICTURES = 20_000


@lru_cache(maxsize=2)
def synthetic_people(count: int = 40, pictures: int = 10, seed: int = 0) -> People:
    """Drawn people, person by person; drawing takes 2 ms a picture, and the set is then kept.

    Each person has a generator of their own, so that person k looks the same in a set of any
    size; so do their first pictures.

    Args:
        count: how many people.
        pictures: how many pictures of each.
        seed: of numpy's generators, 0 or more.

    Raises:
        DataError: if a number is not allowed.
    """
    if count < 1 or pictures < 1 or count * pictures > MAX_PICTURES:
        raise DataError(
            f"The set would have {count:,} people with {pictures:,} pictures each; allowed: 1 or "
            f"more of both, {MAX_PICTURES:,} pictures together."
        )
    if seed < 0:
        raise DataError(f"The seed is {seed}; allowed: 0 or more.")
    images = np.empty((count * pictures, SIDE, SIDE), np.uint8)
    for person in range(count):
        random = np.random.default_rng((seed, person))
        who = random_identity(random)
        for i in range(pictures):
            images[person * pictures + i] = draw_face(who, random_circumstance(random))
    people = np.repeat(np.arange(count, dtype=np.int64), pictures)
    names = tuple(f"Person {person + 1}" for person in range(count))
    return People("synthetic", title("Synthetic", count), images, people, names)
