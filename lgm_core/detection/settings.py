"""What a study of strange inputs is asked: one table for command line, link and widgets."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

AttackName = Literal["none", "fgsm", "bim", "pgd", "adaptive", "deepfool", "cw"]
InputKind = Literal["adversarial", "noise", "gaussian", "rotated", "inverted", "occluded", "faces"]
NormName = Literal["linf", "l2"]

#: Attacks that look for the shortest Euclidean way whatever the norm says, and take long.
SHORTEST_WAY: frozenset[str] = frozenset({"deepfool", "cw"})
#: Attacks that can want a certain wrong class.
TARGETED: tuple[AttackName, ...] = ("fgsm", "bim", "pgd", "adaptive")
#: Inputs that are test digits, one by one, with something done to them.
CHANGED_DIGITS: frozenset[str] = frozenset({"rotated", "inverted", "occluded"})


class DetectSettings(BaseModel):
    """Which inputs a detector has to tell from clean test digits."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True
    )

    inputs: InputKind = Field(
        "adversarial",
        title="inputs",
        description="Attacked digits, or inputs that are strange without an attack.",
    )
    attack: AttackName = Field(
        "fgsm",
        title="attack",
        description="How digits are changed; adaptive knows the detector, deepfool and cw "
        "(Carlini-Wagner) take minutes.",
    )
    epsilon: float = Field(
        0.2,
        ge=0.0,
        le=1.0,
        title="size ε",
        description="Largest change of a pixel, white being 1; for l2, deepfool and cw its root "
        "mean square over the picture.",
    )
    norm: NormName = Field(
        "linf",
        title="norm",
        description="What ε limits for pgd and adaptive: each pixel, or the Euclidean length.",
    )
    steps: int = Field(
        20,
        ge=1,
        le=200,
        title="steps",
        description="Steps of bim, pgd and adaptive.",
    )
    restarts: int = Field(
        1,
        ge=1,
        le=10,
        title="restarts",
        description="Tries of pgd and adaptive, from random starts (the first of adaptive: from "
        "the digit itself); of each digit the strongest try counts. Each one takes as long again.",
    )
    target: int | None = Field(
        None,
        ge=0,
        le=49,
        title="target",
        description="Class that fgsm, bim, pgd or adaptive wants every digit to be read as; "
        "none: any wrong one. Digits that are of this class already are left out.",
    )
    weight: float = Field(
        1.0,
        ge=0.0,
        le=1000.0,
        title="weight of the detector",
        description="What the detector's score counts to adaptive, beside the cross-entropy.",
    )
    count: int = Field(
        1000,
        ge=1,
        le=1000,
        title="digits",
        description="How many test digits.",
    )
    seed: int = Field(
        0,
        ge=0,
        le=2**31 - 1,
        title="seed",
        description="Of random starts, noise, angles and places.",
    )

    @field_validator("target", mode="before")
    @classmethod
    def _none_by_name(cls, value: object) -> object:
        # A command line and a link have only words.
        return None if value == "none" else value

    @property
    def attacks(self) -> bool:
        """Whether digits are attacked, so that the attack's own settings matter."""
        return self.inputs == "adversarial" and self.attack != "none"


def lane(settings: DetectSettings) -> Literal["quick", "steady", "long"]:
    """How long the answer takes: under a second or two, some seconds, or minutes.

    Those who wait for a slider must not wait for others' attacks of many steps.
    """
    if not settings.attacks or settings.attack == "fgsm":
        return "quick"
    if settings.attack in SHORTEST_WAY or _passes(settings) > 100_000:
        return "long"
    return "quick" if _passes(settings) <= 2_000 else "steady"


def _passes(settings: DetectSettings) -> int:
    """Pictures that go through the network, there and back."""
    passes = settings.count * settings.steps
    if settings.attack in ("pgd", "adaptive"):
        passes *= settings.restarts
    if settings.attack == "adaptive" and settings.target is None:
        passes *= 3  # so many wrong classes are tried
    return passes
