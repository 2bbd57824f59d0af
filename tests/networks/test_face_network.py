"""The feature network for faces: its shape, and that a face's features are its own."""

from __future__ import annotations

import pytest
import torch

from lgm_core.networks.faces import FaceNetwork


def network(dim: int = 16) -> FaceNetwork:
    torch.manual_seed(0)
    return FaceNetwork(dim).eval()


FACES = torch.rand(6, 1, 48, 48, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("dim", [2, 64, 128])
def test_it_ends_in_d_features(dim):
    assert network(dim)(FACES).shape == (6, dim)


def test_a_face_has_the_same_features_in_any_company():
    together = network()(FACES)
    alone = torch.cat([network()(face[None]) for face in FACES])
    torch.testing.assert_close(together, alone, rtol=1e-5, atol=1e-5)
    assert float(together.std(0).min()) > 1e-3  # and not all faces have the same


def test_only_dropout_tells_training_from_testing():
    trained = network().train()
    assert not torch.equal(trained(FACES), trained(FACES))
    for module in trained.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    assert torch.equal(trained(FACES), network()(FACES))
    assert not dict(trained.named_buffers())  # no running means


def test_a_gradient_reaches_every_weight_and_the_picture():
    images, trained = FACES.clone().requires_grad_(), network()
    trained(images).square().sum().backward()
    for tensor in (images, *trained.parameters()):
        assert bool(tensor.grad.isfinite().all())
        assert bool(tensor.grad.any())
