"""Adam is torch's own to the bit, and a process that trains never loads torch's compiler."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from lgm_core.training.adam import Adam
from tests.house_rules import ROOT

TRAINS = """
import sys
from lgm_core.training.loop import Trainer
from lgm_core.training.settings import TrainSettings
frames = list(Trainer(TrainSettings(epochs=1, batch_size=1024)).run())
print(frames[-1].scalars.step, "torch._dynamo" in sys.modules)
"""


@pytest.mark.parametrize("fused", [True, False])
def test_steps_are_those_of_torch(fused: bool) -> None:
    ways = []
    for kind in (torch.optim.Adam, Adam):
        torch.manual_seed(0)
        layers = [torch.nn.Linear(5, 4), torch.nn.Linear(4, 3)]
        groups = [{"params": list(layer.parameters())} for layer in layers]
        optimizer = kind(groups, lr=0.01, fused=fused)
        inputs = torch.randn(8, 5)
        for step in range(20):
            optimizer.param_groups[1]["lr"] = 0.01 / (1 + step)
            loss = layers[1](layers[0](inputs).tanh()).square().sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        ways.append([p.detach().clone() for layer in layers for p in layer.parameters()])
    assert all(torch.equal(a, b) for a, b in zip(*ways, strict=True))


def test_a_step_takes_no_gradient_and_leaves_the_mode_as_it_was() -> None:
    weight = torch.ones(2, requires_grad=True)
    optimizer = Adam([weight])
    weight.sum().backward()
    optimizer.step()
    assert weight.is_leaf and torch.is_grad_enabled()


def test_training_does_not_load_the_compiler() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TRAINS], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["3", "False"]
