import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from lgm_core.losses.lgm import LGMLoss
from lgm_core.losses.softmax import SoftmaxLoss
from lgm_core.training.view import View


@pytest.fixture
def features() -> np.ndarray:
    rng = np.random.default_rng(0)
    mixing = rng.normal(size=(16, 16)) * np.linspace(3, 0.1, 16)[:, None]
    return (rng.normal(size=(500, 16)) @ mixing + rng.normal(size=16)).astype(np.float32)


def test_principal_plane_is_the_one_scikit_learn_finds(features):
    view, pca = View.principal(features), PCA(2).fit(features)
    assert view.explained == pytest.approx(pca.explained_variance_ratio_.sum(), rel=1e-5)
    overlap = np.abs(np.diag(pca.components_ @ view.basis))
    np.testing.assert_allclose(overlap, 1, atol=1e-5)
    np.testing.assert_allclose(view.basis.T @ view.basis, np.eye(2), atol=1e-6)


def test_axes_neither_flip_nor_spin_between_two_fits(features):
    rng = np.random.default_rng(1)
    # Two equally long axes: an eigensolver may return any turn of them.
    features[:, :2] *= 50
    view = View.principal(features)
    for _ in range(20):
        features = features + rng.normal(size=features.shape).astype(np.float32) * 0.05
        following = View.principal(features, view)
        moved = np.linalg.norm(following.project(features) - view.project(features), axis=1)
        extent = np.abs(view.project(features)).max()
        assert moved.max() < 0.02 * extent
        view = following


@pytest.mark.parametrize("covariance", ["identity", "isotropic", "diagonal"])
def test_restricted_quadratics_are_the_logits_in_the_plane(features, covariance):
    torch.manual_seed(0)
    loss = LGMLoss(5, 16, covariance=covariance)
    if covariance != "identity":
        torch.nn.init.normal_(loss.log_variances)
    view = View.principal(features)
    places = np.random.default_rng(2).normal(size=(40, 2)).astype(np.float32) * 3
    on_plane = view.centre + places @ view.basis.T
    expected = loss.logits(torch.from_numpy(on_plane)).detach().numpy()
    r = view.restrict(*(t.numpy() for t in loss.quadratic_logits()))
    u, v = places.T
    terms = np.stack([np.ones_like(u), u, v, u * u, u * v, v * v])
    np.testing.assert_allclose((r @ terms).T, expected, rtol=1e-4, atol=1e-3)


def test_restricted_softmax_is_linear(features):
    loss = SoftmaxLoss(4, 16)
    r = View.principal(features).restrict(*(t.numpy() for t in loss.quadratic_logits()))
    assert not r[:, 3:].any()


def test_projected_covariance_is_the_covariance_of_projected_samples(features):
    view = View.principal(features)
    variances = np.linspace(0.1, 2, 16, dtype=np.float32)[None]
    rng = np.random.default_rng(3)
    samples = rng.normal(size=(200_000, 16)) * np.sqrt(variances[0])
    measured = np.cov((samples @ view.basis).T)
    np.testing.assert_allclose(view.project_diagonal(variances)[0], measured, atol=0.02)
