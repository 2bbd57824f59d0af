"""What an alignment run shows and leaves: repeatable, on people never seen, and steerable."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from torch import Tensor

from lgm_core.alignment import warp
from lgm_core.alignment.disturb import disturbed
from lgm_core.alignment.frame import decode, encode
from lgm_core.alignment.loop import align
from lgm_core.data.people import split_people
from lgm_core.training.controls import Command, QueueControls
from lgm_core.training.loop import Diverged
from tests.alignment.longhand import NAMES
from tests.alignment.small import STEPS, few_people, make, run, settings

FIGURES = {
    "misalignment_before",
    "misalignment_after",
    "sharpness_before",
    "sharpness_after",
    "verification_auroc",
    "verification_accuracy",
    "verification_accuracy_error",
    "eer",
    "threshold",
    "train_seconds",
}
PLAY, PAUSE, STEP, STOP = (Command(action=a) for a in ("play", "pause", "step", "stop"))


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Tensor, Tensor]]:
    """Faces and their disturbed pictures of every training step, as they are made."""
    made: list[tuple[Tensor, Tensor]] = []

    def watched(faces: Tensor, *others: Tensor, **options: object) -> Tensor:
        pictures = disturbed(faces, *others, **options)  # type: ignore[arg-type]
        made.append((faces, pictures))
        return pictures

    monkeypatch.setattr("lgm_core.alignment.learner.disturbed", watched)
    return made


@pytest.mark.parametrize("transform", ["none", *NAMES])
def test_there_is_a_frame_a_step_and_the_first_has_pictures_and_people(transform):
    trainer, frames = run(transform=transform, stages=2)
    assert [frame.step for frame in frames] == list(range(STEPS + 1))
    assert frames[0].opening.pictures.shape == (8, 48, 48)
    assert frames[0].opening.people.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert frames[0].opening.straight.shape == (8, 64, 64)
    assert all(frame.opening is None for frame in frames[1:])
    assert all(frame.closing is None for frame in frames[:-1])
    assert frames[-1].closing.examined.shape == (8, 48, 48)
    assert frames[-1].closing.scores.shape[-1] == 8 * 7 // 2
    assert {frame.theta.shape[:2] for frame in frames} == {(0 if transform == "none" else 2, 8)}
    for frame in frames:
        back = decode(encode(frame, seconds=1.0))
        np.testing.assert_array_equal(back.theta, frame.theta)
        assert back.scalars == frame.scalars
    if transform == "none":
        assert len({frame.scalars.misalignment for frame in frames}) == 1
    else:
        identity = trainer.learner.transformer.family.identity().numpy()
        np.testing.assert_array_equal(
            frames[0].theta, np.broadcast_to(identity, frames[0].theta.shape)
        )
        assert not np.array_equal(frames[-1].theta, frames[0].theta)


@pytest.mark.parametrize("loss", ["softmax", "lgm"])
@pytest.mark.parametrize("transform", ["none", "affine"])
def test_the_same_settings_give_the_same_frames_to_the_bit(transform, loss):
    torch.manual_seed(1)
    trainer, first = run(transform=transform, loss=loss)
    torch.manual_seed(2)  # the world's random numbers have no say
    again, frames = run(transform=transform, loss=loss)
    assert [encode(frame) for frame in frames] == [encode(frame) for frame in first]
    one, other = trainer.state_dict(), again.state_dict()
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_the_worlds_random_numbers_are_left_alone():
    before = torch.get_rng_state()
    trainer, _ = run(loss="lgm")
    trainer.result()
    assert torch.equal(torch.get_rng_state(), before)


def test_another_seed_gives_another_run():
    (_, first), (_, other) = run(seed=0), run(seed=1)
    assert not np.array_equal(first[0].opening.pictures, other[0].opening.pictures)


@pytest.mark.parametrize("other", [{"transform": "tps"}, {"loss": "lgm", "stages": 2}])
def test_runs_begin_with_the_same_network_and_see_the_same_batches(batches, other):
    none, another = make(transform="none"), make(**{"transform": "affine"} | other)
    names = ["network."] if "loss" in other else ["network.", "loss."]
    mine, yours = none.state_dict(), another.state_dict()
    shared = [name for name in mine if name.startswith(tuple(names))]
    assert len(shared) >= 8
    assert all(torch.equal(mine[name], yours[name]) for name in shared)
    first, second = next(none.run()), next(another.run())
    np.testing.assert_array_equal(first.opening.pictures, second.opening.pictures)
    list(none.run())
    seen = batches.copy()
    batches.clear()
    list(another.run())
    assert len(seen) == len(batches) == STEPS
    for (_, one), (_, two) in zip(seen, batches, strict=True):
        assert torch.equal(one, two)
    assert not torch.equal(seen[0][1], seen[1][1])


def test_people_that_are_examined_are_never_trained_on(batches):
    people = few_people()
    train, test = split_people(people, seed=3)
    trainer, _ = run(seed=3, steps=12, batch_size=16)
    whole = torch.tensor(people.images)
    trained = {face.tobytes() for face in whole[torch.from_numpy(train)].numpy()}
    seen = {
        face.tobytes()
        for faces, _ in batches
        for face in (255 * faces[:, 0]).round().to(torch.uint8).numpy()
    }
    assert seen == trained  # 192 draws of 24 pictures: each came
    assert trainer.examination.people.tolist() == people.people[test].tolist()
    assert not set(people.people[train].tolist()) & set(people.people[test].tolist())


@pytest.mark.parametrize("transform", ["none", "projective"])
def test_the_result_has_every_figure_and_all_are_finite(transform):
    trainer, _ = run(transform=transform)
    result = trainer.result()
    assert set(result) >= FIGURES
    assert all(math.isfinite(result[name]) for name in FIGURES)
    assert (result["steps"], result["stopped"]) == (STEPS, False)
    same = result["misalignment_after"] == result["misalignment_before"]
    assert same == (transform == "none")


@pytest.mark.parametrize("transform", ["none", "affine"])
def test_the_weights_load_back(transform):
    trainer, frames = run(transform=transform)
    fresh = make(transform=transform, seed=0)
    weights = trainer.state_dict()
    parts = {"network": fresh.learner.network, "loss": fresh.learner.loss}
    if transform != "none":
        parts["transformer"] = fresh.learner.transformer
    assert {name.split(".")[0] for name in weights} == set(parts)
    for part, module in parts.items():
        own = {
            n.removeprefix(f"{part}."): t for n, t in weights.items() if n.startswith(f"{part}.")
        }
        module.load_state_dict(own)
    mine, yours = trainer.result(), fresh.result()
    assert {n: mine[n] for n in FIGURES - {"train_seconds"}} == {
        n: yours[n] for n in FIGURES - {"train_seconds"}
    }
    np.testing.assert_array_equal(next(fresh.run()).theta, frames[-1].theta)


def test_a_paused_run_steps_and_plays_and_turned_knobs_are_seen():
    trainer, controls = make(), QueueControls()
    frames = trainer.run(controls, paused=True)
    assert next(frames).step == 0
    controls.give(STEP)
    assert next(frames).step == 1
    controls.give(Command(knobs={"alpha": 0.7, "learning_rate": 0.01}))
    turned = next(frames)
    assert (turned.step, turned.scalars.alpha, turned.scalars.learning_rate) == (1, 0.7, 0.01)
    controls.give(PLAY)
    assert [frame.step for frame in frames] == [2, 3]
    assert not trainer.stopped


def test_a_pause_waits_and_says_so():
    trainer, controls, told = make(), QueueControls(), []

    def idle(waits: bool) -> None:
        told.append(waits)
        if waits:
            controls.give(PLAY)

    trainer.on_idle = idle
    frames = trainer.run(controls)
    next(frames)
    controls.give(PAUSE)
    assert [frame.step for frame in frames] == [1, 2, 3]
    assert told == [True, False]


def test_a_stopped_run_keeps_what_it_has():
    trainer, controls = make(steps=50), QueueControls()
    frames = trainer.run(controls)
    kept = list(itertools.islice(frames, 3))
    controls.give(STOP)
    (last,) = frames
    assert [frame.step for frame in (*kept, last)] == [0, 1, 2, 2]
    assert last.closing is not None
    result = trainer.result()
    assert (result["steps"], result["stopped"]) == (2, True)
    assert all(math.isfinite(result[name]) for name in FIGURES)


def test_a_run_can_be_had_without_a_trainer():
    frames = list(align(settings(), people=few_people()))
    assert [encode(f) for f in frames] == [encode(f) for f in run()[1]]


@pytest.fixture
def only_finite_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """torch's gradient of a picture sampled at NaN, with its edge outside, ends the process."""
    real = warp.grid_sample

    def guarded(images: Tensor, grid: Tensor, **options: object) -> Tensor:
        assert bool(grid.isfinite().all()), "sampled at NaN: torch would crash"
        return real(images, grid, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(warp, "grid_sample", guarded)


@pytest.mark.usefixtures("only_finite_places")
@pytest.mark.parametrize("part", ["network", "loss", "transformer"])
def test_numbers_that_are_no_longer_finite_end_the_run_in_words(part):
    trainer = make(learning_rate=0.05, loss="lgm")
    frames = trainer.run()
    kept = [next(frames) for _ in range(2)]
    with torch.no_grad():
        for parameter in getattr(trainer.learner, part).parameters():
            parameter.fill_(math.nan)
    sentence = (
        "Training diverged at step 2: the numbers are no longer finite. "
        "Lower the learning rate (now 0.05) and start again."
    )
    with pytest.raises(Diverged) as stopped:
        next(frames)
    assert str(stopped.value) == sentence
    assert all(np.isfinite(frame.theta).all() for frame in kept)


@pytest.mark.parametrize("transform", ["affine", "tps"])
def test_the_highest_rates_end_in_order(transform):
    values = {"learning_rate": 0.1, "localiser_rate": 0.1, "decay": "none", "stages": 2}
    trainer = make(transform=transform, steps=6, **values)
    try:
        for frame in trainer.run():
            assert math.isfinite(frame.scalars.misalignment)
        assert all(math.isfinite(trainer.result()[name]) for name in FIGURES)
    except Diverged as end:
        assert "Lower the learning rate" in str(end)
