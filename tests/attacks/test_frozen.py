"""The first convolution's quick gradient is the gradient."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from lgm_core.networks.frozen import first_layer

LAYERS = {
    "live": lambda: nn.Conv2d(1, 16, 5, stride=2, padding=2),
    "paper": lambda: nn.Conv2d(1, 32, 5, padding=2),
    "odd": lambda: nn.Conv2d(1, 3, (3, 4), stride=(2, 3), padding=(0, 1), bias=False),
}


@pytest.fixture(params=sorted(LAYERS), name="layer")
def _layer(request: pytest.FixtureRequest) -> nn.Conv2d:
    torch.manual_seed(0)
    return LAYERS[request.param]().requires_grad_(False)


def test_it_is_the_librarys_gradient(layer: nn.Conv2d) -> None:
    images = torch.rand(5, 1, 28, 28, dtype=torch.float64, requires_grad=True)
    layer = layer.double()
    out = first_layer(layer, images)
    assert torch.equal(out, layer(images))
    assert type(out.grad_fn).__name__ == "_ConvolutionBackward"
    towards = torch.randn_like(out)
    (quick,) = torch.autograd.grad(out, images, towards)
    (slow,) = torch.autograd.grad(layer(images), images, towards)
    torch.testing.assert_close(quick, slow, rtol=1e-12, atol=1e-12)


def test_it_passes_a_numerical_check(layer: nn.Conv2d) -> None:
    layer = layer.double()
    # Each output is gone back from by itself: no more of them than edges and a middle need.
    images = torch.rand(2, 1, 5, 6, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: first_layer(layer, x), images)


@pytest.mark.parametrize(
    "other",
    [
        nn.Conv2d(2, 4, 3),
        nn.Conv2d(1, 4, 3, dilation=2),
        nn.Conv2d(1, 4, 3, padding="same"),
        nn.Conv2d(1, 4, 3, padding=1, padding_mode="reflect"),
        nn.LeakyReLU(),
    ],
    ids=["two channels", "dilated", "padding by name", "reflected", "no convolution"],
)
def test_any_other_layer_is_left_to_the_library(other: nn.Module) -> None:
    other.requires_grad_(False)
    channels = getattr(other, "in_channels", 1)
    images = torch.rand(2, channels, 12, 12, requires_grad=True)
    out = first_layer(other, images)
    assert type(out.grad_fn).__name__ != "_ConvolutionBackward"
    assert torch.equal(out, other(images))


def test_a_layer_that_learns_gets_its_own_gradient() -> None:
    layer = nn.Conv2d(1, 4, 3)
    first_layer(layer, torch.rand(2, 1, 12, 12, requires_grad=True)).sum().backward()
    assert layer.weight.grad is not None
