"""A frame of an alignment run: theta of the probe faces and a few numbers.

Some hundred bytes: the browser has the probe faces and warps them itself. Its form is that of
:mod:`lgm_core.training.frame`: safetensors, the scalars as JSON in the header.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load, save

from lgm_core.training.frame import FrameError, read_header

Float = npt.NDArray[np.float32]
Grey = npt.NDArray[np.uint8]
Count = npt.NDArray[np.uint16]


class AlignScalars(BaseModel):
    """The numbers of a frame that are no arrays. ``nan`` is never sent: unknown is None."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    step: int = Field(ge=0, description="Training steps taken so far.")
    keyframe: bool = Field(True, description="Every frame holds all probe faces.")
    alpha: float
    lambda_: float = Field(alias="lambda", serialization_alias="lambda")
    learning_rate: float
    total: float | None = Field(None, description="Loss of the last step.")
    classification: float | None = None
    likelihood: float | None = None
    train_accuracy: float | None = Field(
        None, description="Share of the last step's faces that were given their person."
    )
    misalignment: float | None = Field(
        None, description="Spread of face points over the probe faces, in pixels."
    )


class Opening(NamedTuple):
    """The probe faces: P of them, person by person, of people never seen in training."""

    pictures: Grey  #: [P, 48, 48] disturbed, as the network sees them
    people: Grey  #: [P] who they are, from 0
    straight: Grey  #: [P, 64, 64] before they were disturbed


class Closing(NamedTuple):
    """The verification of N pictures of people never seen in training."""

    examined: Grey  #: [N, 48, 48] disturbed, in the first round
    examined_people: Count  #: [N] who they are, from 0
    #: [rounds, N (N - 1) / 2] of all pairs, (0, 1), (0, 2), ..; higher is more alike. In each
    #: round the pictures are disturbed anew.
    scores: Float


@dataclass(frozen=True)
class AlignFrame:
    """One moment of an alignment run."""

    scalars: AlignScalars
    theta: Float  #: [stages, probes, size]; [0, probes, 0] without a transformer
    #: In a run's first frame: what the browser draws from then on, :class:`Opening`.
    opening: Opening | None = None
    #: In a finished run's last frame: :class:`Closing`.
    closing: Closing | None = None

    @property
    def step(self) -> int:
        """Training steps taken so far."""
        return self.scalars.step


def encode(frame: AlignFrame, *, seconds: float | None = None) -> bytes:
    """The frame as safetensors bytes, with the wall-clock second of training beside it."""
    header = frame.scalars.model_dump(by_alias=True, exclude_none=True)
    if seconds is not None:
        header["seconds"] = round(seconds, 4)
    text = json.dumps(header, separators=(",", ":"), allow_nan=False)
    theta = np.ascontiguousarray(frame.theta, np.float32)
    arrays: dict[str, npt.NDArray[np.generic]] = {"theta": theta}
    for more in (frame.opening, frame.closing):
        arrays |= {} if more is None else more._asdict()
    return save(arrays, metadata={"frame": text})


def decode(data: bytes) -> AlignFrame:
    """The frame in safetensors bytes.

    Raises:
        FrameError: if the bytes are not a whole frame.
    """
    header = read_header(data)
    try:
        arrays = load(data)
        theta = arrays["theta"]
        if theta.ndim != 3:
            raise FrameError(f"not a frame: theta has {theta.ndim} axes; allowed: 3")
        scalars = AlignScalars.model_validate(header)
        opening = Opening(*(arrays[n] for n in Opening._fields)) if "pictures" in arrays else None
        closing = Closing(*(arrays[n] for n in Closing._fields)) if "scores" in arrays else None
        return AlignFrame(scalars, theta, opening, closing)
    except (SafetensorError, ValidationError, KeyError) as error:
        raise FrameError(f"not a frame: {error}") from None
