"""Knobs, pause, step and stop, as the training loop takes them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from lgm_core.data import Dataset
from lgm_core.training.controls import Command, ControlsClosed, QueueControls
from lgm_core.training.learner import Learner
from lgm_core.training.loop import Trainer, train
from lgm_core.training.pace import StepPace
from lgm_core.training.settings import Knobs
from tests.training.small import STEPS, settings


class Script:
    """Controls that give their commands at the steps of a script."""

    def __init__(self, *turns: list[Command]) -> None:
        self._turns: Iterator[list[Command]] = iter(turns)

    def take(self, *, wait: bool) -> list[Command]:
        commands = next(self._turns, [])
        assert commands or not wait, "the loop waits for a command that never comes"
        return commands


PLAY, PAUSE, STEP, STOP = (Command(action=a) for a in ("play", "pause", "step", "stop"))


def steered(digits: Dataset, *turns: list[Command], paused: bool = False, **values: object):
    trainer = Trainer(settings(**values), digits)
    idle: list[bool] = []
    trainer.on_idle = idle.append
    frames = list(trainer.run(Script(*turns), StepPace(100, 100), paused=paused))
    return trainer, frames, idle


def test_a_knob_counts_from_the_next_step_and_its_frame_is_shown(digits):
    turn = Command(knobs={"alpha": 2.0, "lambda": 0.5, "learning_rate": 0.01})
    _, frames, _ = steered(digits, [], [], [turn], [])
    assert [f.step for f in frames] == [0, 3, STEPS]
    numbers = frames[1].scalars
    assert (numbers.alpha, numbers.lambda_, numbers.learning_rate) == (2.0, 0.5, 0.01)

    learner = Learner(settings(), digits, torch.device("cpu"))
    for _ in range(2):
        learner.step()
    learner.knobs = Knobs(alpha=2.0, lambda_=0.5, learning_rate=0.01)
    learner.step()
    assert np.array_equal(frames[1].parameters["means"], learner.state_dict()["loss.means"])


def test_turning_a_knob_back_and_forth_before_a_step_changes_nothing(digits):
    there, back = (Command(knobs={"alpha": a}) for a in (3.0, Knobs().alpha))
    _, turned, _ = steered(digits, [], [there, back])
    _, plain, _ = steered(digits)
    assert np.array_equal(turned[-1].points, plain[-1].points)
    assert np.array_equal(turned[-1].parameters["means"], plain[-1].parameters["means"])


def test_a_pause_shows_all_digits_and_going_on_changes_nothing(digits):
    _, frames, idle = steered(digits, [], [], [PAUSE], [], [PLAY], [])
    assert [f.step for f in frames] == [0, 2, STEPS]
    assert frames[1].scalars.keyframe
    assert idle == [True, False]
    _, plain, _ = steered(digits)
    assert np.array_equal(frames[-1].points, plain[-1].points)


def test_a_prepared_run_takes_one_step_a_command(digits):
    _, frames, idle = steered(digits, [], [STEP], [], [STEP], [], [STOP], paused=True)
    assert [f.step for f in frames] == [0, 1, 2, 2]
    assert idle == [True, True, True, False]


def test_a_step_while_it_runs_pauses_it(digits):
    _, frames, idle = steered(digits, [], [STEP], [], [PLAY])
    assert [f.step for f in frames] == [0, 2, STEPS]
    assert idle == [True, False]


def test_a_stop_ends_in_order(digits):
    trainer, frames, _ = steered(digits, [], [], [STOP])
    assert frames[-1].step == 2
    assert frames[-1].scalars.keyframe
    result = trainer.result()
    assert result["stopped"]
    assert result["steps"] == 2
    assert result["test_accuracy"] == frames[-1].scalars.test_accuracy


def test_a_closed_end_ends_the_run(digits):
    controls = QueueControls()
    frames = train(settings(), controls=controls, dataset=digits)
    next(frames)
    controls.close()
    with pytest.raises(ControlsClosed):
        next(frames)
