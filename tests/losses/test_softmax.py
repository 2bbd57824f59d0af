from __future__ import annotations

import pytest
import torch
from torch import nn

from lgm_core.losses import NoDensityError, SoftmaxLoss


@pytest.fixture
def batch() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    features = torch.randn(32, 5, generator=generator, dtype=torch.float64)
    return features, torch.randint(7, (32,), generator=generator)


def test_loss_and_logits_agree_with_the_formula(batch: tuple[torch.Tensor, torch.Tensor]) -> None:
    features, labels = batch
    loss = SoftmaxLoss(7, 5).double()
    terms, logits = loss.loss_and_logits(features, labels)

    scores = torch.stack([features @ w + b for w, b in zip(loss.weight, loss.bias, strict=True)], 1)
    expected = -torch.log(scores.exp()[range(32), labels] / scores.exp().sum(1)).mean()
    torch.testing.assert_close(terms.total, expected, rtol=1e-12, atol=0)
    torch.testing.assert_close(terms.classification, expected, rtol=1e-12, atol=0)
    torch.testing.assert_close(logits, scores.detach(), rtol=1e-12, atol=1e-12)
    assert terms.likelihood == 0
    assert not logits.requires_grad


def test_gradients_are_those_of_torchs_linear_layer(
    batch: tuple[torch.Tensor, torch.Tensor],
) -> None:
    features, labels = batch
    loss = SoftmaxLoss(7, 5).double()
    linear = nn.Linear(5, 7).double()
    linear.load_state_dict(loss.state_dict())
    loss(features, labels).total.backward()
    nn.functional.cross_entropy(linear(features), labels).backward()
    torch.testing.assert_close(loss.weight.grad, linear.weight.grad)
    torch.testing.assert_close(loss.bias.grad, linear.bias.grad)


def test_knobs_have_no_influence(batch: tuple[torch.Tensor, torch.Tensor]) -> None:
    loss = SoftmaxLoss(7, 5, alpha=0.0, lambda_=0.0).double()
    before = loss(*batch).total
    loss.alpha, loss.lambda_ = 3.0, 2.0
    assert loss(*batch).total == before


def test_softmax_has_no_likelihood(batch: tuple[torch.Tensor, torch.Tensor]) -> None:
    loss = SoftmaxLoss(7, 5)
    assert not loss.has_density
    with pytest.raises(NoDensityError, match="SoftmaxLoss does not model the density"):
        loss.log_likelihood(batch[0].float())
