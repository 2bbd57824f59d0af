from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from lgm_core.data import Dataset, load
from lgm_core.losses import margin_at
from lgm_core.networks.digits import normalise
from lgm_core.training.controls import Command, ControlsClosed, QueueControls
from lgm_core.training.evaluation import TEST_SHARE, RollingTest
from lgm_core.training.frame import Frame, encode
from lgm_core.training.learner import Learner
from lgm_core.training.loop import Diverged, Trainer, train
from lgm_core.training.pace import StepPace
from lgm_core.training.settings import Knobs, TrainSettings

BATCH = 64
STEPS = 600 // BATCH


@pytest.fixture(scope="module")
def digits() -> Dataset:
    """A part of the bundled digits, so that an epoch takes a moment."""
    whole = load("bundled")
    return Dataset(
        "bundled",
        whole.train_images[:600],
        whole.train_labels[:600],
        whole.test_images[:300],
        whole.test_labels[:300],
        whole.class_names,
    )


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Two threads would wait for each other at every layer where a machine is busy."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def settings(**values: object) -> TrainSettings:
    return TrainSettings.model_validate({"epochs": 1, "batch_size": BATCH} | values)


def run(digits: Dataset, every: int = 2, **values: object) -> tuple[Trainer, list[Frame]]:
    trainer = Trainer(settings(**values), digits)
    return trainer, list(trainer.run(pace=StepPace(every, 3 * every)))


def features_of(trainer: Trainer, images: np.ndarray) -> np.ndarray:
    """Longhand: pixels in units of white, standardised, through the network, in one batch."""
    scaled = (torch.from_numpy(images).float()[:, None] / 255 - 0.1307) / 0.3081
    with torch.inference_mode():
        return trainer.network(scaled).numpy()


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
    there, back = Command(knobs={"alpha": 3.0}), Command(knobs={"alpha": 1.0})
    _, turned, _ = steered(digits, [], [there, back])
    _, plain, _ = steered(digits)
    assert encode(turned[-1]) == encode(plain[-1])


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
    share = seen / (100 * BATCH)
    assert share <= TEST_SHARE <= share + 128 / (100 * BATCH)
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


def test_digits_reach_the_network_standardised(digits):
    images = torch.from_numpy(digits.test_images[:8])
    expected = (images.double() / 255 - 0.1307) / 0.3081
    torch.testing.assert_close(normalise(images)[:, 0].double(), expected, rtol=1e-5, atol=1e-6)
