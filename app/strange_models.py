"""Which two trained models the page of strange inputs attacks."""

from __future__ import annotations

import time
from typing import NamedTuple

import streamlit as st

from app import pairs
from app.broadcast import find_run
from app.panels.strange import Model
from app.plain import plain
from app.sidebar import WORDS
from app.strange_link import SHIPPED
from lgm_core import pretrained
from lgm_core.runs.engine import DigitsRun
from lgm_core.training.controls import Command

#: A run ends after the step that it is in, which takes a fraction of a second.
_END_SECONDS = 8.0


class Pair(NamedTuple):
    """Two runs to attack, and what the page calls them."""

    title: str
    runs: tuple[DigitsRun, DigitsRun]

    @property
    def models(self) -> list[Model]:
        """The runs with their names; two of the same loss are told apart by their sides."""
        names = [WORDS["loss"][run.settings.loss] for run in self.runs]
        if names[0] == names[1]:
            names = [f"{name}, {side}" for name, side in zip(names, ("left", "right"), strict=True)]
        return [Model(run.id, name) for run, name in zip(self.runs, names, strict=True)]


def pairs_to_attack(wanted: str) -> tuple[dict[str, Pair], str | None]:
    """The pairs to choose from by their key in a link, and what is wrong with the wanted one."""
    found: dict[str, Pair] = {}
    problem = None
    if shipped := _pair(pretrained.SOFTMAX, pretrained.LGM):
        found[SHIPPED] = Pair(f"Shipped pair, {_about(shipped)}", shipped)
    if (own := _own()) and all(has_weights(run) for run in own):
        found[key_of(own)] = Pair(f"Your newest pair, {_about(own)}", own)
    if wanted and wanted not in found:
        problem, linked = _linked(wanted)
        if linked:
            found[key_of(linked)] = Pair(f"The link's pair, {_about(linked)}", linked)
    return found, problem


def key_of(runs: tuple[DigitsRun, DigitsRun]) -> str:
    """A pair's name in a link."""
    return f"{runs[0].id}.{runs[1].id}"


def has_weights(run: DigitsRun) -> bool:
    """Whether a run has ended with weights that were trained."""
    steps = (run.reader.result() or {}).get("steps")
    trained = isinstance(steps, int) and steps > 0
    return trained and (run.reader.folder / "weights.safetensors").is_file()


def offer_to_end_training(widget: str) -> None:
    """Says that the visitor's own pair is still in training, with a button that ends it.

    Args:
        widget: key of the choice of models, which is set to the pair once it has ended.
    """
    own = _own()
    if not own or all(run.status.state.over for run in own):
        return
    if any(run.reader.count() < 2 for run in own):
        return
    st.caption("Your own pair is still in training: its weights are there once it has ended.")
    st.button("End my training and attack it", on_click=_end, args=(own, widget), width="stretch")


def _end(own: tuple[DigitsRun, DigitsRun], widget: str) -> None:
    for run in own:
        run.send(Command(action="stop"))
    deadline = time.monotonic() + _END_SECONDS
    while not all(run.status.state.over for run in own) and time.monotonic() < deadline:
        time.sleep(0.05)
    if all(has_weights(run) for run in own):
        st.session_state[widget] = key_of(own)


def _own() -> tuple[DigitsRun, DigitsRun] | None:
    """The visitor's own runs, whatever their state."""
    pair = pairs.current()
    runs = pairs.runs(pair) if pair else ()
    return (runs[0], runs[1]) if len(runs) == 2 else None


def _pair(left: str, right: str) -> tuple[DigitsRun, DigitsRun] | None:
    first, second = find_run(left), find_run(right)
    return (first, second) if first and second else None


def _linked(wanted: str) -> tuple[str | None, tuple[DigitsRun, DigitsRun] | None]:
    """The pair that a link names, or a sentence that says why it cannot be attacked."""
    left, _, right = wanted.partition(".")
    runs = _pair(left, right)
    if runs is None:
        shown = plain(wanted[:40])
        return (
            f"models is '{shown}'; there are no such runs here, or no longer. Allowed: "
            "shipped, or the ids of two runs of this server with a dot between them.",
            None,
        )
    for run in runs:
        if not run.status.state.over:
            return (
                f"Run {run.id} is still in training; its weights are there once it ends.",
                None,
            )
        if not has_weights(run):
            return (
                f"Run {run.id} has no trained weights: its training has not ended yet, or ended "
                "before it had any."
            ), None
    first, second = (run.settings.data for run in runs)
    if first != second:
        return (
            f"The runs know different digits, {plain(first)} and {plain(second)}; "
            "a pair must have been trained on the same.",
            None,
        )
    return None, runs


def _about(runs: tuple[DigitsRun, DigitsRun]) -> str:
    dims = sorted({run.settings.feature_dim for run in runs})
    return "D = " + " and ".join(str(dim) for dim in dims)
