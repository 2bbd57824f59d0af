"""Test accuracy in slices: exact, at its cost, and not older than it may be."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lgm_core.training.evaluation import TEST_SHARE, RollingTest
from lgm_core.training.loop import Trainer
from tests.training.small import BATCH, features_of, settings


def test_the_rolling_test_is_exact_on_weights_that_stand_still(digits):
    trainer = Trainer(settings(), digits)
    images, labels = (torch.from_numpy(a) for a in (digits.test_images, digits.test_labels))
    rolling = RollingTest(trainer.network, trainer.loss, images, labels)
    trained = 0
    while rolling.figures().number < len(labels):
        rolling.after_step(BATCH)
        trained += BATCH
    figures = rolling.figures()
    # The slices go round: of 300 digits, three slices of 128 see the first 84 twice.
    assert figures.number == 384
    order = np.arange(384) % 300
    features = torch.from_numpy(features_of(trainer, digits.test_images[order]))
    with torch.inference_mode():
        right = trainer.loss.logits(features).argmax(1) == labels[order]
        own = trainer.loss.log_likelihood(features).gather(1, labels[order][:, None])
    assert figures.accuracy == pytest.approx(right.double().mean().item())
    assert figures.log_likelihood == pytest.approx(own.mean().item(), rel=1e-5)
    everything = rolling.everything()
    assert everything.number == 300
    assert everything.accuracy == pytest.approx(right[:300].double().mean().item())


def test_testing_costs_its_share_of_digits_and_no_more(digits):
    trainer = Trainer(settings(), digits)
    seen = 0

    def count(_module: torch.nn.Module, inputs: tuple[torch.Tensor]) -> None:
        nonlocal seen
        seen += len(inputs[0])

    images, labels = (torch.from_numpy(a) for a in (digits.test_images, digits.test_labels))
    rolling = RollingTest(trainer.network, trainer.loss, images, labels)
    handle = trainer.network.register_forward_pre_hook(count)
    for _ in range(100):
        rolling.after_step(BATCH)
    handle.remove()
    owed = TEST_SHARE * 100 * BATCH
    assert owed - 129 < seen < owed + 1
    # A forward pass is about a third of a training step, of which 8 % may go to testing.
    assert TEST_SHARE / 3 <= 0.08


def test_a_slice_no_longer_counts_beyond_its_age(digits, monkeypatch):
    now = 100.0
    monkeypatch.setattr("lgm_core.training.evaluation.time.monotonic", lambda: now)
    trainer = Trainer(settings(), digits)
    images, labels = (torch.from_numpy(a) for a in (digits.test_images, digits.test_labels))
    rolling = RollingTest(trainer.network, trainer.loss, images, labels, age=2.0)
    for _ in range(2):
        rolling.after_step(640)
        now += 1.5
    assert rolling.figures().number == 128
