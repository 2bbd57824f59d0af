"""From one value a seed to a verdict: an interval has to lie wholly on one side, not a point."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lgm_core.evidence.paper import EvidenceError

Verdict = Literal["supporting", "contrasting", "inconclusive"]

#: How often an interval made like this holds the true mean.
CONFIDENCE = 0.95


class Rule(BaseModel):
    """What counts as evidence, in the statistic's own unit."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    supporting_above: float = Field(description="An interval wholly above it supports the claim.")
    contrasting_below: float = Field(description="An interval wholly below it contrasts with it.")

    @model_validator(mode="after")
    def _ordered(self) -> Rule:
        if self.contrasting_below > self.supporting_above:
            raise ValueError("contrasting_below is above supporting_above")
        return self


class Interval(NamedTuple):
    """Lowest and highest value that the mean over all seeds may well have."""

    low: float
    high: float


def mean_interval(values: Sequence[float], confidence: float = CONFIDENCE) -> Interval | None:
    """Student's t interval of the mean of one value a seed; None for a single value.

    Args:
        values: paired differences or the like, one a seed.
        confidence: above 0, below 1.

    Raises:
        EvidenceError: if there is no value, or one that is not finite.
    """
    count = len(values)
    if not count:
        raise EvidenceError("There are 0 values; an interval needs 2 or more.")
    if not all(math.isfinite(value) for value in values):
        raise EvidenceError("A measured value is not finite; allowed: finite numbers.")
    if count == 1:
        return None
    # Only now: the server reads claims at its start and draws intervals much later.
    from scipy.special import stdtrit

    mean = math.fsum(values) / count
    variance = math.fsum((value - mean) ** 2 for value in values) / (count - 1)
    quantile = float(stdtrit(count - 1, 0.5 + confidence / 2))
    half = quantile * math.sqrt(variance / count)
    return Interval(mean - half, mean + half)


def verdict(interval: Interval | None, rule: Rule) -> Verdict:
    """What an interval says of a claim; without one, nothing."""
    if interval is None:
        return "inconclusive"
    if interval.low > rule.supporting_above:
        return "supporting"
    return "contrasting" if interval.high < rule.contrasting_below else "inconclusive"


def reason(interval: Interval | None, rule: Rule, unit: str) -> str:
    """Why the verdict is what it is, in one sentence."""
    if interval is None:
        return "One seed gives no interval; more seeds are needed for a verdict."
    span = f"{interval.low:.3g} to {interval.high:.3g} {unit}"
    found = verdict(interval, rule)
    if found == "supporting":
        return f"The interval, {span}, lies wholly above {rule.supporting_above:g}."
    if found == "contrasting":
        return f"The interval, {span}, lies wholly below {rule.contrasting_below:g}."
    if rule.supporting_above == rule.contrasting_below:
        return f"The interval, {span}, holds {rule.supporting_above:g}."
    return (
        f"The interval, {span}, lies neither wholly above {rule.supporting_above:g} "
        f"nor wholly below {rule.contrasting_below:g}."
    )
