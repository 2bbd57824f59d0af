"""The inspector's numbers, against the losses themselves and against formulas written out."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import torch
from torch.distributions import Independent, Normal

from lgm_core.data import load
from lgm_core.losses import make_loss
from lgm_core.runs.inspect import inspect
from lgm_core.runs.reader import RunReader, StoreError
from lgm_core.runs.store import RunWriter, Store
from lgm_core.training.frame import Frame, decode, encode
from lgm_core.training.loop import train
from lgm_core.training.pace import StepPace
from lgm_core.training.settings import Covariance, LossName, TrainSettings

WHOLE = load("bundled")
#: Few digits, so that the pictures of all of them take no time.
DATA = replace(
    WHOLE,
    train_images=WHOLE.train_images[:300],
    train_labels=WHOLE.train_labels[:300],
    test_images=WHOLE.test_images[:50],
    test_labels=WHOLE.test_labels[:50],
)
LABELS: list[int] = DATA.train_labels[DATA.displayed].tolist()
DIGIT = 17


def trained(folder: Path, frames: int = 5, **values: Any) -> tuple[RunReader, TrainSettings]:
    """The first frames of a training, one each two steps, each second a keyframe."""
    settings = TrainSettings.model_validate({"alpha": 0.7, "batch_size": 16} | values)
    with Store(folder).create(settings) as writer:
        pace = StepPace(frame_every=2, keyframe_every=4)
        for frame in itertools.islice(train(settings, pace=pace, dataset=DATA), frames):
            writer.append(encode(frame))
    return Store(folder).open(writer.run_id), settings


def frames_of(reader: RunReader) -> list[Frame]:
    return [decode(data) for data in reader.frames()]


@pytest.mark.parametrize("dim", [2, 3, 6])
@pytest.mark.parametrize("covariance", get_args(Covariance))
def test_the_numbers_of_lgm_are_those_of_the_formulas(
    tmp_path: Path, dim: int, covariance: str
) -> None:
    reader, settings = trained(tmp_path, feature_dim=dim, covariance=covariance)
    step = 7
    answer = inspect(reader, settings, LABELS, DIGIT, step)
    label = LABELS[DIGIT]
    assert (answer["digit"], answer["label"], answer["alpha"]) == (DIGIT, label, 0.7)

    model = next(f for f in frames_of(reader) if f.step == answer["step"])
    x = torch.tensor(answer["features"], dtype=torch.float64)
    means = torch.from_numpy(model.parameters["means"].astype(np.float64))
    assert means.shape == (10, dim)
    variances = torch.ones(10, dim, dtype=torch.float64)
    if covariance != "identity":
        logs = model.parameters["log_variances"].astype(np.float64)
        variances = torch.from_numpy(logs).exp().expand(10, dim)

    d = 0.5 * ((x - means).square() / variances).sum(1)
    half_log_dets = 0.5 * variances.prod(1).log()
    logits = -d - half_log_dets
    with_margin = logits.clone()
    with_margin[label] = -(1 + 0.7) * d[label] - half_log_dets[label]
    density = Independent(Normal(means, variances.sqrt()), 1).log_prob(x)
    for name, expected in {
        "d": d,
        "half_log_dets": half_log_dets,
        "logits": logits,
        "posterior": logits.exp() / logits.exp().sum(),
        "posterior_with_margin": with_margin.exp() / with_margin.exp().sum(),
        "log_likelihood": density,
    }.items():
        got = torch.tensor(answer[name], dtype=torch.float64)
        torch.testing.assert_close(got, expected, rtol=1e-10, atol=1e-12, msg=name)
    assert answer["predicted"] == int(logits.argmax())
    assert math.isclose(sum(answer["posterior"]), 1.0)


@pytest.mark.parametrize("dim", [2, 5])
@pytest.mark.parametrize("name", get_args(LossName))
def test_every_loss_answers_as_it_does_itself(tmp_path: Path, name: str, dim: int) -> None:
    reader, settings = trained(tmp_path, frames=4, loss=name, feature_dim=dim)
    answer = inspect(reader, settings, LABELS, DIGIT, 6)
    model = next(f for f in frames_of(reader) if f.step == answer["step"])
    loss = make_loss(name, 10, dim, alpha=settings.alpha, lambda_=settings.lambda_)
    state = {key: torch.from_numpy(value) for key, value in model.parameters.items()}
    loss.load_state_dict(state)
    with torch.no_grad():
        logits = loss.logits(torch.tensor([answer["features"]], dtype=torch.float32))[0]
    torch.testing.assert_close(torch.tensor(answer["logits"]), logits, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(
        torch.tensor(answer["posterior"]), logits.softmax(0), rtol=1e-4, atol=1e-5
    )
    density = ("d", "half_log_dets", "posterior_with_margin", "log_likelihood")
    assert [answer[key] is None for key in density] == [name != "lgm"] * 4


def test_in_two_dimensions_the_newest_place_meets_the_newest_parameters(tmp_path: Path) -> None:
    reader, settings = trained(tmp_path)
    shown = [frame for frame in frames_of(reader) if frame.step <= 3]
    # A digit of the first batches, and one that only the keyframe at step 0 has shown.
    early = int(shown[1].ids[0])
    late = next(i for i in range(300) if all(i not in frame.ids for frame in shown[1:]))
    for digit, feature_step in ((early, shown[1].step), (late, 0)):
        answer = inspect(reader, settings, LABELS, digit, 3)
        assert (answer["step"], answer["feature_step"]) == (2, feature_step)
        frame = next(f for f in shown if f.step == feature_step)
        row = int(np.flatnonzero(frame.ids == digit)[0])
        assert answer["features"] == frame.points[row].tolist()


def test_in_many_dimensions_both_come_from_the_newest_frame_with_features(tmp_path: Path) -> None:
    reader, settings = trained(tmp_path, frames=12, feature_dim=5)
    carrying = [frame for frame in frames_of(reader) if len(frame.features)]
    assert len(carrying) > 2
    for step in range(22):
        frame = [frame for frame in carrying if frame.step <= step][-1]
        answer = inspect(reader, settings, LABELS, DIGIT, step)
        assert (answer["step"], answer["feature_step"]) == (frame.step, frame.step)
        assert answer["features"] == frame.features[DIGIT].tolist()


@pytest.mark.parametrize("digit", [-1, 300, 10**9])
def test_a_digit_that_is_not_there_is_named(tmp_path: Path, digit: int) -> None:
    reader, settings = trained(tmp_path, frames=1)
    with pytest.raises(StoreError, match=f"digit is {digit}; allowed: 0 to 299"):
        inspect(reader, settings, LABELS, digit, 0)


def test_a_run_without_frames_says_so(tmp_path: Path) -> None:
    with RunWriter("0" * 16, tmp_path):
        pass
    with pytest.raises(StoreError, match="No frame at or before this step"):
        inspect(RunReader("0" * 16, tmp_path), TrainSettings(), LABELS, DIGIT, 0)


def _nan(frame: Frame) -> Frame:
    return replace(frame, points=np.full_like(frame.points, np.nan))


def _other_means(frame: Frame) -> Frame:
    means = np.zeros((10, 4), np.float32)
    return replace(frame, parameters=frame.parameters | {"means": means})


def _no_parameters(frame: Frame) -> Frame:
    return replace(frame, parameters={})


def _flat_points(frame: Frame) -> Frame:
    return replace(frame, points=np.zeros((len(frame.ids), 1), np.float32))


def _two_classes(frame: Frame) -> Frame:
    means = frame.view_means[:2]
    return replace(frame, view_means=means, parameters={"means": means, "log_variances": means})


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_nan, "not finite"),
        (_other_means, "does not fit"),
        (_no_parameters, "does not fit"),
        (_flat_points, "does not fit"),
        (_two_classes, "does not fit"),
    ],
)
def test_a_frame_on_disk_is_not_trusted(tmp_path: Path, spoil: Any, words: str) -> None:
    reader, settings = trained(tmp_path / "good", frames=1)
    (tmp_path / "spoilt").mkdir()
    with RunWriter("0" * 16, tmp_path / "spoilt") as writer:
        writer.append(encode(spoil(decode(reader.frame(0)))))
    with pytest.raises(StoreError, match=words):
        inspect(RunReader("0" * 16, tmp_path / "spoilt"), settings, LABELS, DIGIT, 0)
