import math

import numpy as np
import pytest
import torch

from lgm_core.data import Dataset, load
from lgm_core.losses import LGMLoss
from lgm_core.runs.inspect import inspect
from lgm_core.runs.reader import RunReader, StoreError
from lgm_core.runs.store import Store
from lgm_core.training.frame import decode, encode
from lgm_core.training.loop import train
from lgm_core.training.pace import StepPace
from lgm_core.training.settings import TrainSettings
from tests.runs.making import frame


@pytest.fixture(scope="module")
def digits() -> Dataset:
    whole = load("bundled")
    return Dataset(
        "bundled",
        whole.train_images[:200],
        whole.train_labels[:200],
        whole.test_images[:100],
        whole.test_labels[:100],
        whole.class_names,
    )


@pytest.fixture
def stored(digits, tmp_path):
    """A short real training in a store, and the labels of its displayed digits."""

    def make(**values):
        settings = TrainSettings.model_validate({"epochs": 2, "batch_size": 64} | values)
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        with Store(tmp_path).create(settings) as writer:
            for shown in train(settings, pace=StepPace(1, 2), dataset=digits):
                writer.append(encode(shown))
        torch.set_num_threads(before)
        labels = digits.train_labels[digits.displayed].tolist()
        return RunReader(writer.run_id, writer.folder), settings, labels

    return make


def longhand(x, means, variances, alpha, label):
    """d_k, half log determinants, posteriors and log densities, one number after the other."""
    d, half, log_density = [], [], []
    for mean, variance in zip(means, variances, strict=True):
        terms = list(zip(x, mean, variance, strict=True))
        d.append(sum(0.5 * (a - m) ** 2 / v for a, m, v in terms))
        half.append(sum(0.5 * math.log(v) for _, _, v in terms))
        constant = 0.5 * len(x) * math.log(2 * math.pi)
        log_density.append(-d[-1] - half[-1] - constant)

    def posterior(margin):
        logits = [
            -(1 + margin * (k == label)) * dk - hk
            for k, (dk, hk) in enumerate(zip(d, half, strict=True))
        ]
        top = max(logits)
        weights = [math.exp(logit - top) for logit in logits]
        return [weight / sum(weights) for weight in weights]

    return d, half, posterior(0), posterior(alpha), log_density


@pytest.mark.parametrize("covariance", ["identity", "isotropic", "diagonal"])
@pytest.mark.parametrize("dim", [2, 64])
def test_the_numbers_are_those_of_the_formulas(stored, dim, covariance):
    reader, settings, labels = stored(feature_dim=dim, covariance=covariance, alpha=0.7)
    last = decode(reader.frame(reader.count() - 1))
    for digit in (0, 57, 199):
        answer = inspect(reader, settings, labels, digit, step=10**6)
        model = last
        if dim > 3:
            model = next(
                f
                for f in map(decode, reversed(list(reader.frames())))
                if f.step == answer["step"] and len(f.features)
            )
        x = (model.features if dim > 3 else model.points)[digit].astype(np.float64)
        assert answer["features"] == x.tolist()
        assert answer["label"] == labels[digit]
        assert answer["step"] == answer["feature_step"] == model.step

        loss = LGMLoss(10, dim, covariance=covariance).double()
        loss.load_state_dict({n: torch.from_numpy(v) for n, v in model.parameters.items()})
        means, variances = loss.means.tolist(), loss.variances().tolist()
        d, half, plain, margin, log_density = longhand(x, means, variances, 0.7, labels[digit])
        close = {"rel": 1e-10, "abs": 1e-12}
        assert answer["d"] == pytest.approx(d, **close)
        assert answer["half_log_dets"] == pytest.approx(half, **close)
        assert answer["posterior"] == pytest.approx(plain, **close)
        assert answer["posterior_with_margin"] == pytest.approx(margin, **close)
        assert answer["log_likelihood"] == pytest.approx(log_density, **close)
        assert answer["predicted"] == int(np.argmax(plain))
        # What the panel draws its own distances from agrees, at its own precision.
        if dim == 2:
            u, v = x
            drawn = model.regions @ np.array([1, u, v, u * u, u * v, v * v])
            np.testing.assert_allclose(-drawn - model.half_log_dets, d, rtol=1e-3, atol=1e-4)


def test_a_loss_without_a_density_has_a_posterior_alone(stored):
    reader, settings, labels = stored(loss="softmax")
    answer = inspect(reader, settings, labels, 3, step=10**6)
    last = decode(reader.frame(reader.count() - 1))
    names = sorted(last.parameters)
    weight = next(last.parameters[n] for n in names if last.parameters[n].ndim == 2)
    logits = weight.astype(np.float64) @ last.points[3].astype(np.float64)
    for name in names:
        if last.parameters[name].ndim == 1:
            logits = logits + last.parameters[name]
    assert answer["logits"] == pytest.approx(logits.tolist(), rel=1e-12)
    expected = np.exp(logits - logits.max())
    assert answer["posterior"] == pytest.approx((expected / expected.sum()).tolist())
    for name in ("d", "half_log_dets", "posterior_with_margin", "log_likelihood"):
        assert answer[name] is None


def test_an_earlier_step_shows_what_was_then(stored):
    reader, settings, labels = stored()
    frames = [decode(data) for data in reader.frames()]
    for step in (0, 1, 3):
        answer = inspect(reader, settings, labels, 11, step)
        newest = max((f for f in frames if f.step <= step), key=lambda f: f.step)
        seen = [f for f in frames if f.step <= step and 11 in f.ids][-1]
        assert answer["step"] == newest.step == step
        assert answer["feature_step"] == seen.step
        assert answer["features"] == seen.points[list(seen.ids).index(11)].tolist()


def test_above_three_dimensions_place_and_parameters_are_of_one_moment(stored):
    reader, settings, labels = stored(feature_dim=8)
    frames = [decode(data) for data in reader.frames()]
    for step in range(7):
        answer = inspect(reader, settings, labels, 5, step)
        assert answer["step"] == answer["feature_step"]
        assert answer["step"] == max(f.step for f in frames if f.step <= step and len(f.features))


@pytest.mark.parametrize("digit", [-1, 200, 10**9])
def test_a_digit_that_is_not_displayed_is_refused_in_words(stored, digit):
    reader, settings, labels = stored(epochs=1)
    with pytest.raises(StoreError, match=rf"digit is {digit}; allowed: 0 to 199\."):
        inspect(reader, settings, labels, digit, 0)


def test_a_step_before_the_first_frame_shows_nothing(stored):
    reader, settings, labels = stored(epochs=1)
    with pytest.raises(StoreError, match="No frame at or before this step"):
        inspect(reader, settings, labels, 0, -1)


@pytest.mark.parametrize(
    "values",
    [{"feature_dim": 3}, {"loss": "softmax"}, {"covariance": "diagonal"}, {"feature_dim": 64}],
)
def test_frames_of_other_settings_are_refused_in_words(stored, values):
    reader, settings, labels = stored(epochs=1)
    with pytest.raises(StoreError):
        inspect(reader, settings.model_copy(update=values), labels, 0, 0)


@pytest.mark.parametrize("data", [b"no frame", frame(0), frame(0)[:-4]])
def test_a_record_that_does_not_fit_is_refused_in_words(tmp_path, data):
    with Store(tmp_path).create(TrainSettings()) as writer:
        writer.append(data)
    with pytest.raises(StoreError):
        inspect(RunReader(writer.run_id, tmp_path / writer.run_id), TrainSettings(), [9] * 5, 0, 0)
