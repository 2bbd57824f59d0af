"""Which pictures of unseen people are compared."""

from __future__ import annotations

import numpy as np
import pytest

from lgm_core.alignment.examination import whole_people


@pytest.mark.parametrize(("persons", "each"), [(2000, 2), (500, 20), (4, 450), (37, 13)])
def test_of_many_pictures_whole_people_are_kept_so_that_there_are_pairs(
    persons: int, each: int
) -> None:
    people = np.repeat(np.arange(persons), each)
    kept = whole_people(people, 400)
    assert 200 < len(kept) <= 400
    found, counts = np.unique(people[kept], return_counts=True)
    assert len(found) >= 2
    assert counts.min() >= 2
    assert np.array_equal(kept, np.unique(kept))


def test_of_few_pictures_all_are_kept() -> None:
    assert np.array_equal(whole_people(np.array([3, 1, 3, 1]), 400), [0, 1, 2, 3])
