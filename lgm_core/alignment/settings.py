"""What defines an alignment run: the one table for validation, links, widgets, options, help."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from lgm_core.training.settings import Decay, Knobs

TransformName = Literal["none", "translation", "similarity", "affine", "projective", "tps"]
AlignLoss = Literal["softmax", "lgm"]

#: What lies outside the picture: its outermost pixels go on, or black.
Border = Literal["edge", "black"]

PEOPLE_PATTERN = r"^(orl|synthetic|olivetti|lfw|own-[0-9a-f]{16})$"

#: Pixels a side of what the networks see.
FACE_SIZE = 48


class Disturbance(BaseModel):
    """How far faces are disturbed at most, evenly spread to both sides."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    turn: float = Field(30.0, ge=0.0, le=90.0, title="turn", description="Degrees to either side.")
    scale: float = Field(
        25.0, ge=0.0, le=50.0, title="scale", description="Per cent larger or smaller."
    )
    shift: float = Field(
        25.0,
        ge=0.0,
        le=50.0,
        title="shift",
        description="Per cent of half the picture's side, along each axis.",
    )
    shear: float = Field(
        0.0, ge=0.0, le=30.0, title="shear", description="Degrees that upright lines lean."
    )
    tilt: float = Field(
        0.0,
        ge=0.0,
        le=25.0,
        title="perspective",
        description="Per cent that one edge of the picture is nearer than its middle.",
    )


class AlignSettings(Knobs, Disturbance):
    """Everything needed to repeat an alignment run."""

    #: Tells the settings of an alignment run from those of digits, in a stored run.
    kind: Literal["align"] = Field("align", repr=False)
    transform: TransformName = Field(
        "affine",
        title="transform",
        description="What the network may do to a face before it looks at it.",
    )
    loss: AlignLoss = Field(
        "softmax",
        title="loss on top",
        description="Loss on the features: softmax, or L-GM.",
    )
    people: Annotated[str, Field(pattern=PEOPLE_PATTERN)] = Field(
        "orl",
        title="faces",
        description="The 400 bundled ORL faces, drawn ones, a download, or a set of your own.",
    )
    learning_rate: float = Field(
        0.002, ge=1e-5, le=0.1, title="learning rate", description="Step size of Adam."
    )
    localiser_rate: float = Field(
        0.003,
        ge=0.0,
        le=0.1,
        title="localiser's rate",
        description="Step size of Adam for the part that chooses the transform.",
    )
    alpha: float = Field(
        0.1,
        ge=0.0,
        le=3.0,
        title="margin α",
        description="L-GM's margin: the distance to the true person counts (1 + α) times.",
    )
    stages: int = Field(
        1,
        ge=1,
        le=3,
        title="transformers",
        description="How many spatial transformers stand one after another.",
    )
    border: Border = Field(
        "edge",
        title="outside the picture",
        description="The picture's outermost pixels go on, or black.",
    )
    feature_dim: int = Field(
        64,
        ge=2,
        le=128,
        title="feature dimension D",
        description="Number of features the network ends in.",
    )
    batch_size: int = Field(
        48, ge=8, le=256, title="batch size", description="Faces per training step."
    )
    steps: int = Field(
        800, ge=1, le=20_000, title="steps", description="Training steps of the whole run."
    )
    decay: Decay = Field(
        "cosine",
        title="learning-rate decay",
        description="The rates as set, or falling to 0 along a cosine by the last step.",
    )
    seed: int = Field(
        0,
        ge=0,
        le=2**31 - 1,
        title="seed",
        description="Fixes starting weights, who is left out for testing, and every disturbance.",
    )

    @property
    def knobs(self) -> Knobs:
        """The live part of these settings, as the run starts with it."""
        return Knobs(**{name: getattr(self, name) for name in Knobs.model_fields})
