"""A frame: what one moment of a training run looks like, and its form on wire and disk.

A frame is a function of the settings, the knobs and the step alone: the clock is no part of
it, so that the same settings and seed give the same frames to the bit. The wall-clock second
is a stamp that :func:`encode` adds beside it.

The encoded form is safetensors: 8 bytes little-endian header length, a JSON header, raw
buffers. The header's ``__metadata__["frame"]`` holds the scalars as JSON. It can be read in
JavaScript in ten lines and is safe to load from disk.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load, save

Float = npt.NDArray[np.float32]

#: An encoded frame larger than this is refused: 2,000 digits x 128 features are 1.1 MB.
MAX_FRAME_BYTES = 8 << 20


class FrameError(ValueError):
    """Bytes that are not a whole, well-formed frame."""


#: Far beyond any setting: a file from elsewhere must not make pictures of any size.
_MOST_STEPS = 1 << 40
_HIGHEST_KNOB = 1e6


class FrameScalars(BaseModel):
    """The numbers of a frame that are no arrays. ``nan`` is never sent: unknown is None."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    step: int = Field(ge=0, le=_MOST_STEPS, description="Training steps taken so far.")
    epoch: float = Field(
        ge=0, le=_MOST_STEPS, description="Passes over the training digits so far."
    )
    keyframe: bool = Field(description="Whether the points hold every displayed digit.")
    alpha: float = Field(ge=0, le=_HIGHEST_KNOB)
    lambda_: float = Field(ge=0, le=_HIGHEST_KNOB, alias="lambda", serialization_alias="lambda")
    learning_rate: float = Field(ge=0, le=_HIGHEST_KNOB)
    total: float | None = Field(None, description="Mean total loss since the last frame.")
    classification: float | None = None
    likelihood: float | None = None
    train_accuracy: float | None = Field(
        None, description="Share of the digits trained on since the last frame that were right."
    )
    test_accuracy: float | None = Field(
        None, description="Over the test digits of the newest slices."
    )
    test_count: int = Field(0, description="How many test digits that accuracy is over.")
    log_likelihood: float | None = Field(
        None, description="Mean log p(x | true class) of those test digits."
    )
    spread: float | None = Field(
        None, description="Root mean square distance of a digit's features to its class's mean."
    )
    separation: float | None = Field(None, description="Mean distance between two classes' means.")
    explained_variance: float | None = Field(
        None, description="Share of the features' variance that the view shows; 1 for D = 2."
    )
    gaussians: Literal["model", "empirical"] = Field(
        description="Whether means and covariances are the loss's own or measured."
    )


@dataclass(frozen=True)
class Frame:
    """One moment of a training run. K classes, D features, V = 2 view axes (3 if D = 3).

    The view is the feature space itself for D = 2 and 3; else the plane of the first two
    principal axes. ``n`` is the number of digits that went through the network since the last
    frame and are displayed, or all of them in a keyframe.
    """

    scalars: FrameScalars
    ids: npt.NDArray[np.uint16]  #: [n] which displayed digit each point is, 0 .. displayed - 1
    points: Float  #: [n, V] place of each digit in the view
    predicted: npt.NDArray[np.uint8]  #: [n] class the model gave each digit
    view_means: Float  #: [K, V] class means in the view
    view_covariances: Float  #: [K, V, V] class covariances in the view
    regions: Float  #: [K, 6] logit_k(u, v) = r . (1, u, v, u^2, u v, v^2) in the view's plane
    half_log_dets: Float  #: [K] 1/2 log|Sigma_k|, so that d_k = -logit_k - half_log_dets[k]
    basis: Float  #: [D, 2] unit axes of the view's plane
    centre: Float  #: [D] the point of feature space that the plane's origin is
    #: Parameters of the loss by name, e.g. means [K, D]; in keyframes, and always for D <= 3.
    parameters: dict[str, Float] = field(default_factory=dict)
    #: [displayed, D] in a keyframe with D > 3, else empty; what the inspector computes from.
    features: Float = field(default_factory=lambda: np.zeros((0, 0), np.float32))

    @property
    def step(self) -> int:
        """Training steps taken so far."""
        return self.scalars.step


_ARRAYS = tuple(f.name for f in fields(Frame) if f.name not in ("scalars", "parameters"))
_PARAMETER = "parameter."


def encode(frame: Frame, *, seconds: float | None = None) -> bytes:
    """The frame as safetensors bytes, with the wall-clock second of training beside it."""
    header: dict[str, Any] = frame.scalars.model_dump(by_alias=True, exclude_none=True)
    if seconds is not None:
        header["seconds"] = round(seconds, 4)
    arrays = {name: np.ascontiguousarray(getattr(frame, name)) for name in _ARRAYS}
    arrays |= {
        _PARAMETER + name: np.ascontiguousarray(value) for name, value in frame.parameters.items()
    }
    text = json.dumps(header, separators=(",", ":"), allow_nan=False)
    return save(arrays, metadata={"frame": text})


def decode(data: bytes) -> Frame:
    """The frame in safetensors bytes.

    Raises:
        FrameError: if the bytes are not a whole frame.
    """
    header = read_header(data)
    try:
        arrays = load(data)
        parameters = {
            name.removeprefix(_PARAMETER): arrays.pop(name)
            for name in [n for n in arrays if n.startswith(_PARAMETER)]
        }
        return Frame(
            scalars=FrameScalars.model_validate(header),
            parameters=parameters,
            **{name: arrays[name] for name in _ARRAYS},
        )
    except (SafetensorError, ValidationError, KeyError) as error:
        raise FrameError(f"not a frame: {error}") from None


def read_header(data: bytes) -> dict[str, Any]:
    """The scalars of an encoded frame (``seconds`` among them) without reading its arrays.

    Raises:
        FrameError: if the bytes do not begin with a frame's header.
    """
    if len(data) > MAX_FRAME_BYTES:
        raise FrameError(f"a frame of {len(data):,} bytes; allowed: {MAX_FRAME_BYTES:,}")
    try:
        (length,) = struct.unpack_from("<Q", data)
        if length > len(data) - 8:
            raise FrameError("a frame that ends within its header")
        header = json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["frame"])
    except (struct.error, ValueError, KeyError, TypeError) as error:
        raise FrameError(f"not a frame: {error}") from None
    if not isinstance(header, dict):
        raise FrameError("not a frame: its header is no object")
    return header
