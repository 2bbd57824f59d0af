"""The settings of an alignment run, their public form, and telling them from those of digits."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from lgm_core.alignment.settings import AlignSettings
from lgm_core.runs.kinds import parse_settings
from lgm_core.training.settings import (
    Knobs,
    SettingsError,
    TrainSettings,
    allowed,
    parse,
    public_name,
    read,
    to_public,
)

OTHER = AlignSettings(
    transform="tps", loss="lgm", people="synthetic", lambda_=0.5, turn=10, stages=3, seed=7
)
#: ``kind`` is no choice of a person.
CHOSEN = [name for name in AlignSettings.model_fields if name != "kind"]


@pytest.mark.parametrize("settings", [AlignSettings(), OTHER])
def test_settings_survive_their_public_form(settings):
    public = to_public(settings)
    assert {"lambda", "lr", "dim", "batch", "data", "localiser-lr"} <= set(public)
    assert parse(public, AlignSettings) == settings


@pytest.mark.parametrize(
    "settings", [AlignSettings(), OTHER, TrainSettings(), TrainSettings(seed=3)]
)
def test_stored_settings_come_back_as_their_own_kind(settings):
    text = settings.model_dump_json(by_alias=True)
    for stored in (text, text.encode()):
        found = parse_settings(stored)
        assert type(found) is type(settings)
        assert found == settings


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"kind": "digits"}', '{"kind": "align", "epochs": 3}', "[" * 10**5],
)
def test_settings_of_no_kind_are_refused(text):
    with pytest.raises(ValidationError):
        parse_settings(text)


def test_settings_of_faces_are_not_those_of_digits():
    stored = json.loads(OTHER.model_dump_json(by_alias=True))
    del stored["kind"]
    with pytest.raises(ValidationError):
        parse_settings(json.dumps(stored))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"turn": "91"}, "turn is '91'; allowed: 0 to 90."),
        ({"shift": "nan"}, "shift is 'nan'; allowed: 0 to 50."),
        ({"stages": "4"}, "stages is '4'; allowed: 1 to 3."),
        ({"batch": "7"}, "batch is '7'; allowed: 8 to 256."),
        ({"lambda": "-1"}, "lambda is '-1'; allowed: 0 to 2."),
        ({"border": "white"}, "border is 'white'; allowed: edge, black."),
        ({"loss": "center"}, "loss is 'center'; allowed: softmax, lgm."),
        (
            {"transform": "rigid"},
            "transform is 'rigid'; allowed: none, translation, similarity, affine, "
            "projective, tps.",
        ),
        (
            {"data": "cats"},
            "data is 'cats'; allowed: orl, synthetic, olivetti, lfw, own-… (a set of your own).",
        ),
        ({"epochs": "3"}, "'epochs' is not a setting."),
    ],
)
def test_a_bad_value_is_named_with_the_allowed_ones(values, sentence):
    with pytest.raises(SettingsError) as error:
        parse(values, AlignSettings)
    assert str(error.value) == sentence


def test_a_bad_value_in_a_link_gives_way_to_the_default():
    settings, problems = read({"turn": "91", "stages": "2", "utm_source": "x"}, AlignSettings)
    assert settings == AlignSettings(stages=2)
    assert problems == ["turn is '91'; allowed: 0 to 90."]


@pytest.mark.parametrize("name", ["own-../../etc/passwd", "own-0123456789ABCDEF", "other", ""])
def test_a_set_of_faces_has_an_allowed_name(name):
    with pytest.raises(SettingsError):
        parse({"data": name}, AlignSettings)


@pytest.mark.parametrize("field", CHOSEN)
def test_every_field_says_what_it_is_and_allows(field):
    info = AlignSettings.model_fields[field]
    assert info.title
    assert info.description
    assert allowed(field, AlignSettings) != "true or false"  # no field is of that kind
    assert public_name(field).replace("-", "_").isidentifier()


def test_the_knobs_are_the_runs_own():
    assert OTHER.knobs == Knobs(alpha=0.1, lambda_=0.5, learning_rate=0.002)
