"""Restarts, and attacks that want a certain wrong class: what counts, and what is refused."""

from __future__ import annotations

import pytest
import torch

from lgm_core.detection.settings import DetectSettings, lane
from lgm_core.detection.study import study
from lgm_core.detection.targets import check_target
from lgm_core.training.settings import SettingsError, allowed, parse
from tests.detection.asking import COUNT, D, ask

TARGET = 3


@pytest.mark.parametrize("name", ["fgsm", "bim", "pgd", "adaptive"])
def test_a_target_is_reached_and_digits_of_that_class_are_left_out(subject, name):
    found = study(subject, ask(attack=name, epsilon=0.3, steps=5, target=TARGET))
    labels = subject.clean(COUNT).labels
    assert torch.equal(found.labels, labels[labels != TARGET])
    count = len(found.labels)
    assert 0 < count < COUNT
    assert len(found.clean) == len(found.abnormal) == found.path.shape[1] == count
    assert {len(values) for values in found.clean_scores.values()} == {count}
    told = found.summary()
    reached = found.abnormal_logits.argmax(1) == TARGET
    assert told["attack_success"] == pytest.approx(float(reached.double().mean()))
    assert told["attack_success"] > (0.15 if name == "fgsm" else 0.5)
    assert told["count"] == told["abnormal_count"] == count
    for name, row in told["scores"].items():
        assert row["undetected"] <= told["attack_success"], name


def test_without_a_target_success_is_any_wrong_class(attacked):
    told = attacked.summary()
    assert told["attack_success"] == pytest.approx(1 - told["accuracy_attacked"])
    assert told["count"] == COUNT


@pytest.mark.parametrize("changed", [{"inputs": "noise"}, {"attack": "none"}])
def test_where_nothing_is_attacked_the_target_leaves_nothing_out(subject, changed):
    found = study(subject, ask(target=TARGET, **changed))
    assert len(found.labels) == COUNT
    assert found.summary()["attack_success"] is None


@pytest.mark.parametrize("name", ["pgd", "adaptive"])
def test_more_restarts_find_no_less(subject, name):
    """Small steps in a small ball, so that the start decides."""
    one, three = (
        study(subject, ask(attack=name, epsilon=0.12, steps=2, count=60, restarts=n)).attacked
        for n in (1, 3)
    )
    assert one is not None
    assert three is not None
    assert not (one.success & ~three.success).any()
    assert not torch.equal(one.images, three.images)
    if name == "adaptive":
        merit = [subject.own_score(found.features, found.logits) for found in (one, three)]
        assert (merit[1] >= merit[0])[one.success].all()


@pytest.mark.parametrize(("name", "length"), [("pgd", 5), ("adaptive", 5)])
def test_a_way_from_random_starts_begins_at_the_clean_digit(subject, name, length):
    told: list[tuple[int, int]] = []
    settings = ask(attack=name, steps=3, count=6, restarts=2, target=TARGET)
    found = study(subject, settings, progress=lambda *now: told.append(now))
    assert told == [(done + 1, 6) for done in range(6)]
    assert found.path.shape == (length, len(found.labels), D)
    clean, _ = subject.classifier.look(found.clean)
    torch.testing.assert_close(found.path[0], clean, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"target": 10}, "target is 10; allowed: 0 to 9, or none."),
        ({"target": 49, "attack": "pgd"}, "target is 49; allowed: 0 to 9, or none."),
        (
            {"target": 3, "attack": "cw"},
            "target is 3 with cw; allowed: none, or one of the attacks fgsm, bim, pgd, adaptive.",
        ),
    ],
)
def test_a_target_that_cannot_be_is_told_before_anything_is_attacked(subject, changed, sentence):
    with pytest.raises(SettingsError) as refused:
        study(subject, ask(**changed))
    assert str(refused.value) == sentence


def test_digits_that_are_all_of_the_target_class_are_nothing_to_attack(subject):
    first = int(subject.dataset.test_labels[0])
    with pytest.raises(SettingsError, match=f"target is {first}, which all of the 1 digits are"):
        check_target(ask(count=1, target=first), subject.dataset)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"restarts": 0}, "restarts is 0; allowed: 1 to 10."),
        ({"restarts": "11"}, "restarts is '11'; allowed: 1 to 10."),
        ({"target": 50}, "target is 50; allowed: 0 to 49, or none."),
        ({"target": "-1"}, "target is '-1'; allowed: 0 to 49, or none."),
        ({"target": "any"}, "target is 'any'; allowed: 0 to 49, or none."),
    ],
)
def test_a_value_that_is_not_allowed_is_named(values, sentence):
    with pytest.raises(SettingsError) as refused:
        parse(values, DetectSettings)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(("word", "target"), [("none", None), (None, None), ("7", 7), (0, 0)])
def test_a_target_may_be_a_word(word, target):
    assert parse({"target": word}, DetectSettings).target == target


def test_the_allowed_values_say_that_none_is_one():
    assert allowed("target", DetectSettings) == "0 to 49, or none"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"attack": "pgd", "steps": 50, "restarts": 2}, "steady"),
        ({"attack": "pgd", "steps": 50, "restarts": 3}, "long"),
        ({"attack": "bim", "steps": 50, "restarts": 10}, "steady"),
        ({"attack": "fgsm", "restarts": 10}, "quick"),
        ({"attack": "adaptive", "steps": 50, "target": 3}, "steady"),
        ({"attack": "adaptive", "steps": 50}, "long"),
        ({"attack": "adaptive", "steps": 50, "target": 3, "restarts": 3}, "long"),
    ],
)
def test_restarts_take_as_long_again(changed, expected):
    assert lane(DetectSettings(count=1000, **changed)) == expected
