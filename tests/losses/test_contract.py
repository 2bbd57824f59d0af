"""What all losses have in common: the interface, its errors, and the factory."""

from __future__ import annotations

import subprocess
import sys
from typing import get_args

import pytest
import torch

from benchmarks._longhand import relative_error
from lgm_core.losses import LGMLoss, NoDensityError, make_loss
from lgm_core.training.settings import LossName, bounds

NAMES = get_args(LossName)
_, MAX_ALPHA = bounds("alpha")


def loss_of(name: str, dim: int = 4, alpha: float = 1.0):
    torch.manual_seed(0)
    return make_loss(name, 5, dim, alpha=alpha, lambda_=0.1, covariance="diagonal").double()


@pytest.mark.parametrize("name", NAMES)
def test_arg_max_of_the_quadratic_is_that_of_the_logits(name):
    loss = loss_of(name)
    x = 3 * torch.randn(400, 4, dtype=torch.float64)
    q, w, b = loss.quadratic_logits()
    quadratic = -0.5 * x.square() @ q.t() + x @ w.t() + b
    assert quadratic.argmax(1).equal(loss.logits(x).argmax(1))
    assert loss.logits(x).argmax(1).unique().numel() > 2


@pytest.mark.parametrize("name", NAMES)
def test_logits_beside_the_loss_have_no_margin(name):
    x, labels = torch.randn(30, 4, dtype=torch.float64), torch.randint(5, (30,))
    for alpha in (0.0, MAX_ALPHA):
        loss = loss_of(name, alpha=alpha)
        logits = loss.loss_and_logits(x, labels)[1]
        assert not logits.requires_grad
        assert relative_error(logits, loss_of(name, alpha=0.0).logits(x)) <= 1e-12


@pytest.mark.parametrize("name", [n for n in NAMES if n != "lgm"])
def test_alpha_0_is_cross_entropy_of_the_logits(name):
    loss = loss_of(name, alpha=0.0)
    x, labels = torch.randn(30, 4, dtype=torch.float64), torch.randint(5, (30,))
    expected = torch.nn.functional.cross_entropy(loss.logits(x), labels)
    assert relative_error(loss(x, labels).classification, expected) <= 1e-9


@pytest.mark.parametrize("alpha", [0.0, 0.1, 0.5, 1.0, 1.7, 3.0])
@pytest.mark.parametrize("name", NAMES)
def test_every_margin_of_the_slider_gives_finite_terms_and_gradients(name, alpha):
    loss = loss_of(name, dim=2).float()
    loss.alpha = alpha
    # On the weight, against it, and at the origin: where angles have no slope.
    ends = loss.quadratic_logits()[1][:2]
    x = torch.cat([ends, -ends, 50 * ends, torch.randn(20, 2)]).requires_grad_()
    terms = loss(x, torch.arange(len(x)) % 2)
    terms.total.backward()
    assert all(bool(term.isfinite()) for term in terms)
    assert x.grad.isfinite().all()
    assert all(p.grad is None or bool(p.grad.isfinite().all()) for p in loss.parameters())


@pytest.mark.parametrize("name", [n for n in NAMES if n != "softmax" and n != "center"])
def test_a_larger_margin_is_a_larger_loss(name):
    loss = loss_of(name)
    x, labels = torch.randn(30, 4, dtype=torch.float64), torch.randint(5, (30,))
    values = []
    for alpha in (0.0, 1.0, 2.0, 3.0):
        loss.alpha = alpha
        values.append(float(loss(x, labels).classification))
    assert values == sorted(set(values))


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_those_of_finite_differences(name):
    loss = loss_of(name).eval()
    x, labels = torch.randn(5, 4, dtype=torch.float64), torch.tensor([0, 1, 2, 3, 4])
    assert torch.autograd.gradcheck(lambda y: loss(y, labels).total, (x.requires_grad_(),))


@pytest.mark.parametrize("name", NAMES)
def test_state_goes_to_a_fresh_loss_of_the_same_name(name):
    loss, other = loss_of(name), make_loss(name, 5, 4, alpha=0, lambda_=0, covariance="diagonal")
    x = torch.randn(8, 4, dtype=torch.float64)
    other.double().load_state_dict(loss.state_dict())
    assert other.logits(x).equal(loss.logits(x))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("features", "labels", "error", "message"),
    [
        (torch.zeros(3, 1), torch.zeros(3, dtype=torch.int64), ValueError, r"allowed: \[N, 4\]"),
        (torch.zeros(4), torch.zeros(4, dtype=torch.int64), ValueError, r"allowed: \[N, 4\]"),
        (torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), ValueError, "N >= 1"),
        (torch.zeros(3, 4), torch.zeros(1, dtype=torch.int64), ValueError, r"labels are \[1\]"),
        (torch.zeros(3, 4), torch.zeros(3), ValueError, "float32; allowed: torch.int64"),
        (torch.zeros(2, 4), torch.tensor([0, 5]), IndexError, "label is 5; allowed: 0 to 4"),
        (torch.zeros(2, 4), torch.tensor([-100, 0]), IndexError, "label is -100; allowed: 0"),
    ],
)
def test_a_bad_batch_is_named(name, features, labels, error, message):
    with pytest.raises(error, match=message):
        loss_of(name).float()(features, labels)


@pytest.mark.parametrize("name", NAMES)
def test_logits_refuse_features_that_would_broadcast(name):
    with pytest.raises(ValueError, match=r"allowed: \[N, 4\]"):
        loss_of(name).float().logits(torch.zeros(3, 1))


def test_only_lgm_has_a_density():
    for name in NAMES:
        loss = loss_of(name)
        assert loss.has_density == isinstance(loss, LGMLoss)
        if not loss.has_density:
            with pytest.raises(NoDensityError, match="only L-GM"):
                loss.log_likelihood(torch.zeros(1, 4))


def test_a_bad_name_or_size_is_named():
    with pytest.raises(ValueError, match="'svm'; allowed: softmax, lgm, center, l-softmax"):
        make_loss("svm", 5, 4, alpha=0, lambda_=0)
    with pytest.raises(ValueError, match="num_classes is 1; allowed: 2 or more"):
        make_loss("lgm", 1, 4, alpha=0, lambda_=0)
    with pytest.raises(ValueError, match="feature_dim is 0; allowed: 1 or more"):
        make_loss("lgm", 5, 0, alpha=0, lambda_=0)


def test_a_loss_without_angles_does_not_import_metric_learning():
    script = (
        "import sys; from lgm_core.losses import make_loss\n"
        "for n in ('softmax', 'lgm', 'center'): make_loss(n, 3, 2, alpha=0, lambda_=0)\n"
        "assert 'pytorch_metric_learning' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=300)
