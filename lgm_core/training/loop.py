"""The training loop: settings in, frames out, knobs turned on the way.

The points of a frame are free: they are the features that the training steps since the last
frame computed anyway. Only three things cost an extra forward pass: the test slices, a picture
of all displayed digits at the start, at a pause and at the end, and, for data sets where a
displayed digit's turn comes rarely, a small refresh of the displayed digits.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lgm_core.data import Dataset, load
from lgm_core.losses import make_loss, margin_at
from lgm_core.networks.digits import make_network, normalise
from lgm_core.training.controls import Command, Controls, QueueControls
from lgm_core.training.evaluation import RollingTest, TestFigures
from lgm_core.training.frame import Frame
from lgm_core.training.pace import Pace, StepPace
from lgm_core.training.painter import Batch, Painter
from lgm_core.training.settings import Knobs, TrainSettings

#: Displayed digits refreshed for each training digit, where their own turn comes rarely.
REFRESH_SHARE = 0.15
#: Training digits for each displayed one from which on the refresh is worth its time.
REFRESH_FROM = 4


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


class Trainer:
    """One training run: a network, a loss on its features, and the digits.

    Two trainers that differ only in the loss start from the same network weights and see the
    same digits in the same order.

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
        if threads is not None:
            torch.set_num_threads(threads)
        self.settings = settings
        self.dataset = load(settings.data) if dataset is None else dataset
        self.device = torch.device(device or best_device())
        #: Told True when the loop begins to wait in a pause, False when it goes on.
        self.on_idle: Callable[[bool], None] | None = None

        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(settings.seed)
            self.network = make_network(settings.network, settings.feature_dim).to(self.device)
            # The loss draws from its own seed: it must not shift the network's weights.
            torch.manual_seed(settings.seed + 1)
            self.loss = make_loss(
                settings.loss,
                self.dataset.num_classes,
                settings.feature_dim,
                alpha=settings.alpha,
                lambda_=settings.lambda_,
                covariance=settings.covariance,
            ).to(self.device)
        self._order = torch.Generator().manual_seed(settings.seed)
        self._images = torch.from_numpy(self.dataset.train_images).to(self.device)
        self._labels = torch.from_numpy(self.dataset.train_labels).to(self.device)
        self._optimizer = torch.optim.Adam(
            [*self.network.parameters(), *self.loss.parameters()],
            lr=settings.learning_rate,
            fused=self.device.type in ("cpu", "cuda"),
        )
        self.painter = Painter(self.loss, self.dataset, settings.feature_dim)
        self.knobs: Knobs = settings.knobs
        self.batches_per_epoch = max(1, len(self._images) // settings.batch_size)
        self.total_steps = settings.epochs * self.batches_per_epoch
        self.step = 0
        self.seconds = 0.0
        self.stopped = False
        self._paused = False
        self._final: TestFigures | None = None

    def run(
        self, controls: Controls | None = None, pace: Pace | None = None, *, paused: bool = False
    ) -> Iterator[Frame]:
        """Yields frames until the last epoch or a stop. See :func:`train`."""
        return self._run(controls or QueueControls(), pace or StepPace(), paused)

    def _run(self, controls: Controls, pace: Pace, paused: bool) -> Iterator[Frame]:
        test = RollingTest(
            self.network,
            self.loss,
            torch.from_numpy(self.dataset.test_images).to(self.device),
            torch.from_numpy(self.dataset.test_labels).to(self.device),
            age=pace.test_age,
        )
        self._paused = paused
        yield self._full_frame(test.everything())
        pace.shown(0, keyframe=True)
        batches: list[Batch] = []
        while self.step < self.total_steps:
            single, turned = False, False
            for command in controls.take(wait=False) or self._wait(controls):
                single, turned = self._obey(command) or single, turned or bool(command.knobs)
            if self.stopped:
                break
            if self._paused and not single:
                # A picture of all digits at rest; margin and regions follow the knobs.
                yield self._full_frame(test.figures(), batches)
                batches = []
                continue

            began = time.perf_counter()
            batches.append(self._step())
            self._refresh()
            test.after_step(self.settings.batch_size)
            self.seconds += time.perf_counter() - began
            if turned or pace.frame_due(self.step):
                keyframe = pace.keyframe_due(self.step)
                began = time.perf_counter()
                frame = self._frame(test.figures(), batches, keyframe=keyframe)
                self.seconds += time.perf_counter() - began
                yield frame
                pace.shown(self.step, keyframe=keyframe)
                batches = []
        self._final = test.everything()
        yield self._full_frame(self._final, batches)

    def result(self) -> dict[str, Any]:
        """Figures of the ended run: accuracy on all test digits, seconds, images a second."""
        images = self.step * self.settings.batch_size
        final = self._final or TestFigures(None, None, 0)
        return {
            "test_accuracy": final.accuracy,
            "test_log_likelihood": final.log_likelihood,
            "steps": self.step,
            "train_seconds": round(self.seconds, 3),
            "images_per_second": round(images / self.seconds, 1) if self.seconds else 0.0,
            "stopped": self.stopped,
            "device": self.device.type,
            "threads": torch.get_num_threads(),
        }

    def state_dict(self) -> dict[str, Tensor]:
        """Weights of network and loss, by name, on the CPU."""
        parts = {"network": self.network, "loss": self.loss}
        return {
            f"{part}.{name}": tensor.detach().cpu().contiguous()
            for part, module in parts.items()
            for name, tensor in module.state_dict().items()
        }

    def _wait(self, controls: Controls) -> list[Command]:
        if not self._paused:
            return []
        if self.on_idle:
            self.on_idle(True)
        commands = controls.take(wait=True)
        if self.on_idle and any(c.action in ("play", "stop") for c in commands):
            self.on_idle(False)
        return commands

    def _obey(self, command: Command) -> bool:
        """Carries out a command; returns whether a single step is asked for."""
        if command.knobs:
            self.knobs = command.turn(self.knobs)
        if command.action == "stop":
            self.stopped = True
        elif command.action is not None:
            self._paused = command.action != "play"
        self._set_knobs()
        return command.action == "step"

    def _set_knobs(self) -> None:
        self.loss.alpha = margin_at(
            self.settings.margin_schedule, self.knobs.alpha, self._epoch, self.settings.epochs
        )
        self.loss.lambda_ = self.knobs.lambda_
        for group in self._optimizer.param_groups:
            group["lr"] = self.knobs.learning_rate

    @property
    def _epoch(self) -> float:
        return self.step / self.batches_per_epoch

    def _step(self) -> Batch:
        place = self.step % self.batches_per_epoch
        if place == 0:
            self._shuffled = torch.randperm(len(self._images), generator=self._order)
            self._set_knobs()
        size = self.settings.batch_size
        digits = self._shuffled[place * size : (place + 1) * size]
        features = self.network(normalise(self._images[digits]))
        terms, logits = self.loss.loss_and_logits(features, self._labels[digits])
        self._optimizer.zero_grad()
        terms.total.backward()
        self._optimizer.step()
        self.step += 1
        losses = torch.stack([terms.total, terms.classification, terms.likelihood]).detach()
        return Batch(digits, features.detach(), logits, losses)

    @torch.inference_mode()
    def _refresh(self, slice_size: int = 64) -> None:
        displayed = self.dataset.displayed
        if len(self._images) < REFRESH_FROM * len(displayed):
            return
        owed = int(REFRESH_SHARE * self.step * self.settings.batch_size) // slice_size
        done = int(REFRESH_SHARE * (self.step - 1) * self.settings.batch_size) // slice_size
        for turn in range(done, owed):
            start = turn * slice_size % len(displayed)
            self._look_at(np.arange(start, min(start + slice_size, len(displayed))))

    @torch.inference_mode()
    def _look_at(self, places: np.ndarray) -> None:
        """Computes where the displayed digits of these places lie now."""
        digits = torch.from_numpy(self.dataset.displayed[places])
        features = self.network(normalise(self._images[digits.to(self.device)]))
        predicted = self.loss.logits(features).argmax(1)
        self.painter.places.put(places, features.cpu().numpy(), predicted.cpu().numpy())

    def _full_frame(self, figures: TestFigures, batches: list[Batch] | None = None) -> Frame:
        """A keyframe of all displayed digits as the network sees them now."""
        for start in range(0, len(self.dataset.displayed), 500):
            self._look_at(np.arange(start, min(start + 500, len(self.dataset.displayed))))
        return self._frame(figures, batches or [], keyframe=True)

    def _frame(self, figures: TestFigures, batches: list[Batch], *, keyframe: bool) -> Frame:
        frame = self.painter.frame(
            batches,
            step=self.step,
            epoch=self._epoch,
            keyframe=keyframe,
            knobs=self.knobs.model_copy(update={"alpha": self.loss.alpha}),
            figures=figures,
        )
        if frame is None:
            self._final = figures
            raise Diverged(self._blame())
        return frame

    def _blame(self) -> str:
        """Which knob stands farthest above its default, in words."""
        ratios = {
            field: getattr(self.knobs, field) / float(info.default)
            for field, info in Knobs.model_fields.items()
        }
        field = max(ratios, key=lambda name: ratios[name])
        info = Knobs.model_fields[field]
        value = getattr(self.knobs, field)
        return (
            f"Training diverged at step {self.step}: the loss is no longer a finite number. "
            f"Lower the {info.title} (now {value:g}; {info.default:g} is the default) "
            "and start again."
        )


def best_device() -> str:
    """``cuda`` or ``mps`` where there is one, else ``cpu``."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"
