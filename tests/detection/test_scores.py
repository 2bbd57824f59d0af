"""Each score against its formula written out, or against an independent package."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
import torch
from scipy.special import logsumexp
from scipy.stats import multivariate_normal
from torch import Tensor

from lgm_core.detection.fitted import KernelDensityScore, Mahalanobis
from lgm_core.detection.scores import LogLikelihood, Mixture, energy, max_probability
from lgm_core.losses import LGMLoss, NoDensityError, SoftmaxLoss

COVARIANCES = pytest.mark.parametrize("covariance", ["identity", "isotropic", "diagonal"])
K, D = 5, 3


def mixture(covariance: str) -> tuple[LGMLoss, Tensor, Tensor]:
    torch.manual_seed(0)
    loss = LGMLoss(K, D, covariance=covariance)
    with torch.no_grad():
        loss.means.mul_(4)
        if covariance != "identity":
            loss.log_variances.copy_(torch.randn(loss.log_variances.shape))
    near = loss.means.detach() + 0.1 * torch.randn(8, K, D)
    features = torch.cat([near.flatten(0, 1), 300 * torch.randn(5, D)])
    return loss, features, loss.logits(features).detach()


def densities(loss: LGMLoss, features: Tensor) -> np.ndarray:
    """log N(x; mu_k, Sigma_k) [N, K] by scipy."""
    variances = torch.exp(loss.log_variances.detach().double()).expand(K, D).numpy()
    means = loss.means.detach().double().numpy()
    return np.stack(
        [
            multivariate_normal.logpdf(features.double().numpy(), mean, np.diag(variance))
            for mean, variance in zip(means, variances, strict=True)
        ],
        axis=1,
    )


@COVARIANCES
def test_log_likelihood_is_the_density_of_the_predicted_class(covariance):
    loss, features, logits = mixture(covariance)
    of_each = densities(loss, features)
    expected = of_each[np.arange(len(features)), logits.argmax(1).numpy()]
    found = LogLikelihood(loss)(features, logits)
    assert found.dtype == torch.float64
    np.testing.assert_allclose(found.detach().numpy(), expected, rtol=1e-12)
    assert logits.argmax(1).unique().numel() == K


def test_log_likelihood_asks_the_logits_for_the_class():
    loss, features, _ = mixture("diagonal")
    logits = torch.zeros(len(features), K)
    logits[:, 2] = 1.0
    found = LogLikelihood(loss)(features, logits)
    np.testing.assert_allclose(found.detach().numpy(), densities(loss, features)[:, 2], rtol=1e-12)


@COVARIANCES
def test_mixture_is_the_mean_of_the_densities(covariance):
    loss, features, logits = mixture(covariance)
    expected = logsumexp(densities(loss, features), axis=1, b=1 / K)
    found = Mixture(loss)(features, logits)
    assert found.dtype == torch.float64
    np.testing.assert_allclose(found.detach().numpy(), expected, rtol=1e-12)


@pytest.mark.parametrize("score", [LogLikelihood, Mixture])
def test_a_density_grows_along_its_gradient(score):
    loss, features, _ = mixture("diagonal")

    def of(x: Tensor) -> Tensor:
        return score(loss)(x, loss.logits(x))

    moving = features[:10].double().requires_grad_()
    assert torch.autograd.gradcheck(of, moving)
    (gradient,) = torch.autograd.grad(of(single := features[:10].requires_grad_()).sum(), single)
    assert gradient.dtype == torch.float32
    assert (gradient.norm(dim=1) > 0).all()


@pytest.mark.parametrize("score", [LogLikelihood, Mixture])
def test_a_loss_without_density_is_named(score):
    with pytest.raises(NoDensityError, match="SoftmaxLoss does not model the density"):
        score(SoftmaxLoss(K, D))(torch.zeros(2, D), torch.zeros(2, K))


def logits_of_every_confidence() -> Tensor:
    spread = torch.tensor([0.0, 0.1, 1.0, 5.0, 15.0, 30.0, 60.0, 200.0])
    rows = torch.randn(len(spread), K, generator=torch.Generator().manual_seed(0))
    rows[:, 1] += spread
    return rows


def test_max_probability_is_exact_where_the_softmax_saturates():
    logits = logits_of_every_confidence()
    found = max_probability(torch.zeros(len(logits), D), logits)
    with localcontext() as context:
        # The surest probability is 1 - 1e-87, so that 160 digits leave more than 60.
        context.prec = 160
        for row, value in zip(logits.tolist(), found.tolist(), strict=True):
            powers = [Decimal(logit).exp() for logit in row]
            expected = (max(powers) / sum(powers)).ln()
            assert abs(Decimal(value) / expected - 1) < 1e-14
    # The probability itself is 1 for the surest, even in float64: they would tie.
    assert logits.double().softmax(1).amax(1)[-3:].unique().numel() < 3
    assert found.unique().numel() == len(logits)
    assert (found[1:] > found[:-1])[2:].all()


def test_max_probability_of_ties_counts_the_others():
    logits = torch.tensor([[2.0, 2.0, 2.0, 2.0], [3.0, 3.0, -90.0, -90.0]])
    found = max_probability(torch.zeros(2, D), logits)
    assert found.tolist() == pytest.approx([-math.log(4), -math.log(2)], rel=1e-15)


def test_energy_is_the_log_of_the_summed_exponentials():
    logits = torch.cat([logits_of_every_confidence(), torch.full((1, K), -800.0)])
    found = energy(torch.zeros(len(logits), D), logits)
    with localcontext() as context:
        context.prec = 60
        for row, value in zip(logits.tolist(), found.tolist(), strict=True):
            expected = sum(Decimal(logit).exp() for logit in row).ln()
            assert value == pytest.approx(float(expected), rel=1e-14)


def training() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(2)
    labels = torch.randint(K, (400,), generator=generator)
    centres = 6 * torch.randn(K, D, generator=generator)
    shear = torch.tensor([[1.0, 0.0, 0.0], [0.8, 0.6, 0.0], [0.0, -0.5, 1.5]])
    return centres[labels] + torch.randn(400, D, generator=generator) @ shear, labels


def test_mahalanobis_is_the_distance_under_the_tied_covariance():
    features, labels = training()
    x, y = features.double().numpy(), labels.numpy()
    means = [x[y == k].mean(0) for k in range(K)]
    covariance = np.zeros((D, D))
    for point, label in zip(x, y, strict=True):
        covariance += np.outer(point - means[label], point - means[label]) / len(x)
    inverse = np.linalg.inv(covariance)
    asked = 5 * torch.randn(30, D)
    expected = [
        max(-0.5 * (point - mean) @ inverse @ (point - mean) for mean in means)
        for point in asked.double().numpy()
    ]
    found = Mahalanobis(features, labels)(asked, torch.zeros(30, K))
    assert found.dtype == torch.float64
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-9)


def test_mahalanobis_bears_absent_classes_and_constant_features():
    features, labels = training()
    features[:, 1] = 7.0
    labels = labels * 2 + 1
    score = Mahalanobis(features, labels)
    flat = Mahalanobis(features[:, [0, 2]], labels)
    asked = torch.randn(20, D)
    expected = flat(asked[:, [0, 2]], torch.zeros(20, 12))
    torch.testing.assert_close(score(asked, torch.zeros(20, 12)), expected)


def test_mahalanobis_has_a_gradient():
    score = Mahalanobis(*training())
    x = torch.randn(6, D, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda y: score(y, torch.zeros(6, K)), x)


def test_kde_is_the_sum_of_gaussians_over_the_predicted_class():
    features, labels = training()
    score = KernelDensityScore(features, labels)
    asked = features[::20] + 0.1
    logits = torch.eye(K)[torch.arange(len(asked)) % K]
    found = score(asked, logits)
    widths = set()
    for point, row, value in zip(asked, logits, found.tolist(), strict=True):
        k = int(row.argmax())
        width = float(score._densities[k].bandwidth_)
        widths.add(width)
        own = features[labels == k].double()
        away = (point.double() - own).square().sum(1)
        total = torch.logsumexp(-0.5 * away / width**2, 0) - math.log(len(own))
        expected = total - D * math.log(width) - D / 2 * math.log(2 * math.pi)
        assert value == pytest.approx(float(expected), rel=1e-9, abs=1e-9)
    assert len(widths) > 1


def test_kde_takes_the_bandwidth_under_which_held_out_features_are_likeliest():
    features, labels = training()
    chosen = KernelDensityScore(features, labels)._densities[0].bandwidth_
    own = features[labels == 0].double()
    folds = np.array_split(np.arange(len(own)), 3)

    def likelihood(width: float) -> float:
        total = 0.0
        for fold in folds:
            rest = np.setdiff1d(np.arange(len(own)), fold)
            away = torch.cdist(own[fold], own[rest]).square()
            logs = torch.logsumexp(-0.5 * away / width**2, 1) - math.log(len(rest))
            total += float((logs - D * math.log(width)).sum()) / 3
        return total

    spread = float(own.std(0, correction=0).mean())
    widths = [float(width) * spread for width in np.geomspace(0.05, 2.0, 12)]
    assert chosen == pytest.approx(max(widths, key=likelihood))


def test_kde_of_a_class_without_training_features_is_minus_infinity():
    features, labels = training()
    kept = labels != 3
    score = KernelDensityScore(features[kept], labels[kept])
    found = score(torch.zeros(K, D), torch.eye(K))
    assert (found == -math.inf).tolist() == [False, False, False, True, False]


@pytest.mark.parametrize("fit", [Mahalanobis, KernelDensityScore])
def test_features_and_labels_that_do_not_fit_are_named(fit):
    with pytest.raises(ValueError, match=r"features are \[0, 3\] beside labels \[0\]"):
        fit(torch.zeros(0, D), torch.zeros(0, dtype=torch.int64))
    with pytest.raises(ValueError, match=r"features are \[4, 3\] beside labels \[5\]"):
        fit(torch.zeros(4, D), torch.zeros(5, dtype=torch.int64))


def test_kde_names_the_class_that_is_too_small():
    features, labels = training()
    labels[:] = 0
    labels[:5] = 4
    with pytest.raises(ValueError, match=r"class 4 has 5 training features; .* needs 6 or more"):
        KernelDensityScore(features, labels)
