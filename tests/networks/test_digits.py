"""Each digit network by its name, and test time that leaves no trace."""

from __future__ import annotations

import pytest
import torch

from lgm_core.data import load
from lgm_core.networks.digits import NETWORKS, at_test_time, make_network
from lgm_core.training.learner import Learner
from lgm_core.training.settings import NetworkName, TrainSettings, choices


def test_the_settings_know_every_network() -> None:
    assert choices("network") == tuple(NETWORKS)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("feature_dim", [2, 64])
def test_it_ends_in_the_features_that_were_asked_for(name: str, feature_dim: int) -> None:
    assert make_network(name, feature_dim)(torch.randn(3, 1, 28, 28)).shape == (3, feature_dim)


def test_an_unknown_name_is_told_with_those_allowed() -> None:
    with pytest.raises(ValueError, match="'lenet'; allowed: live, batchnorm, paper"):
        make_network("lenet", 2)


@pytest.mark.parametrize("name", NETWORKS)
def test_looking_at_digits_changes_nothing_and_does_not_depend_on_the_batch(
    name: NetworkName,
) -> None:
    learner = Learner(TrainSettings(network=name), load("bundled"), torch.device("cpu"))
    for _ in range(2):
        learner.step()
    before = {key: value.clone() for key, value in learner.state_dict().items()}
    digits = torch.arange(20).numpy()
    together, _ = learner.classify(digits)
    alone, _ = learner.classify(digits[:1])
    assert torch.allclose(torch.from_numpy(alone[0]), torch.from_numpy(together[0]), atol=1e-5)
    assert learner.network.training
    assert all(torch.equal(value, before[key]) for key, value in learner.state_dict().items())


def test_test_time_ends_also_with_an_error() -> None:
    network = make_network("batchnorm", 2)
    with pytest.raises(RuntimeError), at_test_time(network):
        assert not network.training
        raise RuntimeError
    assert network.training
