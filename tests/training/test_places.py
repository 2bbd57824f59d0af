import numpy as np
import pytest

from lgm_core.training.places import Places


@pytest.fixture
def filled() -> Places:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 4, 100)
    places = Places(np.arange(0, 100, 2), labels, 4, 3)
    places.update(
        np.arange(100), rng.normal(size=(100, 3)).astype(np.float32), rng.integers(0, 4, 100)
    )
    return places


def test_only_displayed_digits_are_kept_and_reported_once():
    places = Places(np.array([2, 5, 9]), np.zeros(10, np.int64), 2, 1)
    places.update(np.array([5, 3, 9]), np.array([[1.0], [2.0], [3.0]]), np.array([1, 1, 0]))
    np.testing.assert_array_equal(places.features[:, 0], [0, 1, 3])
    np.testing.assert_array_equal(places.predicted, [0, 1, 0])
    np.testing.assert_array_equal(places.take_touched(), [1, 2])
    assert len(places.take_touched()) == 0


def test_shape_is_what_its_definition_says(filled):
    shape = filled.shape()
    means = np.stack([filled.features[filled.labels == k].mean(0) for k in range(4)])
    np.testing.assert_allclose(shape.means, means, rtol=1e-5)
    squares = ((filled.features - means[filled.labels]) ** 2).sum(1)
    assert shape.spread == pytest.approx(np.sqrt(squares.mean()), rel=1e-5)
    gaps = [np.linalg.norm(means[i] - means[j]) for i in range(4) for j in range(i)]
    assert shape.separation == pytest.approx(np.mean(gaps), rel=1e-5)


def test_covariances_are_numpys(filled):
    measured = filled.covariances(filled.features)
    for k in range(4):
        expected = np.cov(filled.features[filled.labels == k].T, bias=True)
        np.testing.assert_allclose(measured[k], expected, rtol=1e-4, atol=1e-6)
