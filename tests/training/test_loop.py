"""What a training shows: frames that can be repeated and that say what is so."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from lgm_core.losses import margin_at
from lgm_core.training.frame import encode
from lgm_core.training.learner import Learner
from lgm_core.training.loop import Diverged, Trainer
from lgm_core.training.pace import StepPace
from lgm_core.training.settings import Knobs
from tests.training.small import BATCH, STEPS, features_of, run, settings


@pytest.mark.parametrize("dim", [2, 3, 16])
@pytest.mark.parametrize("loss", ["softmax", "lgm"])
def test_the_same_settings_give_the_same_frames_to_the_bit(digits, loss, dim):
    first, again = (run(digits, loss=loss, feature_dim=dim) for _ in range(2))
    assert [encode(f) for f in first[1]] == [encode(f) for f in again[1]]
    assert len(first[1]) == 1 + STEPS // 2 + 1
    one, other = first[0].state_dict(), again[0].state_dict()
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_another_seed_gives_another_run(digits):
    (_, first), (_, other) = run(digits, seed=0), run(digits, seed=1)
    assert not np.array_equal(first[0].points, other[0].points)


@pytest.mark.parametrize("other", ["softmax", "center", "cosface"])
def test_another_loss_starts_from_the_same_features_and_sees_the_same_batches(digits, other):
    (_, first), (_, second) = run(digits), run(digits, loss=other)
    np.testing.assert_array_equal(first[0].points, second[0].points)
    assert [f.step for f in first] == [f.step for f in second]
    one, two = (
        Learner(settings(loss=loss, epochs=2), digits, torch.device("cpu"))
        for loss in ("lgm", other)
    )
    for _ in range(2 * STEPS):
        assert torch.equal(one.step().digits, two.step().digits)


def test_an_epoch_sees_each_digit_at_most_once_and_each_epoch_another_order(digits):
    learner = Learner(settings(epochs=2), digits, torch.device("cpu"))
    epochs = [torch.cat([learner.step().digits for _ in range(STEPS)]) for _ in range(2)]
    for seen in epochs:
        assert len(seen.unique()) == len(seen) == STEPS * BATCH
    assert not torch.equal(*epochs)


def test_the_worlds_random_numbers_are_left_alone(digits):
    torch.manual_seed(5)
    before = torch.get_rng_state()
    trainer, _ = run(digits, loss="lgm")
    trainer.state_dict()
    assert torch.equal(torch.get_rng_state(), before)
    draws = torch.rand(3)
    torch.manual_seed(99)
    _, frames = run(digits)
    _, again = run(digits)
    torch.manual_seed(5)
    assert torch.equal(torch.rand(3), draws)
    assert encode(frames[-1]) == encode(again[-1])


@pytest.mark.parametrize("dim", [2, 3])
def test_first_and_last_frame_show_where_the_network_puts_every_digit(digits, dim):
    trainer = Trainer(settings(feature_dim=dim), digits)
    frames = trainer.run()
    shown = digits.train_images[digits.displayed]
    first = next(frames)
    np.testing.assert_allclose(first.points, features_of(trainer, shown), rtol=1e-4, atol=1e-5)
    *_, last = frames
    for frame in (first, last):
        assert frame.scalars.keyframe
        np.testing.assert_array_equal(frame.ids, np.arange(len(digits.displayed)))
    expected = features_of(trainer, shown)
    np.testing.assert_allclose(last.points, expected, rtol=1e-4, atol=1e-4)
    with torch.inference_mode():
        logits = trainer.loss.logits(torch.from_numpy(expected))
    assert (last.predicted == logits.argmax(1).numpy()).mean() > 0.99


def test_above_three_dimensions_the_points_are_the_features_in_the_frames_plane(digits):
    trainer, frames = run(digits, feature_dim=64)
    shown = digits.train_images[digits.displayed]
    last = frames[-1]
    features = features_of(trainer, shown)
    expected = (features - last.centre) @ last.basis
    np.testing.assert_allclose(last.points, expected, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(last.basis.T @ last.basis, np.eye(2), atol=1e-5)
    variance = features.var(0).sum()
    share = last.points.var(0).sum() / variance
    assert last.scalars.explained_variance == pytest.approx(share, rel=1e-3)


def test_keyframes_hold_every_digit_and_others_those_that_were_trained_on(digits):
    _, frames = run(digits, every=2)
    keyframes = [f.step for f in frames if f.scalars.keyframe]
    assert keyframes == [0, 6, STEPS]
    learner = Learner(settings(), digits, torch.device("cpu"))
    batches = [learner.step() for _ in range(STEPS)]
    frame = frames[1]
    assert frame.step == 2
    trained = torch.cat([batch.digits for batch in batches[:2]]).numpy()
    assert set(digits.displayed[frame.ids]) == set(trained)
    where = {int(d): f for b in batches[:2] for d, f in zip(b.digits, b.features, strict=True)}
    for digit, point in zip(digits.displayed[frame.ids], frame.points, strict=True):
        np.testing.assert_array_equal(point, where[int(digit)].numpy())


def test_a_frame_reports_the_mean_losses_and_accuracy_since_the_last(digits):
    _, frames = run(digits, every=3)
    learner = Learner(settings(), digits, torch.device("cpu"))
    batches = [learner.step() for _ in range(6)][3:]
    numbers = frames[2].scalars
    assert numbers.step == 6
    mean = np.mean([batch.losses.numpy() for batch in batches], axis=0)
    reported = (numbers.total, numbers.classification, numbers.likelihood)
    np.testing.assert_allclose(reported, mean, rtol=1e-6)
    labels = torch.from_numpy(digits.train_labels)
    right = [(b.logits.argmax(1) == labels[b.digits]).float().mean().item() for b in batches]
    assert numbers.train_accuracy == pytest.approx(np.mean(right))


def test_the_margins_schedule_is_seen_in_the_frames(digits):
    values = {"alpha": 0.3, "margin_schedule": "stepped", "epochs": 4}
    _, frames = run(digits, every=1, **values)
    margins = {f.step: f.scalars.alpha for f in frames}
    for step, margin in margins.items():
        quarter = 4 * step // (4 * STEPS)
        assert margin == min(0.3, 0.1 * 2**quarter) == margin_at("stepped", 0.3, step / STEPS, 4)
    assert sorted(set(margins.values())) == [0.1, 0.2, 0.3]


@pytest.mark.parametrize("loss", ["softmax", "lgm"])
def test_the_result_is_that_of_the_weights_on_all_test_digits(digits, loss):
    trainer, frames = run(digits, loss=loss, epochs=2)
    result = trainer.result()
    fresh = Trainer(settings(loss=loss, seed=1), digits)
    weights = trainer.state_dict()
    for part, module in (("network.", fresh.network), ("loss.", fresh.loss)):
        mine = {n.removeprefix(part): t for n, t in weights.items() if n.startswith(part)}
        module.load_state_dict(mine)
    features = torch.from_numpy(features_of(fresh, digits.test_images))
    labels = torch.from_numpy(digits.test_labels)
    with torch.inference_mode():
        right = fresh.loss.logits(features).argmax(1) == labels
        assert result["test_accuracy"] == pytest.approx(right.double().mean().item(), abs=1 / 300)
        if loss == "lgm":
            own = fresh.loss.log_likelihood(features).gather(1, labels[:, None])
            assert result["test_log_likelihood"] == pytest.approx(own.mean().item(), rel=1e-4)
        else:
            assert result["test_log_likelihood"] is None
    assert result["steps"] == 2 * STEPS
    assert result["train_seconds"] == pytest.approx(trainer.seconds, abs=1e-3)
    images = 2 * STEPS * BATCH
    assert result["images_per_second"] == pytest.approx(images / trainer.seconds, rel=1e-3)
    assert frames[-1].scalars.test_accuracy == result["test_accuracy"]
    assert not result["stopped"]


@pytest.mark.parametrize("knob", ["alpha", "lambda", "learning_rate"])
def test_diverged_training_stops_and_names_the_knob_that_stands_out(digits, knob):
    high = {"alpha": 3.0, "lambda": 2.0, "learning_rate": 0.05}[knob]
    trainer = Trainer(settings(**{knob: high}), digits)
    frames = trainer.run(pace=StepPace(1, 1))
    kept = [next(frames) for _ in range(3)]
    with torch.no_grad():
        next(trainer.network.parameters()).fill_(math.inf)
    with pytest.raises(Diverged, match=r"diverged at step 3: .*finite") as stopped:
        next(frames)
    title = Knobs.model_fields["lambda_" if knob == "lambda" else knob].title
    assert f"Lower the {title} (now {high:g}; " in str(stopped.value)
    assert all(np.isfinite(frame.points).all() for frame in kept)
    assert trainer.result()["steps"] == 3
    assert list(frames) == []
