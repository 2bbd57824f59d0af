"""One model, clean digits and strange inputs."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch

from lgm_core.data import Dataset, load
from lgm_core.detection.scores import max_probability
from lgm_core.detection.settings import DetectSettings, lane
from lgm_core.detection.study import Subject, attack, study
from lgm_core.losses import make_loss
from lgm_core.networks.classifier import Classifier
from lgm_core.networks.digits import make_network
from lgm_core.training.settings import SettingsError, parse
from tests.detection.asking import COUNT, D, ask

STRANGE = ["noise", "gaussian", "rotated", "inverted", "occluded", "faces"]
SCORES = {"log_likelihood", "mixture", "max_probability", "energy", "mahalanobis", "kde"}


def assert_plain(value: object) -> None:
    """Only what JSON has, and every number finite."""
    if isinstance(value, dict):
        assert all(type(key) is str for key in value)
        for inner in value.values():
            assert_plain(inner)
    elif value is not None:
        assert type(value) in (int, float)
        assert math.isfinite(value)


def test_fgsm_lowers_the_accuracy_and_is_noticed(attacked):
    told = attacked.summary()
    assert told["accuracy_clean"] > 0.9
    assert told["accuracy_attacked"] < told["accuracy_clean"] - 0.2
    assert told["scores"].keys() == SCORES
    assert told["scores"]["log_likelihood"]["auroc"]["value"] > 0.7


@pytest.mark.parametrize("name", ["fgsm", "bim", "pgd"])
def test_epsilon_0_changes_nothing_and_no_score_sees_a_difference(subject, name):
    found = study(subject, ask(epsilon=0.0, attack=name, steps=2))
    assert torch.equal(found.abnormal, found.clean)
    told = found.summary()
    assert told["accuracy_attacked"] == told["accuracy_clean"]
    for row in told["scores"].values():
        assert row["auroc"]["value"] == pytest.approx(0.5, abs=1e-12)


def test_without_an_attack_the_digits_are_compared_with_themselves(subject):
    found = study(subject, ask(attack="none"))
    assert found.attacked is None
    assert torch.equal(found.abnormal, found.clean)
    assert found.path.shape == (1, COUNT, D)
    told = found.summary()
    assert told["accuracy_attacked"] is None
    assert {row["auroc"]["value"] for row in told["scores"].values()} == {0.5}
    assert not any("undetected" in row for row in told["scores"].values())
    with pytest.raises(ValueError, match="nothing was attacked"):
        found.undetected("energy")
    with pytest.raises(ValueError, match="attack is 'none'"):
        attack(subject, found.clean, found.labels, ask(attack="none"))


@pytest.mark.parametrize("kind", STRANGE)
def test_strange_inputs_are_scored_beside_the_digits(subject, kind):
    found = study(subject, ask(inputs=kind, attack="pgd"))
    assert found.attacked is None
    assert found.abnormal.shape == (COUNT, 1, 28, 28)
    assert not torch.equal(found.abnormal, found.clean)
    clean = subject.clean(COUNT).features
    features, logits = subject.classifier.look(found.abnormal)
    assert torch.equal(found.abnormal_logits, logits)
    changed = kind in ("rotated", "inverted", "occluded")
    assert torch.equal(found.path, torch.stack([clean, features] if changed else [features]))
    told = found.summary()
    assert told["accuracy_attacked"] is None
    assert told["abnormal_count"] == told["count"] == COUNT
    assert told["scores"]["log_likelihood"]["auroc"]["value"] > 0.7


@pytest.mark.parametrize(
    ("name", "length"), [("fgsm", 2), ("bim", 4), ("pgd", 5), ("adaptive", 4), ("deepfool", 21)]
)
def test_the_path_leads_from_the_clean_digits_to_the_attacked_ones(subject, name, length):
    count = 6
    found = study(subject, ask(attack=name, steps=3, count=count))
    assert found.path.shape == (length, count, D)
    clean, _ = subject.classifier.look(found.clean)
    features, _ = subject.classifier.look(found.abnormal)
    torch.testing.assert_close(found.path[0], clean, rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(found.path[-1], features, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", ["pgd", "adaptive", "deepfool"])
def test_epsilon_is_the_root_mean_square_of_a_change_in_l2(subject, name):
    found = study(subject, ask(attack=name, norm="l2", epsilon=0.05, steps=3, count=6))
    change = (found.abnormal - found.clean).double().flatten(1)
    size = change.square().mean(1).sqrt()
    assert size.max() <= 0.05 * (1 + 1e-6)
    assert size.max() > 0.02
    assert (change.abs() > 0.051).any()


def test_progress_is_told_and_may_break_off(subject):
    told: list[tuple[int, int]] = []
    settings = ask(attack="pgd", steps=3, count=4)
    study(subject, settings, progress=lambda *now: told.append(now))
    assert told == [(1, 3), (2, 3), (3, 3)]

    def enough(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        study(subject, settings, progress=enough)


@pytest.mark.parametrize("changed", [{}, {"inputs": "noise"}, {"attack": "pgd", "steps": 2}])
def test_the_summary_is_plain_and_finite(subject, changed):
    told = study(subject, ask(**changed)).summary()
    assert_plain(told)
    assert json.loads(json.dumps(told, allow_nan=False)) == told


@pytest.mark.parametrize("false_alarms", [0.05, 0.2])
def test_undetected_counts_wrongly_read_digits_that_pass(attacked, false_alarms):
    labels, predicted = attacked.labels.tolist(), attacked.abnormal_logits.argmax(1).tolist()
    shares = set()
    for name, clean in attacked.clean_scores.items():
        allowed = int(false_alarms * COUNT)
        limit = sorted(clean.tolist())[allowed]
        passed = 0
        for score, was, seen in zip(
            attacked.abnormal_scores[name].tolist(), labels, predicted, strict=True
        ):
            passed += was != seen and score >= limit
        assert attacked.undetected(name, false_alarms=false_alarms) == passed / COUNT
        shares.add(passed)
        if false_alarms == 0.05:
            assert attacked.summary()["scores"][name]["undetected"] == passed / COUNT
    assert shares != {0}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"epsilon": -0.1}, "epsilon is -0.1; allowed: 0 to 1."),
        ({"epsilon": 1.1}, "epsilon is 1.1; allowed: 0 to 1."),
        ({"epsilon": math.nan}, "epsilon is nan; allowed: 0 to 1."),
        ({"epsilon": "much"}, "epsilon is 'much'; allowed: 0 to 1."),
        (
            {"attack": "jsma"},
            "attack is 'jsma'; allowed: none, fgsm, bim, pgd, adaptive, deepfool, cw.",
        ),
        ({"count": 0}, "count is 0; allowed: 1 to 1,000."),
        ({"count": 1001}, "count is 1001; allowed: 1 to 1,000."),
        ({"colour": "red"}, "'colour' is not a setting."),
    ],
)
def test_a_value_that_is_not_allowed_is_named_in_a_sentence(values, sentence):
    with pytest.raises(SettingsError) as refused:
        parse(values, DetectSettings)
    assert str(refused.value) == sentence


@pytest.mark.parametrize("values", [{"epsilon": 0}, {"epsilon": "1"}, {"count": 1000}])
def test_the_ends_of_a_range_are_allowed(values):
    (name,) = values
    assert getattr(parse(values, DetectSettings), name) == float(values[name])


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"attack": "fgsm", "count": 1000}, "quick"),
        ({"attack": "none", "count": 1000, "steps": 200}, "quick"),
        ({"attack": "pgd", "count": 100, "steps": 20}, "quick"),
        ({"attack": "pgd", "count": 1000, "steps": 20}, "steady"),
        ({"attack": "pgd", "count": 1000, "steps": 101}, "long"),
        ({"attack": "adaptive", "count": 1000, "steps": 20}, "steady"),
        ({"attack": "adaptive", "count": 1000, "steps": 40}, "long"),
        ({"attack": "cw", "count": 1}, "long"),
        ({"attack": "deepfool", "count": 1}, "long"),
        ({"attack": "cw", "inputs": "noise"}, "quick"),
    ],
)
def test_each_waits_with_those_that_take_as_long(changed, expected):
    assert lane(DetectSettings(**changed)) == expected


def test_classes_with_too_few_pictures_have_no_kernel_density():
    digits = load("bundled")
    chosen = np.concatenate([np.flatnonzero(digits.train_labels == k)[:4] for k in range(3)])
    few = Dataset(
        "own-0123456789abcdef",
        digits.train_images[chosen],
        digits.train_labels[chosen],
        digits.train_images[chosen],
        digits.train_labels[chosen],
        ("zero", "one", "two"),
    )
    torch.manual_seed(0)
    loss = make_loss("lgm", 3, 2, alpha=0.0, lambda_=0.1)
    own = Subject(Classifier(make_network("live", 2), loss), few)
    told = study(own, ask()).summary()
    assert own.fitted_features[0].shape == (12, 2)
    assert told["scores"].keys() == SCORES - {"kde"}
    assert told["count"] == told["abnormal_count"] == 12


def test_a_model_without_a_density_has_no_likelihood():
    torch.manual_seed(0)
    loss = make_loss("softmax", 10, 2, alpha=0.0, lambda_=0.1)
    own = Subject(Classifier(make_network("live", 2), loss), load("bundled"))
    assert own.scores.keys() == SCORES - {"log_likelihood", "mixture"}
    assert own.own_score is max_probability
