from __future__ import annotations

import pytest

from lgm_core.losses import margin_at


def test_constant_margin_is_alpha_at_every_epoch() -> None:
    assert [margin_at("constant", 0.7, epoch, 8) for epoch in (0, 3.5, 8)] == [0.7, 0.7, 0.7]


def test_stepped_margin_doubles_with_each_quarter() -> None:
    margins = [margin_at("stepped", 3.0, epoch, 20) for epoch in (0, 4.99, 5, 10, 15, 19.99)]
    assert margins == pytest.approx([0.1, 0.1, 0.2, 0.4, 0.8, 0.8])


def test_stepped_margin_stops_at_alpha_as_the_authors_stop_at_three_tenths() -> None:
    margins = [margin_at("stepped", 0.3, epoch, 20) for epoch in (0, 5, 10, 15, 20)]
    assert margins == pytest.approx([0.1, 0.2, 0.3, 0.3, 0.3])


def test_stepped_margin_never_exceeds_a_small_alpha() -> None:
    assert margin_at("stepped", 0.05, 0, 20) == 0.05
    assert margin_at("stepped", 0.0, 20, 20) == 0.0


def test_an_unknown_schedule_is_named_beside_the_allowed_ones() -> None:
    with pytest.raises(ValueError, match="'linear'; allowed: constant, stepped"):
        margin_at("linear", 1.0, 0, 20)
