"""Test accuracy while training: small slices between steps, never a pause to see them all."""

from __future__ import annotations

import time
from collections import deque
from typing import NamedTuple

import torch
from torch import Tensor, nn

from lgm_core.losses.base import FeatureLoss
from lgm_core.networks.digits import at_test_time, normalise

#: Test digits looked at for each training digit. A forward pass is about a third of a step's
#: work, so this costs 5 to 7 % of the time.
TEST_SHARE = 0.2
_SLICE = 128


class TestFigures(NamedTuple):
    """Accuracy and mean ``log p(x | true class)`` (None without density) of ``number`` digits."""

    accuracy: float | None
    log_likelihood: float | None
    number: int


class _Slice(NamedTuple):
    seconds: float
    number: int
    right: Tensor
    log_likelihood: Tensor | None


class RollingTest:
    """Test figures over the newest slices of the test digits, in a fixed order, round and round.

    Args:
        network, loss: what is tested, as it is at each slice.
        images: uint8 [M, 28, 28].
        labels: int64 [M].
        window: the figures are over at most this many of the newest results.
        age: and over results at most this many seconds old, if given.
    """

    def __init__(
        self,
        network: nn.Module,
        loss: FeatureLoss,
        images: Tensor,
        labels: Tensor,
        *,
        window: int = 1000,
        age: float | None = None,
    ) -> None:
        self._network, self._loss = network, loss
        self._images, self._labels = images, labels
        self._window = min(window, len(images))
        self._size = min(_SLICE, self._window)
        self._age = age
        self._next = 0
        self._owed = 0.0
        self._slices: deque[_Slice] = deque()

    def after_step(self, trained: int) -> None:
        """Runs the slice that is due, if one is, after a step on ``trained`` digits."""
        self._owed += TEST_SHARE * trained
        if self._owed >= self._size:
            self._owed -= self._size
            self._slices.append(self._evaluate(self._next, self._size))
            self._next = (self._next + self._size) % len(self._images)
            self._forget()

    def figures(self) -> TestFigures:
        """The figures over the newest slices."""
        self._forget()
        return _sum(self._slices)

    def everything(self) -> TestFigures:
        """The figures over all test digits, now."""
        starts = range(0, len(self._images), 500)
        return _sum(
            [self._evaluate(start, min(500, len(self._images) - start)) for start in starts]
        )

    def _forget(self) -> None:
        oldest = time.monotonic() - self._age if self._age is not None else None
        while len(self._slices) > 1 and (
            sum(s.number for s in self._slices) - self._slices[0].number >= self._window
            or (oldest is not None and self._slices[0].seconds < oldest)
        ):
            self._slices.popleft()

    @torch.inference_mode()
    def _evaluate(self, start: int, count: int) -> _Slice:
        images = self._images[start : start + count]
        labels = self._labels[start : start + count]
        if len(images) < count:  # the slice goes round the end
            images = torch.cat([images, self._images[: count - len(images)]])
            labels = torch.cat([labels, self._labels[: count - len(labels)]])
        with at_test_time(self._network):
            features = self._network(normalise(images))
        logits = self._loss.logits(features)
        log_likelihood = None
        if self._loss.has_density:
            all_classes = self._loss.log_likelihood(features)
            log_likelihood = all_classes.gather(1, labels[:, None]).sum()
        right = (logits.argmax(1) == labels).sum()
        return _Slice(time.monotonic(), count, right, log_likelihood)


def _sum(slices: deque[_Slice] | list[_Slice]) -> TestFigures:
    count = sum(s.number for s in slices)
    if not count:
        return TestFigures(None, None, 0)
    right = sum(int(s.right) for s in slices)
    likelihoods = [float(s.log_likelihood) for s in slices if s.log_likelihood is not None]
    return TestFigures(right / count, sum(likelihoods) / count if likelihoods else None, count)
