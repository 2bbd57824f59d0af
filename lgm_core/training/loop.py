"""The training loop: settings in, frames out, knobs turned on the way.

The points of a frame are free: they are the features that the training steps since the last
frame computed anyway. Only three things cost an extra forward pass: the test slices, a picture
of all displayed digits at the start, at a pause and at the end, and, for data sets where a
displayed digit's turn comes rarely, a small refresh of the displayed digits.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lgm_core.data import Dataset, load
from lgm_core.losses import FeatureLoss
from lgm_core.training.controls import Controls, QueueControls
from lgm_core.training.evaluation import RollingTest, TestFigures
from lgm_core.training.frame import Frame
from lgm_core.training.learner import Ints, Learner
from lgm_core.training.pace import Pace, StepPace
from lgm_core.training.painter import Batch, Painter, Trained
from lgm_core.training.settings import TrainSettings
from lgm_core.training.steered import Steered

#: Displayed digits refreshed for each training digit, where their own turn comes rarely.
REFRESH_SHARE = 0.15
#: Training digits for each displayed one from which on the refresh is worth its time.
REFRESH_FROM = 4
_REFRESH_SLICE = 64
_FULL_SLICE = 500


class Diverged(RuntimeError):  # noqa: N818 - reads as the state that it is
    """Training left the finite numbers; the message names the knob to lower."""


def train(
    settings: TrainSettings,
    *,
    controls: Controls | None = None,
    pace: Pace | None = None,
    dataset: Dataset | None = None,
) -> Iterator[Frame]:
    """Trains, and yields a frame now and then; the first shows the untrained network.

    Args:
        settings: everything needed to repeat the run.
        controls: where knob changes and pause, step, stop come from; none by default.
        pace: when frames are shown; by default every few steps, so that the same settings and
            seed give the same frames to the bit on a CPU with the same number of threads.
        dataset: the digits, if they are loaded already.

    Raises:
        Diverged: when the loss is no longer finite, after the frames so far.
        DataError: if the data set cannot be had.
    """
    return Trainer(settings, dataset).run(controls, pace)


class Trainer(Steered):
    """One training run, from settings to frames and a result.

    Args:
        settings: everything needed to repeat the run.
        dataset: the digits; loaded by ``settings.data`` if not given.
        threads: torch's threads, for the whole process; left alone if not given.
        device: ``cpu``, ``cuda`` or ``mps``; the quickest present if not given.
    """

    def __init__(
        self,
        settings: TrainSettings,
        dataset: Dataset | None = None,
        *,
        threads: int | None = None,
        device: str | None = None,
    ) -> None:
        super().__init__()
        if threads is not None:
            torch.set_num_threads(threads)
        self.settings = settings
        self.dataset = load(settings.data) if dataset is None else dataset
        self.device = torch.device(device or best_device())
        self.learner = Learner(settings, self.dataset, self.device)
        self.painter = Painter(self.learner.loss, self.dataset, settings.feature_dim)
        #: Seconds spent on training, frames included, pauses not.
        self.seconds = 0.0
        self._final = TestFigures(None, None, 0)

    @property
    def network(self) -> nn.Module:
        """The network, digits to features."""
        return self.learner.network

    @property
    def loss(self) -> FeatureLoss:
        """The loss on the features."""
        return self.learner.loss

    @property
    def total_steps(self) -> int:
        """Steps of the whole run."""
        return self.learner.total_steps

    def run(
        self, controls: Controls | None = None, pace: Pace | None = None, *, paused: bool = False
    ) -> Iterator[Frame]:
        """Yields frames until the last epoch or a stop. See :func:`train`."""
        return self._run(controls or QueueControls(), pace or StepPace(), paused)

    def _run(self, controls: Controls, pace: Pace, paused: bool) -> Iterator[Frame]:
        learner = self.learner
        test = self._rolling_test(pace)
        self._paused = paused
        yield self._full_frame(test.everything())
        pace.shown(0, keyframe=True)
        batches: list[Batch] = []
        while learner.steps < learner.total_steps:
            single, turned = self._orders(controls, learner)
            if self.stopped:
                break
            if self._paused and not single:
                # A picture of all digits at rest; margin and regions follow the knobs.
                yield self._full_frame(test.figures(), batches)
                batches = []
                continue

            began = time.perf_counter()
            batches.append(learner.step())
            self._refresh()
            test.after_step(self.settings.batch_size)
            frame = None
            if turned or single or pace.frame_due(learner.steps):
                keyframe = pace.keyframe_due(learner.steps)
                frame = self._frame(test.figures(), batches, keyframe=keyframe)
                batches = []
            self.seconds += time.perf_counter() - began
            if frame is not None:
                yield frame
                pace.shown(learner.steps, keyframe=frame.scalars.keyframe)
        self._final = test.everything()
        yield self._full_frame(self._final, batches)

    def result(self) -> dict[str, Any]:
        """Figures of the ended run: accuracy on all test digits, seconds, images a second."""
        images = self.learner.steps * self.settings.batch_size
        likelihood = self._final.log_likelihood
        finite = likelihood is not None and math.isfinite(likelihood)
        return {
            "test_accuracy": self._final.accuracy,
            "test_log_likelihood": likelihood if finite else None,
            "steps": self.learner.steps,
            "train_seconds": round(self.seconds, 3),
            "images_per_second": round(images / self.seconds, 1) if self.seconds else 0.0,
            "stopped": self.stopped,
            "device": self.device.type,
            "threads": torch.get_num_threads(),
        }

    def state_dict(self) -> dict[str, Tensor]:
        """Weights of network and loss, by name, on the CPU."""
        return self.learner.state_dict()

    def _rolling_test(self, pace: Pace) -> RollingTest:
        images = torch.from_numpy(self.dataset.test_images).to(self.device)
        labels = torch.from_numpy(self.dataset.test_labels).to(self.device)
        return RollingTest(self.network, self.loss, images, labels, age=pace.test_age)

    def _refresh(self) -> None:
        """Looks at a few displayed digits where their own turn in training comes rarely."""
        displayed = len(self.dataset.displayed)
        if len(self.dataset.train_labels) < REFRESH_FROM * displayed:
            return
        done, owed = (
            int(REFRESH_SHARE * steps * self.settings.batch_size) // _REFRESH_SLICE
            for steps in (self.learner.steps - 1, self.learner.steps)
        )
        for turn in range(done, owed):
            start = turn * _REFRESH_SLICE % displayed
            self._look_at(np.arange(start, min(start + _REFRESH_SLICE, displayed)))

    def _look_at(self, places: Ints) -> None:
        """Computes where the displayed digits of these places lie now."""
        self.painter.places.put(places, *self.learner.classify(self.dataset.displayed[places]))

    def _full_frame(self, figures: TestFigures, batches: list[Batch] | None = None) -> Frame:
        """A keyframe of all displayed digits as the network sees them now."""
        count = len(self.dataset.displayed)
        trained = self.painter.absorb(batches or [])
        for start in range(0, count, _FULL_SLICE):
            self._look_at(np.arange(start, min(start + _FULL_SLICE, count)))
        return self._paint(figures, trained, batches or [], keyframe=True)

    def _frame(self, figures: TestFigures, batches: list[Batch], *, keyframe: bool) -> Frame:
        return self._paint(figures, self.painter.absorb(batches), batches, keyframe=keyframe)

    def _paint(
        self, figures: TestFigures, trained: Trained, batches: list[Batch], *, keyframe: bool
    ) -> Frame:
        frame = self.painter.frame(
            trained,
            step=self.learner.steps,
            epoch=self.learner.epoch,
            keyframe=keyframe,
            knobs=self.learner.knobs_in_force,
            figures=figures,
        )
        if frame is None:
            self._final = figures
            raise Diverged(self.learner.blame(self._bad_step(batches)))
        return frame

    def _bad_step(self, batches: list[Batch]) -> int:
        """The first step of these batches whose loss is not finite; without one, the newest."""
        first = self.learner.steps - len(batches) + 1
        steps = (
            step
            for step, batch in enumerate(batches, first)
            if not bool(torch.isfinite(batch.losses).all())
        )
        return next(steps, self.learner.steps)


def best_device() -> str:
    """``cuda`` or ``mps`` where there is one, else ``cpu``."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"
