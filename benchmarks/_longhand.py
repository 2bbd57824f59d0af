"""The L-GM loss written out with torch.distributions in float64: what the library is held to."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.distributions import Distribution, Independent, MultivariateNormal, Normal

from lgm_core.losses import LGMLoss


@dataclass(frozen=True)
class Answer:
    """All that an L-GM loss computes for a batch, by name."""

    values: dict[str, Tensor] = field(default_factory=dict)

    def errors_to(self, reference: Answer) -> dict[str, float]:
        """Relative error of each value: largest absolute error over largest absolute value."""
        return {
            name: relative_error(self.values[name], expected)
            for name, expected in reference.values.items()
        }


def relative_error(found: Tensor, expected: Tensor) -> float:
    """``max |found - expected| / max |expected|`` of two tensors of one shape.

    Values below the smallest normal number of the type found count as that number: they cannot
    be told from 0 in it.
    """
    found, expected = found.detach(), expected.detach()
    difference = (found.double() - expected.double()).abs().max()
    scale = expected.double().abs().max().clamp_min(torch.finfo(found.dtype).tiny)
    return float(difference / scale)


def library(loss: LGMLoss, features: Tensor, labels: Tensor) -> Answer:
    """What :class:`LGMLoss` gives, gradients included."""
    loss.zero_grad()
    x = features.detach().clone().requires_grad_()
    terms, training_time_logits = loss.loss_and_logits(x, labels)
    torch.autograd.backward(terms.total)
    with torch.no_grad():
        log_likelihood, logits = loss.log_likelihood(x), loss.logits(x)
    return _answer(
        *terms, logits, training_time_logits, log_likelihood, x, loss.means, loss.log_variances
    )


def longhand(loss: LGMLoss, features: Tensor, labels: Tensor) -> Answer:
    """The same from the formulas, in float64, one class after the other."""
    x = features.detach().double().requires_grad_()
    means = loss.means.detach().double().requires_grad_()
    learned = loss.log_variances.requires_grad
    log_variances = loss.log_variances.detach().double().requires_grad_(learned)
    variances = log_variances.exp().expand(means.shape)
    dim = means.shape[1]

    densities, distances = [], []
    for mean, variance in zip(means, variances, strict=True):
        densities.append(_gaussian(mean, variance).log_prob(x))
        half_log_det = 0.5 * variance.log().sum()
        distances.append(-densities[-1] - half_log_det - 0.5 * dim * math.log(2 * math.pi))
    log_likelihood = torch.stack(densities, 1)
    logits = log_likelihood + 0.5 * dim * math.log(2 * math.pi)
    distance = torch.stack(distances, 1)

    is_true = torch.nn.functional.one_hot(labels, len(means)).double()
    with_margin = logits - loss.alpha * is_true * distance
    posterior = with_margin - torch.logsumexp(with_margin, 1, keepdim=True)
    classification = -(is_true * posterior).sum(1).mean()
    likelihood = -(is_true * logits).sum(1).mean()
    total = classification + loss.lambda_ * likelihood
    torch.autograd.backward(total)
    return _answer(
        total, classification, likelihood, logits, logits, log_likelihood, x, means, log_variances
    )


def _gaussian(mean: Tensor, variance: Tensor) -> Distribution:
    """``N(mean, diag(variance))``; with a full covariance matrix where that takes no time."""
    if len(mean) <= 32:
        return MultivariateNormal(mean, covariance_matrix=variance.diag())
    return Independent(Normal(mean, variance.sqrt()), 1)


def _answer(
    total: Tensor,
    classification: Tensor,
    likelihood: Tensor,
    logits: Tensor,
    logits_while_training: Tensor,
    log_likelihood: Tensor,
    x: Tensor,
    means: Tensor,
    log_variances: Tensor,
) -> Answer:
    values = {
        "total": total,
        "classification": classification,
        "likelihood": likelihood,
        "logits": logits,
        "logits_while_training": logits_while_training,
        "log_likelihood": log_likelihood,
        "features_gradient": x.grad,
        "means_gradient": means.grad,
        "log_variances_gradient": log_variances.grad,
    }
    return Answer({name: v.detach() for name, v in values.items() if v is not None})
