"""DeepFool and Carlini-Wagner through adversarial-robustness-toolbox."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
import torch
from art.attacks.evasion import DeepFool
from torch import Tensor

from lgm_core.attacks import AttackResult, carlini_wagner, deepfool, pgd
from lgm_core.attacks.toolbox import PATH_LENGTH
from lgm_core.networks.classifier import Classifier

COUNT = 8
BOTH = pytest.mark.parametrize("attack", [deepfool, carlini_wagner])
#: Fewer than by default, for these few digits enough.
QUICK = {"deepfool": {}, "carlini_wagner": {"steps": 6, "search_steps": 3}}


@pytest.fixture
def batch(digits: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    return digits[0][:COUNT], digits[1][:COUNT]


@pytest.fixture(scope="session")
def found(models, digits) -> dict[tuple[str, str], AttackResult]:
    """Without a limit, by attack and loss."""
    images, labels = digits[0][:COUNT], digits[1][:COUNT]
    return {
        (attack.__name__, loss): attack(
            model, images, labels, epsilon=math.inf, **QUICK[attack.__name__]
        )
        for attack in (deepfool, carlini_wagner)
        for loss, model in models.items()
    }


@pytest.mark.parametrize("loss", ["lgm", "softmax"])
@BOTH
def test_every_digit_is_fooled_by_less_than_pgd_needs(models, batch, found, attack, loss):
    mine = found[attack.__name__, loss]
    assert mine.success.all()
    changed = mine.l2 > 0
    assert changed.sum() > COUNT / 2
    # PGD uses up its whole ball, which has to be this large to fool every digit.
    epsilon = float(mine.l2.median())
    assert not pgd(models[loss], *batch, epsilon=epsilon, norm="l2").success.all()
    other = pgd(models[loss], *batch, epsilon=5.0, norm="l2", steps=40)
    assert other.success.all()
    assert mine.l2.mean() < other.l2.mean() / 1.5
    assert float(mine.images.min()) >= 0.0
    assert float(mine.images.max()) <= 1.0


@pytest.mark.parametrize("loss", ["lgm", "softmax"])
@BOTH
def test_features_logits_and_the_straight_path(models, batch, found, attack, loss):
    model: Classifier = models[loss]
    mine = found[attack.__name__, loss]
    assert mine.path.shape == (PATH_LENGTH, COUNT, 8)
    assert torch.equal(mine.path[-1], mine.features)
    for i in range(PATH_LENGTH):
        between = batch[0] + (mine.images - batch[0]) * (i / 20)
        features = model.features(between)
        torch.testing.assert_close(mine.path[i], features, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(mine.logits, model(mine.images), rtol=1e-4, atol=1e-3)
    # Numbers that autograd may go on with.
    assert not any(part.is_inference() for part in (mine.images, mine.features, mine.logits))


@BOTH
def test_a_longer_change_is_brought_back_to_epsilon(lgm, batch, found, attack):
    free = found[attack.__name__, "lgm"]
    epsilon = 1.01 * float(free.l2.median())
    held = attack(lgm, *batch, epsilon=epsilon, **QUICK[attack.__name__])
    assert float(held.l2.max()) <= epsilon
    within = free.l2 <= epsilon
    assert torch.equal(held.images[within], free.images[within])
    assert held.l2[~within] == pytest.approx(epsilon, rel=1e-4)
    assert held.success.sum() < COUNT
    nothing = attack(lgm, batch[0][:1], batch[1][:1], epsilon=0.0, **QUICK[attack.__name__])
    assert torch.equal(nothing.images, batch[0][:1])


@BOTH
def test_a_digit_that_is_wrong_already_stays_clean(lgm, batch, attack):
    images, labels = batch
    wrong = labels.clone()
    wrong[:2] = (lgm(images[:2]).argmax(1) + 1) % 10
    result = attack(lgm, images[:4], wrong[:4], epsilon=math.inf, **QUICK[attack.__name__])
    assert torch.equal(result.images[:2], images[:2])
    assert (result.l2[2:] > 0).all()
    assert result.success.all()
    nothing_to_do = attack(lgm, images[:2], wrong[:2], epsilon=math.inf)
    assert torch.equal(nothing_to_do.images, images[:2])


def test_a_confident_attack_leads_by_more(lgm, batch, found):
    images, labels = batch
    sure = carlini_wagner(
        lgm, images, labels, epsilon=math.inf, confidence=3.0, **QUICK["carlini_wagner"]
    )
    lead = sure.logits.scatter(1, labels[:, None], -math.inf).amax(1)
    lead = lead - sure.logits.gather(1, labels[:, None])[:, 0]
    changed = sure.l2 > 0
    assert changed.sum() > COUNT / 2
    assert lead[changed].min() >= 3.0 - 1e-3
    before = found["carlini_wagner", "lgm"]
    assert (sure.l2 > before.l2)[changed].all()


def test_pictures_that_are_no_numbers_give_way_to_the_clean_ones(lgm, batch, monkeypatch):
    images, labels = batch

    def broken(self, x, y=None):
        x = x.copy()
        x[0, 0, 3, 3] = math.nan
        x[1:] += 7.0
        return x

    monkeypatch.setattr(DeepFool, "generate", broken)
    right = lgm(images).argmax(1) == labels
    first = int(right.int().argmax())
    for epsilon in (1.0, math.inf):
        result = deepfool(lgm, images, labels, epsilon=epsilon)
        assert torch.equal(result.images[first], images[first])
        assert result.images.isfinite().all()
        assert float(result.images.max()) <= 1.0


@pytest.mark.parametrize(("attack", "size"), [(deepfool, 32), (carlini_wagner, 64)])
def test_progress_is_told_and_may_break_off(lgm, digits, attack, size, capfd):
    images, labels = digits[0][:70], digits[1][:70]
    calls: list[tuple[int, int]] = []
    options = {"steps": 1} | ({"search_steps": 1} if attack is carlini_wagner else {})
    attack(lgm, images, labels, epsilon=1.0, progress=lambda *call: calls.append(call), **options)
    assert list(dict.fromkeys(calls)) == [(min(done, 70), 70) for done in range(0, 70 + size, size)]
    assert calls.count((0, 70)) > 1  # within a batch too: cancelling does not wait for its end
    assert not lgm._forward_pre_hooks
    assert "".join(capfd.readouterr()) == ""

    def stop(done: int, total: int) -> None:
        raise InterruptedError(f"enough after {done}")

    with pytest.raises(InterruptedError, match="enough after 0"):
        attack(lgm, images, labels, epsilon=1.0, progress=stop, **options)
    assert not lgm._forward_pre_hooks


@BOTH
def test_the_model_is_left_as_it_was(models, found, attack):
    for model in models.values():
        assert not model.training
        assert not any(module.training for module in model.modules())
        assert not any(p.requires_grad or p.grad is not None for p in model.parameters())


@BOTH
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epsilon": -1.0}, "epsilon is -1.0; allowed: 0 or more"),
        ({"epsilon": math.nan}, "epsilon is nan; allowed: 0 or more"),
        ({"epsilon": 1.0, "steps": 0}, "steps is 0; allowed: 1 to 1000"),
        ({"epsilon": 1.0, "steps": 1001}, "steps is 1001; allowed: 1 to 1000"),
        ({"epsilon": 1.0, "labels": torch.tensor([10])}, "one of the labels is 10; allowed: 0 to"),
        ({"epsilon": 1.0, "images": torch.full((1, 1, 28, 28), math.nan)}, "pixels go from nan"),
    ],
)
def test_a_bad_value_is_named(lgm, attack, options, message):
    options = {"images": torch.zeros(1, 1, 28, 28), "labels": torch.tensor([0])} | options
    with pytest.raises(ValueError, match=message):
        attack(lgm, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"confidence": -1.0}, "confidence is -1.0; allowed: 0 or more"),
        ({"search_steps": 0}, "search_steps is 0; allowed: 1 to 20"),
        ({"search_steps": 21}, "search_steps is 21; allowed: 1 to 20"),
    ],
)
def test_a_bad_option_of_carlini_wagner_is_named(lgm, batch, options, message):
    with pytest.raises(ValueError, match=message):
        carlini_wagner(lgm, *batch, epsilon=1.0, **options)


def test_the_toolbox_is_imported_at_the_first_attack_only():
    script = (
        "import sys, lgm_core.attacks\n"
        "from lgm_core.attacks import carlini_wagner, deepfool\n"
        "assert 'torch' in sys.modules and 'art' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120)
