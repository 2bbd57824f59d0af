from __future__ import annotations

import torch

from lgm_core.losses.bounds import bounded


def test_values_stay_within_the_bounds() -> None:
    parameter = torch.tensor([-5.0, -1.0, 0.3, 1.0, 7.0])
    assert bounded(parameter, -1.0, 1.0).tolist() == torch.tensor([-1, -1, 0.3, 1, 1]).tolist()


def test_inside_the_bounds_the_gradient_is_untouched() -> None:
    parameter = torch.tensor([-0.9, 0.0, 0.9], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda p: bounded(p, -1.0, 1.0).exp(), parameter)


def test_outside_only_a_gradient_whose_descent_leads_back_passes() -> None:
    parameter = torch.tensor([-2.0, -2.0, 2.0, 2.0], requires_grad=True)
    bounded(parameter, -1.0, 1.0).backward(torch.tensor([3.0, -3.0, 3.0, -3.0]))
    assert parameter.grad is not None
    assert parameter.grad.tolist() == [0.0, -3.0, 3.0, 0.0]


def test_descent_brings_a_parameter_back_where_a_clamp_would_hold_it_for_ever() -> None:
    def descend(bound: bool) -> float:
        parameter = torch.tensor([5.0], requires_grad=True)
        optimizer = torch.optim.SGD([parameter], lr=0.5)
        for _ in range(100):
            value = bounded(parameter, -1.0, 1.0) if bound else parameter.clamp(-1.0, 1.0)
            optimizer.zero_grad()
            value.square().sum().backward()
            optimizer.step()
        return abs(float(parameter.detach()))

    assert descend(bound=True) < 1e-6
    assert descend(bound=False) == 5.0
