"""The two runs of a visitor: started together, replaced together."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from app.engine import engine
from app.showcase import give_way
from lgm_core.runs.engine import DigitsRun, of_digits
from lgm_core.training.comparison import Comparison
from lgm_core.training.controls import Command

_KEY = "feature-space.pair"


class Pair(NamedTuple):
    """Ids of the two runs and what they were started from."""

    left: str
    right: str
    comparison: Comparison


def current() -> Pair | None:
    """The visitor's runs, if any."""
    pair = st.session_state.get(_KEY)
    return pair if isinstance(pair, Pair) else None


def start(comparison: Comparison) -> Pair:
    """Ends the visitor's runs and prepares two new ones at step 0."""
    end()
    give_way()
    first, second = comparison.sides()
    left = engine().start(first, paused=True, company=2)
    right = engine().start(second, paused=True, company=2, beside=left.id)
    pair = Pair(left.id, right.id, comparison)
    st.session_state[_KEY] = pair
    return pair


def play(pair: Pair) -> None:
    """Lets both runs train."""
    for run in runs(pair):
        run.send(Command(action="play"))


def end() -> None:
    """Ends the visitor's runs; what they showed stays in the store."""
    if pair := current():
        for run in runs(pair):
            run.send(Command(action="stop"))


def runs(pair: Pair) -> tuple[DigitsRun, ...]:
    """The runs of a pair that the engine still knows."""
    found = (of_digits(engine().get(run_id)) for run_id in (pair.left, pair.right))
    return tuple(run for run in found if run is not None)
