"""Adam without torch's compiler, which nothing here uses.

A process's first optimizer makes torch import its compiler: two to three seconds, and in a worker
a hundred megabytes, just to be told that there is nothing to compile. The arithmetic is torch's
own, to the bit; only the calls into the compiler are stepped over.
"""

from __future__ import annotations

import inspect
from typing import Any, cast

import torch
from torch.optim import Adam as TorchAdam
from torch.optim import Optimizer

#: Where torch looks for a method that it has asked its compiler to leave alone already.
_LEFT_ALONE = "__dynamo_disable"


class Adam(TorchAdam):
    """``torch.optim.Adam`` as it is, but that its step does not enter the compiler."""

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        """One step of Adam; see ``torch.optim.Adam.step``."""
        return inspect.unwrap(TorchAdam.step)(self, closure)


def _leave_alone() -> None:
    """Marks the methods of optimizers as seen to. Where torch should no longer look for the mark,
    it imports its compiler, and all works as it did."""
    for method in vars(Optimizer).values():
        plain = getattr(method, "__wrapped__", None)
        if plain is not None and not hasattr(plain, _LEFT_ALONE):
            setattr(cast("Any", plain), _LEFT_ALONE, plain)


_leave_alone()
