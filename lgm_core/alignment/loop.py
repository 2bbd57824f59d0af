"""The alignment loop: settings in, one frame a training step out, knobs turned on the way."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lgm_core.alignment.examination import Examination
from lgm_core.alignment.frame import AlignFrame, AlignScalars
from lgm_core.alignment.learner import AlignLearner, Step
from lgm_core.alignment.settings import AlignSettings
from lgm_core.data.people import People, load_people, split_people
from lgm_core.training.controls import Controls, QueueControls
from lgm_core.training.loop import Diverged
from lgm_core.training.steered import Steered


def align(
    settings: AlignSettings, *, controls: Controls | None = None, people: People | None = None
) -> Iterator[AlignFrame]:
    """Trains, and yields a frame a step; the first shows the untrained transformer.

    Args:
        settings: everything needed to repeat the run.
        controls: where knob changes and pause, step, stop come from; none by default.
        people: the faces, if they are loaded already.

    Raises:
        Diverged: when the loss is no longer finite, after the frames so far.
        DataError: if the faces cannot be had, or are too few to be split.
    """
    return AlignTrainer(settings, people).run(controls)


class AlignTrainer(Steered):
    """One alignment run, from settings to frames and a result.

    Args:
        settings: everything needed to repeat the run.
        people: the faces; loaded by ``settings.people`` if not given.
        threads: torch's threads, for the whole process; left alone if not given.
    """

    def __init__(
        self,
        settings: AlignSettings,
        people: People | None = None,
        *,
        threads: int | None = None,
    ) -> None:
        super().__init__()
        if threads is not None:
            torch.set_num_threads(threads)
        self.settings = settings
        self.people = load_people(settings.people) if people is None else people
        train, test = split_people(self.people, seed=settings.seed)
        faces = torch.tensor(self.people.images).unsqueeze(1).to(torch.float32) / 255
        known, labels = torch.unique(
            torch.from_numpy(self.people.people[train]), return_inverse=True
        )
        self.learner = AlignLearner(settings, faces[torch.from_numpy(train)], labels, len(known))
        official = self.people.pairs
        if official is not None:
            left, right = (np.searchsorted(test, side) for side in (official.left, official.right))
            official = official._replace(left=left, right=right)
        self.examination = Examination(
            settings, faces[torch.from_numpy(test)], self.people.people[test], official
        )
        #: Seconds spent on training, frames included, pauses not.
        self.seconds = 0.0
        self._figures: dict[str, Any] | None = None

    def run(
        self, controls: Controls | None = None, *, paused: bool = False
    ) -> Iterator[AlignFrame]:
        """Yields a frame a step until the last one or a stop."""
        controls = controls or QueueControls()
        learner = self.learner
        self._paused = paused
        yield replace(self._frame(None), opening=self.examination.opening())
        while learner.steps < self.settings.steps:
            single, turned = self._orders(controls, learner)
            if self.stopped:
                if learner.steps:
                    yield self._closed(self._frame(None))
                return
            if self._paused and not single:
                if turned:
                    yield self._frame(None)
                continue
            began = time.perf_counter()
            step = learner.step()
            if not all(math.isfinite(float(term)) for term in step.terms):
                raise Diverged(learner.blame())
            frame = self._frame(step)
            self.seconds += time.perf_counter() - began
            ends = learner.steps == self.settings.steps
            yield self._closed(frame) if ends else frame

    def result(self) -> dict[str, Any]:
        """Figures of the ended run, on people that it has never seen."""
        figures = self._figures or self.examination.result(self.learner)[0]
        return {
            **figures,
            "steps": self.learner.steps,
            "train_seconds": round(self.seconds, 3),
            "stopped": self.stopped,
            "threads": torch.get_num_threads(),
        }

    def state_dict(self) -> dict[str, Tensor]:
        """Weights of all parts, by name."""
        return self.learner.state_dict()

    def _closed(self, frame: AlignFrame) -> AlignFrame:
        """The last frame, with the examination of people never seen."""
        try:
            self._figures, closing = self.examination.result(self.learner)
        except ValueError:  # scores that are no numbers
            raise Diverged(self.learner.blame()) from None
        return replace(frame, closing=closing)

    def _frame(self, step: Step | None) -> AlignFrame:
        learner = self.learner
        theta = self.examination.probe_thetas(learner.transformer)
        if not bool(torch.isfinite(theta).all()):
            raise Diverged(learner.blame())
        terms = step.terms if step else None
        scalars = AlignScalars.model_validate(
            {
                **learner.knobs.model_dump(by_alias=True),
                "step": learner.steps,
                "total": float(terms.total) if terms else None,
                "classification": float(terms.classification) if terms else None,
                "likelihood": float(terms.likelihood) if terms else None,
                "train_accuracy": step.accuracy if step else None,
                "misalignment": self.examination.probe_misalignment(learner.transformer, theta),
            }
        )
        return AlignFrame(scalars, theta.numpy())
