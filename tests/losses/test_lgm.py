"""LGMLoss against its formulas written out with torch.distributions in float64."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.distributions import MultivariateNormal

from benchmarks._longhand import library, longhand, relative_error
from benchmarks.loss_exactness import PLACES, SHAPES, WAYS, computing, gradients_pass, make_batch
from lgm_core.losses import LGMLoss
from lgm_core.losses.lgm import LOG_VARIANCE_RANGE

COVARIANCES = ("identity", "isotropic", "diagonal")
BARS = {torch.float32: 1e-5, torch.float64: 1e-10}


@pytest.mark.parametrize("dtype", BARS, ids=str)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("shape", SHAPES)
def test_terms_logits_and_gradients_are_the_longhand_ones(shape, covariance, place, dtype):
    loss, features, labels = make_batch(SHAPES[shape], covariance, place, dtype)
    errors = library(loss, features, labels).errors_to(longhand(loss, features, labels))
    assert {"total", "logits", "log_likelihood", "features_gradient", "means_gradient"} <= set(
        errors
    )
    assert ("log_variances_gradient" in errors) == (covariance != "identity")
    assert max(errors.values()) <= BARS[dtype], errors


@pytest.mark.parametrize("dtype", BARS, ids=str)
@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("place", ["origin", "together", "features"])
def test_matrix_products_agree_with_the_longhand_formulas_at_any_size(place, covariance, dtype):
    loss, features, labels = make_batch(SHAPES["small"], covariance, place, dtype)
    with computing("products"):
        errors = library(loss, features, labels).errors_to(longhand(loss, features, labels))
    assert max(errors.values()) <= BARS[dtype], errors


def test_several_blocks_of_classes_give_what_one_gives(monkeypatch):
    loss, features, labels = make_batch((16, 50, 8), "diagonal", "origin", torch.float64)
    with computing("products"):
        monkeypatch.setattr("lgm_core.losses.distances._BLOCK", 8 * 7)
        errors = library(loss, features, labels).errors_to(longhand(loss, features, labels))
    assert max(errors.values()) <= 1e-10


@settings(max_examples=30, deadline=None)
@given(
    count=st.integers(1, 12),
    classes=st.integers(2, 8),
    dim=st.integers(1, 6),
    alpha=st.floats(0, 3),
    lambda_=st.floats(0, 2),
    covariance=st.sampled_from(COVARIANCES),
    way=st.sampled_from(WAYS),
)
def test_any_shape_and_knobs(count, classes, dim, alpha, lambda_, covariance, way):
    shape = (count, classes, dim)
    loss, features, labels = make_batch(shape, covariance, "origin", torch.float64)
    loss.alpha, loss.lambda_ = alpha, lambda_  # changed between steps
    with computing(way):
        found = library(loss, features, labels).values
    for name, expected in longhand(loss, features, labels).values.items():
        # A cross-entropy near 0 is the difference of two logits, so it has their rounding.
        torch.testing.assert_close(found[name], expected, rtol=1e-10, atol=1e-13, msg=name)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("covariance", COVARIANCES)
def test_gradients_are_those_of_finite_differences(covariance, way):
    assert gradients_pass(covariance, way)


def test_without_margin_and_likelihood_it_is_the_cross_entropy_of_the_posterior():
    loss, features, labels = make_batch((20, 5, 3), "diagonal", "origin", torch.float64)
    loss.alpha = loss.lambda_ = 0.0
    densities = [
        MultivariateNormal(mean, variance.diag()).log_prob(features)
        for mean, variance in zip(loss.means, loss.variances(), strict=True)
    ]
    posterior = torch.stack(densities, 1).softmax(1)
    expected = -posterior[torch.arange(20), labels].log().mean()
    assert relative_error(loss(features, labels).total, expected) <= 1e-12


def test_knobs_act_from_the_next_step_on():
    loss, features, labels = make_batch((20, 5, 3), "identity", "origin", torch.float64)
    for alpha, lambda_ in ((0.0, 0.0), (2.5, 0.0), (2.5, 1.5), (0.3, 0.1)):
        loss.alpha, loss.lambda_ = alpha, lambda_
        terms = library(loss, features, labels).values
        expected = longhand(loss, features, labels).values
        assert relative_error(terms["total"], expected["total"]) <= 1e-12
        assert relative_error(terms["logits"], expected["logits"]) <= 1e-12


def test_float32_comes_back_as_float32_and_half_as_float32():
    loss = LGMLoss(3, 2)
    labels = torch.tensor([0, 1])
    for dtype in (torch.float32, torch.float16, torch.bfloat16):
        terms, logits = loss.loss_and_logits(torch.ones(2, 2, dtype=dtype), labels)
        assert {t.dtype for t in (*terms, logits)} == {torch.float32}


@pytest.mark.parametrize("start", [-30.0, -2 * math.log(1e4), 30.0])
@pytest.mark.parametrize("covariance", ["isotropic", "diagonal"])
def test_a_log_variance_that_left_its_range_is_bounded_and_comes_back(covariance, start):
    low, high = LOG_VARIANCE_RANGE
    loss = LGMLoss(2, 3, alpha=0.0, lambda_=1.0, covariance=covariance)
    with torch.no_grad():
        loss.log_variances.fill_(start)
        loss.means.zero_()
    assert loss.variances().log().clamp(low - 1e-4, high + 1e-4).equal(loss.variances().log())
    torch.manual_seed(0)
    features, labels = torch.randn(64, 3), torch.arange(64) % 2  # variance 1: amid the range
    optimizer = torch.optim.Adam([loss.log_variances], lr=1.0)
    for _ in range(60):
        optimizer.zero_grad()
        loss(features, labels).likelihood.backward()
        optimizer.step()
    assert loss.log_variances.abs().max() < 4.0
    assert loss.log_variances.abs().max() < abs(start) / 2


def test_a_log_variance_at_its_bound_is_not_pushed_further_out():
    loss = LGMLoss(2, 1, covariance="isotropic")
    low, high = LOG_VARIANCE_RANGE
    with torch.no_grad():
        loss.means.zero_()
        loss.log_variances.copy_(torch.tensor([[low - 1.0], [high + 1.0]]))
    # A feature on the mean asks for less variance; one far away asks for more.
    loss(torch.tensor([[0.0], [1e6]]), torch.tensor([0, 1])).likelihood.backward()
    assert loss.log_variances.grad.tolist() == [[0.0], [0.0]]


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_quadratic_logits_are_the_logits(covariance):
    loss, features, _ = make_batch((50, 6, 4), covariance, "origin", torch.float64)
    q, w, b = loss.quadratic_logits()
    assert (q.shape, w.shape, b.shape) == ((6, 4), (6, 4), (6,))
    quadratic = -0.5 * features.square() @ q.t() + features @ w.t() + b
    assert relative_error(quadratic, loss.logits(features)) <= 1e-12


def test_a_density_integrates_to_one():
    loss = LGMLoss(2, 2, covariance="diagonal").double()
    with torch.no_grad():
        loss.log_variances.copy_(torch.tensor([[0.5, -0.5], [0.0, 1.0]]))
    axis = torch.linspace(-12, 12, 401, dtype=torch.float64)
    points = torch.cartesian_prod(axis, axis)
    cell = float(axis[1] - axis[0]) ** 2
    masses = loss.log_likelihood(points).exp().sum(0) * cell
    assert torch.allclose(masses, torch.ones(2, dtype=torch.float64), atol=1e-6)


def test_a_feature_that_is_not_finite_is_not_hidden():
    loss = LGMLoss(3, 2)
    terms = loss(torch.tensor([[0.0, math.nan]]), torch.tensor([1]))
    assert not any(bool(term.isfinite()) for term in terms)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"covariance": "full"}, "covariance is 'full'; allowed: identity, isotropic, diagonal"),
        ({"alpha": -0.1}, "alpha is -0.1; allowed: 0 or more"),
        ({"lambda_": math.inf}, "lambda_ is inf; allowed: 0 or more"),
    ],
)
def test_a_bad_option_is_named(options, message):
    with pytest.raises(ValueError, match=message):
        LGMLoss(3, 2, **options)
