"""The growth of the margin."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgm_core.losses import margin_at


def test_stepped_is_doubled_with_each_quarter_and_stops_at_the_authors_value():
    margins = [margin_at("stepped", 0.3, epoch, 20) for epoch in (0, 4.9, 5, 9.9, 10, 15, 20)]
    assert margins == [0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.3]
    assert margin_at("stepped", 3.0, 15, 20) == pytest.approx(0.8)


@given(st.floats(0, 3), st.integers(1, 500), st.lists(st.floats(0, 1), min_size=2))
def test_stepped_never_falls_and_never_passes_alpha(alpha, epochs, parts):
    margins = [margin_at("stepped", alpha, part * epochs, epochs) for part in sorted(parts)]
    assert all(a <= b for a, b in pairwise(margins))
    assert all(min(0.1, alpha) <= m <= alpha for m in margins)


@given(st.floats(0, 3), st.floats(0, 500))
def test_constant_is_alpha(alpha, epoch):
    assert margin_at("constant", alpha, epoch, 500) == alpha


def test_another_schedule_is_named():
    with pytest.raises(ValueError, match="'cosine'; allowed: constant, stepped"):
        margin_at("cosine", 1.0, 0, 1)
