"""How the margin grows during training."""

from __future__ import annotations

FIRST_MARGIN = 0.1


def margin_at(schedule: str, alpha: float, epoch: float, epochs: int) -> float:
    """The margin in force at an epoch.

    Args:
        schedule: ``constant``, or ``stepped``: the authors' growth, which starts at 0.1 and
            doubles, here with each quarter of the run, up to ``alpha`` (the authors stop at 0.3).
        alpha: the margin set, 0 or more.
        epoch: epochs trained so far, 0 or more.
        epochs: epochs of the whole run.

    Raises:
        ValueError: for another schedule.
    """
    if schedule == "constant":
        return alpha
    if schedule == "stepped":
        quarter = int(4 * epoch / epochs)
        return min(alpha, FIRST_MARGIN * 2.0**quarter)
    raise ValueError(f"margin schedule is {schedule!r}; allowed: constant, stepped")
