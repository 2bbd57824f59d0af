"""The spatial transformer: where it starts, what its stages see, what its gradients reach."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from lgm_core.alignment.families import FAMILIES
from lgm_core.alignment.transformer import (
    Localiser,
    SpatialTransformer,
    contrast,
    make_transformer,
)
from lgm_core.alignment.warp import warp
from tests.alignment.longhand import BORDERS, NAMES

every_family = pytest.mark.parametrize("name", NAMES)


def faces(count: int = 3, side: int = 48) -> Tensor:
    return torch.rand(count, 1, side, side, generator=torch.Generator().manual_seed(0))


def moved(name: str, stages: int = 1, border: str = "edge") -> SpatialTransformer:
    """A transformer that has left its start."""
    torch.manual_seed(0)
    transformer = make_transformer(name, stages, border)  # type: ignore[arg-type]
    assert transformer is not None
    with torch.no_grad():
        for localiser in transformer.localisers:
            torch.nn.init.normal_(localiser[-1].weight, std=0.3)
    return transformer


@pytest.mark.parametrize("stages", [1, 3])
@pytest.mark.parametrize("border", BORDERS)
@every_family
def test_it_starts_at_the_identity_to_the_bit(name, border, stages):
    transformer = make_transformer(name, stages, border)
    images, chosen = transformer(faces())
    assert torch.equal(images, faces())
    assert len(chosen) == stages
    for theta in chosen:
        assert torch.equal(theta, FAMILIES[name].identity().expand(3, -1))


@every_family
def test_each_stage_sees_what_those_before_it_left_and_the_picture_is_sampled_once(name):
    transformer = moved(name, 3)
    images, chosen = transformer(faces())
    family, seen, stages = FAMILIES[name], faces(), []
    for localiser, theta in zip(transformer.localisers, chosen, strict=True):
        torch.testing.assert_close(theta, family.bounded(localiser(seen)))
        stages.append((family, theta))
        seen = warp(faces(), stages)
    torch.testing.assert_close(images, seen)
    assert float((chosen[0] - chosen[1]).detach().abs().max()) > 0.01
    assert torch.equal(transformer.thetas(faces()), torch.stack(chosen))


@pytest.mark.parametrize("stages", [1, 2])
@every_family
def test_gradients_reach_the_picture_and_every_weight(name, stages):
    transformer = moved(name, stages)
    images = faces().requires_grad_()
    (transformer(images).images * faces().flip(3)).square().sum().backward()
    assert bool(images.grad.any())
    for weight, parameter in transformer.named_parameters():
        assert bool(parameter.grad.isfinite().all()), weight
        assert bool(parameter.grad.any()), weight


@every_family
def test_the_first_gradient_moves_it_from_the_identity(name):
    transformer = make_transformer(name)
    (transformer(faces()).images * faces().flip(3)).square().sum().backward()
    last = transformer.localisers[0][-1]
    assert float(last.weight.grad.abs().amax(1).min()) > 0  # every raw number
    assert bool(last.bias.grad.all())


def test_the_border_is_the_one_that_was_asked_for():
    edge, black = (moved("affine", border=border) for border in BORDERS)
    white = torch.ones(4, 1, 48, 48) - 0.01 * faces(4)
    assert float(edge(white).images.detach().min()) > 0.98
    assert float(black(white).images.detach().min()) < 0.5


@pytest.mark.parametrize("side", [48, 64])
def test_a_localiser_looks_at_a_smaller_picture_free_of_brightness_and_contrast(side):
    torch.manual_seed(0)
    localiser = Localiser(6)
    torch.nn.init.normal_(localiser[-1].weight)
    images = faces(side=side)
    assert localiser(images).shape == (3, 6)
    torch.testing.assert_close(
        localiser(40 * images + 7), localiser(60 * images - 3), rtol=1e-3, atol=1e-3
    )
    if side == 48:
        pooled = avg_pool2d(images, 2)
        torch.testing.assert_close(localiser(images), localiser(pooled))


def test_contrast_leaves_mean_0_and_deviation_1_and_a_flat_picture_0():
    images = torch.cat((100 * faces(), torch.full((1, 1, 48, 48), 0.3)))
    found = contrast(images)
    torch.testing.assert_close(found.mean((1, 2, 3)), torch.zeros(4), rtol=0, atol=1e-5)
    deviations = found.flatten(1).std(1, correction=0)
    torch.testing.assert_close(deviations, torch.tensor([1.0, 1.0, 1.0, 0.0]), rtol=0, atol=1e-4)


def test_none_is_no_transformer_and_another_name_is_refused():
    assert make_transformer("none") is None
    allowed = "none, translation, similarity, affine, projective, tps"
    with pytest.raises(ValueError, match=f"transform is 'rigid'; allowed: {allowed}"):
        make_transformer("rigid")
