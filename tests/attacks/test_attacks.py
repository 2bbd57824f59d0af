"""What the attacks promise, on small trained models; every attack within its ball."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from lgm_core.attacks import AttackResult, adaptive_pgd, bim, fgsm, pgd
from lgm_core.detection.curves import threshold
from lgm_core.detection.scores import LogLikelihood, max_probability
from lgm_core.networks.classifier import Classifier

COUNT = 30
LINF = {"fgsm": fgsm, "bim": bim, "pgd": pgd}
EVERY = {
    **LINF,
    "pgd-l2": lambda *batch, **options: pgd(*batch, norm="l2", **options),
    "adaptive": lambda *batch, **options: adaptive_pgd(
        *batch, score=max_probability, steps=5, **options
    ),
}


@pytest.fixture
def batch(digits: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    return digits[0][:COUNT], digits[1][:COUNT]


@pytest.fixture
def few(batch: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    """Where nothing is counted."""
    return batch[0][:5], batch[1][:5]


def clean_errors(model: Classifier, images: Tensor, labels: Tensor) -> Tensor:
    return model(images).argmax(1) != labels


@pytest.mark.parametrize("name", EVERY)
def test_success_grows_with_epsilon_and_the_ball_holds(model, batch, name):
    epsilons = (0.0, 0.5, 1.5, 4.0) if name == "pgd-l2" else (0.0, 0.05, 0.1, 0.3)
    rates = []
    for epsilon in epsilons:
        found = EVERY[name](model, *batch, epsilon=epsilon)
        size = found.l2 if name == "pgd-l2" else found.linf
        assert float(size.max()) <= epsilon
        assert float(found.images.min()) >= 0.0
        assert float(found.images.max()) <= 1.0
        rates.append(float(found.success.float().mean()))
    assert rates == sorted(rates)
    assert rates[-1] > rates[0] + 0.4


@pytest.mark.parametrize("name", EVERY)
def test_epsilon_0_changes_nothing(model, batch, name):
    found = EVERY[name](model, *batch, epsilon=0.0)
    assert torch.equal(found.images, batch[0])
    assert torch.equal(found.success, clean_errors(model, *batch))
    assert found.success.any()
    assert not found.success.all()


@pytest.mark.parametrize("name", EVERY)
def test_features_logits_and_path_belong_to_the_pictures(model, batch, name):
    images, labels = batch
    found: AttackResult = EVERY[name](model, images, labels, epsilon=0.2)
    steps = {"fgsm": 1, "bim": 10, "adaptive": 5}.get(name, 20)
    assert found.path.shape == (steps + 1, COUNT, 8)
    assert torch.equal(found.path[-1], found.features)
    features = model.features(found.images)
    torch.testing.assert_close(found.features, features, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(found.logits, model.loss.logits(features), rtol=1e-4, atol=1e-3)
    assert torch.equal(found.predicted, found.logits.argmax(1))
    assert torch.equal(found.success, found.predicted != labels)
    if not name.startswith("pgd"):
        torch.testing.assert_close(found.path[0], model.features(images), rtol=1e-4, atol=1e-4)
    assert not any(part.requires_grad for part in (found.images, found.features, found.logits))


def test_the_path_starts_where_the_random_start_lies(model, batch):
    images, labels = batch
    found = pgd(model, images, labels, epsilon=0.3, steps=2, step_size=0.0)
    # Steps of no length stay at the start.
    assert (found.images - images).abs().max() > 0.2
    for features in found.path:
        torch.testing.assert_close(features, model.features(found.images), rtol=1e-4, atol=1e-4)
    assert (found.path[0] - model.features(images)).abs().max() > 0.1


@pytest.mark.parametrize("name", LINF)
def test_a_target_is_reached_more_often_than_by_chance(model, batch, name):
    images, labels = batch
    targets = (labels + 1) % 10
    found = LINF[name](model, images, labels, epsilon=0.3, targets=targets)
    assert torch.equal(found.success, found.predicted == targets)
    before = model(images).argmax(1) == targets
    assert found.success.sum() > before.sum() + (5 if name == "fgsm" else 25)
    nearer = cross_entropy(found.logits, targets) < cross_entropy(model(images), targets)
    assert nearer


def test_a_target_that_is_the_true_class_mends_errors(model, batch):
    images, labels = batch
    found = pgd(model, images, labels, epsilon=0.2, targets=labels)
    assert found.success.all()
    assert clean_errors(model, images, labels).any()


def test_restarts_never_lose_a_success(model, batch):
    images, labels = batch
    for targets in (None, (labels + 1) % 10):
        before = torch.zeros(COUNT, dtype=torch.bool)
        for restarts in (1, 2, 4):
            found = pgd(
                model,
                images,
                labels,
                epsilon=0.07,
                step_size=0.02,
                steps=4,
                targets=targets,
                restarts=restarts,
            )
            assert not (before & ~found.success).any()
            before = found.success
            # Each digit brings all of its own from the climb that it keeps.
            torch.testing.assert_close(
                found.features, model.features(found.images), rtol=1e-4, atol=1e-4
            )
            assert torch.equal(found.path[-1], found.features)


def test_among_restarts_the_higher_loss_is_kept(model, batch):
    images, labels = batch
    options = {"epsilon": 0.02, "steps": 2}
    one, four = (pgd(model, images, labels, restarts=n, **options) for n in (1, 4))
    same = one.success == four.success
    losses = [cross_entropy(found.logits, labels, reduction="none") for found in (one, four)]
    assert (losses[1] >= losses[0])[same].all()
    assert (losses[1] > losses[0])[same].any()


def test_the_seed_decides(model, batch):
    one, again, other = (pgd(model, *batch, epsilon=0.1, steps=5, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(one.images, again.images)
    assert torch.equal(one.path, again.path)
    assert not torch.equal(one.images, other.images)


@pytest.mark.parametrize(
    ("attack", "options", "total"),
    [
        (bim, {"steps": 3}, 3),
        (pgd, {"steps": 3, "restarts": 2}, 6),
        (adaptive_pgd, {"steps": 3, "classes": 2, "score": max_probability}, 6),
        (adaptive_pgd, {"steps": 2, "classes": 2, "restarts": 2, "score": max_probability}, 8),
    ],
)
def test_progress_is_told_and_may_break_off(lgm, few, attack, options, total):
    calls: list[tuple[int, int]] = []
    attack(lgm, *few, epsilon=0.1, progress=lambda *c: calls.append(c), **options)
    assert calls == [(done + 1, total) for done in range(total)]

    def stop(done: int, _: int) -> None:
        if done == 2:
            raise InterruptedError("enough")

    with pytest.raises(InterruptedError, match="enough"):
        attack(lgm, *few, epsilon=0.1, progress=stop, **options)


def test_a_model_that_takes_everything_for_something_else(model, few):
    images, _ = few
    wrong = (model(images).argmax(1) + 1) % 10
    for name, attack in EVERY.items():
        found = attack(model, images, wrong, epsilon=0.0)
        assert found.success.all(), name


def test_the_model_is_left_as_it_was(model, few):
    before = {name: value.clone() for name, value in model.state_dict().items()}
    for attack in EVERY.values():
        attack(model, *few, epsilon=0.1)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert not any(p.requires_grad or p.grad is not None for p in model.parameters())
    assert not model.training


def undetected(found: AttackResult, score: LogLikelihood, least: float) -> Tensor:
    return found.success & (score(found.features, found.logits) >= least)


@pytest.mark.parametrize("epsilon", [0.1, 0.2])
def test_who_knows_the_detector_slips_past_it_more_often(lgm, digits, batch, epsilon):
    score = LogLikelihood(lgm.loss)
    normal: np.ndarray = score(*lgm.look(digits[0])).numpy()
    least = threshold(normal, false_alarms=0.05)
    plain = pgd(lgm, *batch, epsilon=epsilon, steps=20)
    adaptive = adaptive_pgd(lgm, *batch, epsilon=epsilon, steps=20, score=score)
    found = [int(undetected(each, score, least).sum()) for each in (plain, adaptive)]
    assert found[1] >= found[0]
    assert found[1] > 8


def test_the_adaptive_attack_keeps_the_best_of_all_pictures_on_its_way(lgm, batch):
    images, labels = batch
    score = LogLikelihood(lgm.loss)
    seen: list[Tensor] = []

    def noting(features: Tensor, logits: Tensor) -> Tensor:
        value = score(features, logits)
        if not value.requires_grad:
            seen.append(torch.where(logits.argmax(1) != labels, value, -math.inf))
        return value

    found = adaptive_pgd(lgm, images, labels, epsilon=0.2, score=noting, steps=6, classes=2)
    best = torch.stack(seen).amax(0)
    kept = torch.where(found.success, score(found.features, found.logits), -math.inf)
    assert torch.equal(kept, best)
    assert found.success.sum() > 10
    # From the best picture on, the path stays.
    assert (found.path[-2] == found.path[-1]).all(1).any()


@pytest.mark.parametrize("weight", [0.0, 0.5, math.inf])
def test_any_weight_of_the_score(lgm, batch, weight):
    score = LogLikelihood(lgm.loss)
    found = adaptive_pgd(lgm, *batch, epsilon=0.2, score=score, weight=weight, steps=10)
    assert found.features.isfinite().all()
    assert found.success.sum() >= clean_errors(lgm, *batch).sum()
    if weight < math.inf:
        assert found.success.sum() > 20


def test_more_classes_never_lose_a_success(lgm, batch):
    score = LogLikelihood(lgm.loss)
    options = {"epsilon": 0.08, "score": score, "steps": 4}
    one, all_of_them = (adaptive_pgd(lgm, *batch, classes=n, **options) for n in (1, 10))
    assert not (one.success & ~all_of_them.success).any()


GOOD = torch.zeros(2, 1, 28, 28)
LABELS = torch.tensor([0, 9])


@pytest.mark.parametrize("attack", [fgsm, bim, pgd, EVERY["adaptive"]])
@pytest.mark.parametrize(
    ("images", "labels", "epsilon", "message"),
    [
        (torch.full_like(GOOD, math.nan), LABELS, 0.1, "pixels go from nan to nan; allowed: 0 to"),
        (GOOD - 0.5, LABELS, 0.1, "pixels go from -0.5 to -0.5; allowed: 0 to 1"),
        (GOOD + 255, LABELS, 0.1, "pixels go from 255 to 255; allowed: 0 to 1"),
        (GOOD.to(torch.uint8), LABELS, 0.1, "images are torch.uint8; allowed: torch.float32"),
        (GOOD[:, 0], LABELS, 0.1, r"images are \[2, 28, 28\]; allowed: \[N, 1, H, W\], N >= 1"),
        (GOOD[:0], LABELS[:0], 0.1, r"images are \[0, 1, 28, 28\]; allowed: .*N >= 1"),
        (GOOD, LABELS[:1], 0.1, r"labels are \[1\] torch.int64; allowed: \[2\] torch.int64"),
        (GOOD, LABELS.float(), 0.1, r"labels are \[2\] torch.float32; allowed: \[2\] torch.int64"),
        (GOOD, torch.tensor([0, 10]), 0.1, "one of the labels is 10; allowed: 0 to 9"),
        (GOOD, torch.tensor([-1, 0]), 0.1, "one of the labels is -1; allowed: 0 to 9"),
        (GOOD, LABELS, -0.1, "epsilon is -0.1; allowed: 0 or more"),
        (GOOD, LABELS, math.inf, "epsilon is inf; allowed: 0 or more"),
        (GOOD, LABELS, math.nan, "epsilon is nan; allowed: 0 or more"),
    ],
)
def test_a_bad_picture_label_or_epsilon_is_named(lgm, attack, images, labels, epsilon, message):
    with pytest.raises(ValueError, match=message):
        attack(lgm, images, labels, epsilon=epsilon)


@pytest.mark.parametrize(
    ("attack", "options", "message"),
    [
        (bim, {"steps": 0}, "steps is 0; allowed: 1 to 1000"),
        (bim, {"steps": 1001}, "steps is 1001; allowed: 1 to 1000"),
        (bim, {"step_size": -0.1}, "step_size is -0.1; allowed: 0 or more"),
        (pgd, {"steps": 0}, "steps is 0; allowed: 1 to 1000"),
        (pgd, {"steps": 1001}, "steps is 1001; allowed: 1 to 1000"),
        (pgd, {"step_size": math.nan}, "step_size is nan; allowed: 0 or more"),
        (pgd, {"restarts": 0}, "restarts is 0; allowed: 1 to 100"),
        (pgd, {"restarts": 101}, "restarts is 101; allowed: 1 to 100"),
        (pgd, {"restarts": 2, "random_start": False}, "restarts is 2 without a random start"),
        (pgd, {"norm": "l1"}, "norm is 'l1'; allowed: linf, l2"),
        (pgd, {"targets": torch.tensor([0, 10])}, "one of the targets is 10; allowed: 0 to 9"),
        (fgsm, {"targets": torch.tensor([0])}, r"targets are \[1\] torch.int64; allowed: \[2\]"),
        (adaptive_pgd, {"score": max_probability, "steps": 1001}, "steps is 1001; allowed: 1 to"),
        (adaptive_pgd, {"score": max_probability, "weight": -1}, "weight is -1; allowed: 0 or"),
        (adaptive_pgd, {"score": max_probability, "weight": math.nan}, "weight is nan; allowed"),
        (adaptive_pgd, {"score": max_probability, "classes": 0}, "classes is 0; allowed: 1 to 10"),
        (adaptive_pgd, {"score": max_probability, "classes": 11}, "classes is 11; allowed: 1 to"),
    ],
)
def test_a_bad_option_is_named(lgm, attack, options, message):
    with pytest.raises(ValueError, match=message):
        attack(lgm, GOOD, LABELS, epsilon=0.1, **options)
