"""The link of strange inputs: what it holds, and that nothing else gets in by it."""

from __future__ import annotations

import pytest

from app.strange_link import SHIPPED, PageState, effective, parse, relevant, render
from lgm_core.detection.settings import DetectSettings


def test_the_defaults_make_an_empty_link():
    assert render(PageState()) == {}
    assert render(PageState(models=SHIPPED)) == {}
    assert parse({}) == (PageState(), [])


@pytest.mark.parametrize(
    "settings",
    [
        DetectSettings(attack="pgd", epsilon=0.3, steps=40, norm="l2", restarts=3, seed=7),
        DetectSettings(attack="bim", epsilon=0.05, target=4, count=200),
        DetectSettings(attack="adaptive", weight=30.0, epsilon=1.0),
        DetectSettings(inputs="rotated", count=50, seed=3),
        DetectSettings(attack="cw"),
    ],
)
def test_what_a_link_says_is_what_it_was_made_from(settings):
    state = PageState("0123456789abcdef.fedcba9876543210", settings, present=True)
    assert parse(render(state)) == (state, [])


def test_what_means_nothing_to_an_attack_is_not_in_its_link():
    settings = DetectSettings(attack="fgsm", steps=99, weight=5.0, norm="l2")
    assert effective(settings) == DetectSettings(attack="fgsm")
    assert "steps" not in relevant(settings)
    assert render(PageState(settings=settings)) == {}


def test_every_attack_has_its_settings():
    for attack in ("none", "fgsm", "bim", "pgd", "adaptive", "deepfool", "cw"):
        fields = relevant(DetectSettings.model_validate({"attack": attack}))
        assert set(fields) <= set(DetectSettings.model_fields)
        assert fields[:2] == ("inputs", "attack")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"epsilon": "2"}, "epsilon is '2'; allowed: 0 to 1."),
        ({"epsilon": "nan"}, "epsilon is 'nan'; allowed: 0 to 1."),
        ({"attack": "<script>"}, "attack is '<script>'; allowed: "),
        ({"count": "1e9"}, "count is '1e9'; allowed: 1 to 1,000."),
        ({"target": "-1"}, "target is '-1'; allowed: "),
    ],
)
def test_a_bad_value_gives_way_to_the_default_and_is_named(query, sentence):
    state, problems = parse(query | {"steps": "5"})
    assert state.settings == DetectSettings(steps=5)
    assert len(problems) == 1
    assert problems[0].startswith(sentence)


@pytest.mark.parametrize(
    ("said", "kept", "bad"),
    [
        ("-0.0123_-58.9012345", (-0.0123, -58.9012345), []),
        ("_1e-7", (None, 1e-7), []),
        ("", (), []),
        ("_", (), []),
        ("1_2_3", (1.0, 2.0), []),
        ("nan_4", (None, 4.0), ["nan"]),
        ("inf_<b>", (), ["inf", "<b>"]),
    ],
)
def test_thresholds_are_finite_numbers_or_the_models_own(said, kept, bad):
    state, problems = parse({"scores": "energy.kde", "thresholds": said})
    assert state.thresholds == kept
    assert problems == [f"thresholds has {w!r}; allowed: a number for each model." for w in bad]


def test_a_long_value_is_cut_and_a_foreign_one_left_alone():
    state, problems = parse({"models": "x" * 10_000, "scores": "a.b.c.d", "utm_source": "mail"})
    assert len(state.models) == 300
    assert state.scores == ("a", "b")
    assert problems == []
