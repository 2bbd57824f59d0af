import pytest

from lgm_core.training.comparison import Comparison
from lgm_core.training.presets import PRESETS
from lgm_core.training.settings import (
    Knobs,
    SettingsError,
    TrainSettings,
    allowed,
    bounds,
    parse,
    public_name,
    read,
    to_public,
)


def test_settings_survive_their_public_form():
    settings = TrainSettings(loss="softmax", alpha=0.25, feature_dim=64, seed=7, data="full")
    assert parse(to_public(settings), TrainSettings) == settings


def test_settings_survive_json():
    settings = TrainSettings(lambda_=0.5)
    assert TrainSettings.model_validate_json(settings.model_dump_json(by_alias=True)) == settings


def test_a_bad_value_gives_way_to_the_default_and_is_named():
    settings, problems = read({"dim": "900", "alpha": "2", "loss": "hinge"}, TrainSettings)
    assert settings == TrainSettings(alpha=2)
    assert problems == [
        "dim is '900'; allowed: 2 to 128.",
        "loss is 'hinge'; allowed: softmax, lgm, center, l-softmax, sphereface, cosface, arcface.",
    ]


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "", "1e400", "one", "3.0001"])
def test_no_number_out_of_range_passes(value):
    with pytest.raises(SettingsError, match=r"alpha is .* allowed: 0 to 3"):
        parse({"alpha": value}, TrainSettings)


def test_unknown_names_are_refused_where_strict_and_passed_over_in_links():
    assert read({"utm_source": "x"}, TrainSettings) == (TrainSettings(), [])
    with pytest.raises(SettingsError, match="'utm_source' is not a setting"):
        parse({"utm_source": "x"}, TrainSettings)


def test_a_long_value_is_cut_in_the_message():
    _, problems = read({"loss": "x" * 10_000}, TrainSettings)
    assert len(problems[0]) < 200


@pytest.mark.parametrize(
    "name", ["own-0123456789abcde", "own-../../etc/passwd", "own-0123456789ABCDEF", "other", ""]
)
def test_a_data_name_is_one_of_three_kinds(name):
    with pytest.raises(SettingsError):
        parse({"data": name}, TrainSettings)


@pytest.mark.parametrize("field", list(TrainSettings.model_fields))
def test_every_field_says_what_it_is_and_allows(field):
    info = TrainSettings.model_fields[field]
    assert info.title
    assert info.description
    assert allowed(field)
    assert public_name(field).isidentifier()


def test_bounds_are_those_the_model_enforces():
    for field in Knobs.model_fields:
        low, high = bounds(field)  # type: ignore[misc]
        for value in (low, high):
            Knobs(**{field: value})
        with pytest.raises(ValueError, match=field.rstrip("_")):
            Knobs(**{field: high * 1.01})


def test_the_sides_of_a_comparison_differ_in_the_loss_alone():
    left, right = Comparison(left="arcface", right="lgm", alpha=2, seed=3).sides()
    assert (left.loss, right.loss) == ("arcface", "lgm")
    assert left.model_copy(update={"loss": "lgm"}) == right


def test_presets_are_different_and_each_has_a_lesson():
    comparisons = [preset.comparison for preset in PRESETS.values()]
    assert all(a != b for i, a in enumerate(comparisons) for b in comparisons[:i])
    assert all(preset.lesson and preset.title for preset in PRESETS.values())
