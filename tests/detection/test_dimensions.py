"""The models that are compared by feature dimension."""

from __future__ import annotations

import pytest

from lgm_core.detection.dimensions import DIMENSIONS, LOSSES, models, settings_for
from lgm_core.pretrained import FOLDER
from lgm_core.runs.reader import RunReader


def test_each_loss_has_a_model_of_each_dimension_and_two_come_with_the_lab():
    assert [(model.loss, model.dim) for model in models()] == [
        (loss, dim) for dim in (2, 8, 32, 64) for loss in ("softmax", "lgm")
    ]
    assert [model.dim for model in models() if model.shipped] == [64, 64]


@pytest.mark.parametrize("loss", LOSSES)
def test_they_are_trained_as_the_shipped_one_is_but_for_the_dimension(loss):
    (shipped,) = (model.shipped for model in models() if model.loss == loss and model.shipped)
    stored = RunReader(shipped, FOLDER / shipped).settings()
    for dim in DIMENSIONS:
        assert settings_for(loss, dim) == stored.model_copy(update={"feature_dim": dim})


def test_another_dimension_is_refused():
    with pytest.raises(ValueError, match="the feature dimension is 3; allowed: 2, 8, 32, 64"):
        settings_for("lgm", 3)
