"""A worker whose numbers run away after some steps: what a fork server runs in its stead."""

from __future__ import annotations

import torch

from lgm_core.runs import worker
from lgm_core.training.learner import Learner
from lgm_core.training.painter import Batch

LAST_GOOD_STEP = 5
_step, _work = Learner.step, worker.work


def _spoilt(learner: Learner) -> Batch:
    if learner.steps == LAST_GOOD_STEP:
        with torch.no_grad():
            next(learner.network.parameters()).fill_(float("nan"))
    return _step(learner)


def work(*arguments: object) -> None:
    """``lgm_core.runs.worker.work`` with a weight that is no number from step 5 on."""
    Learner.step = _spoilt  # type: ignore[method-assign]
    _work(*arguments)  # type: ignore[arg-type]
