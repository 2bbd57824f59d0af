from __future__ import annotations

import pytest
import torch
from torch import Tensor

from lgm_core.losses import CenterLoss, NoDensityError

K, D = 4, 3


@pytest.fixture
def loss() -> CenterLoss:
    torch.manual_seed(0)
    loss = CenterLoss(K, D, lambda_=0.3).double()
    loss.centers.copy_(torch.randn(K, D))
    return loss


@pytest.fixture
def batch() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    # Class 3 does not occur: its center must not move.
    labels = torch.randint(K - 1, (20,), generator=generator)
    return torch.randn(20, D, generator=generator, dtype=torch.float64), labels


def test_terms_agree_with_equation_5_of_the_paper(
    loss: CenterLoss, batch: tuple[Tensor, Tensor]
) -> None:
    features, labels = batch
    centers = loss.centers.clone()
    softmax, center = 0.0, 0.0
    for x, z in zip(features, labels, strict=True):
        scores = torch.stack([x @ w + b for w, b in zip(loss.weight, loss.bias, strict=True)])
        softmax -= float(torch.log(scores[z].exp() / scores.exp().sum()).detach())
        center += 0.5 * float(torch.dist(x, centers[z]) ** 2)
    terms = loss(features, labels)
    assert float(terms.classification.detach()) == pytest.approx(softmax / 20, rel=1e-12)
    assert float(terms.likelihood.detach()) == pytest.approx(center / 20, rel=1e-12)
    assert float(terms.total.detach()) == pytest.approx((softmax + 0.3 * center) / 20, rel=1e-12)


def test_centers_move_by_the_papers_rule_and_an_absent_class_not_at_all(
    loss: CenterLoss, batch: tuple[Tensor, Tensor]
) -> None:
    features, labels = batch
    before = loss.centers.clone()
    loss(features, labels)
    for k in range(K):
        own = features[labels == k]
        step = sum((before[k] - x for x in own), torch.zeros(D)) / (1 + len(own))
        torch.testing.assert_close(loss.centers[k], before[k] - 0.5 * step, rtol=1e-12, atol=1e-12)
    assert torch.equal(loss.centers[K - 1], before[K - 1])


def test_centers_stand_still_in_evaluation_mode(
    loss: CenterLoss, batch: tuple[Tensor, Tensor]
) -> None:
    before = loss.centers.clone()
    loss.eval()
    loss(*batch)
    assert torch.equal(loss.centers, before)


def test_centers_reach_the_class_means(loss: CenterLoss, batch: tuple[Tensor, Tensor]) -> None:
    features, labels = batch
    for _ in range(100):
        loss(features, labels)
    for k in range(K - 1):
        torch.testing.assert_close(loss.centers[k], features[labels == k].mean(0))


def test_gradients_treat_the_centers_as_constants(
    loss: CenterLoss, batch: tuple[Tensor, Tensor]
) -> None:
    features, labels = batch
    loss.eval()
    assert torch.autograd.gradcheck(
        lambda x, *_: loss(x, labels).total, (features.requires_grad_(), loss.weight, loss.bias)
    )
    assert not loss.centers.requires_grad


def test_the_gradient_of_a_training_step_is_taken_at_the_centers_before_they_move(
    loss: CenterLoss, batch: tuple[Tensor, Tensor]
) -> None:
    features, labels = batch
    features.requires_grad_()
    centers = loss.centers.clone()
    term = loss(features, labels).likelihood
    (gradient,) = torch.autograd.grad(term, features)
    torch.testing.assert_close(gradient, (features.detach() - centers[labels]) / len(labels))


def test_lambda_acts_on_the_next_step(loss: CenterLoss, batch: tuple[Tensor, Tensor]) -> None:
    loss.eval()
    loss.lambda_ = 0.0
    terms = loss(*batch)
    assert terms.total == terms.classification
    loss.lambda_ = 2.0
    terms = loss(*batch)
    torch.testing.assert_close(terms.total, terms.classification + 2.0 * terms.likelihood)


def test_center_loss_has_no_likelihood(loss: CenterLoss, batch: tuple[Tensor, Tensor]) -> None:
    with pytest.raises(NoDensityError, match="CenterLoss"):
        loss.log_likelihood(batch[0])
