"""What a drawn face looks like: who it is, and what is different in each picture of them.

The two are kept apart. A method that knows people by their faces should use the first and be
deaf to the second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Identity:
    """Who it is. Lengths are in frame units: the picture goes from -1 to 1, x right, y down.

    Greys go from 0, black, to 1, white.
    """

    head_width: float  #: half of the width
    chin: float  #: where the chin ends, y
    jaw: float  #: 1.8 pointed to 3.2 square
    ears: float  #: how far they stand out
    eye_spacing: float  #: from the middle of the face to the middle of an eye
    eye_height: float  #: y of the eyes
    eye_width: float  #: half of the width
    eye_opening: float  #: height as a share of the width
    iris: float  #: grey
    brow_height: float  #: above the eyes
    brow_width: float  #: half of the thickness
    brow_angle: float  #: above 0: the outer ends hang
    nose_length: float
    nose_width: float
    mouth_height: float  #: y of the mouth
    mouth_width: float  #: half of the width
    lips: float  #: half of their height
    mouth_curve: float  #: above 0: the corners are up
    hair: float  #: grey
    hair_line: float  #: y of it, in the middle
    hair_volume: float  #: how far it stands off the head
    hair_sides: float  #: y that it reaches down to beside the face
    parting: float  #: how much the hair line leans, either way
    beard: float  #: 0 none to 1 full
    glasses: float  #: radius of a glass, 0 without glasses
    skin: float  #: grey
    clothes: float  #: grey
    background: float  #: grey


@dataclass(frozen=True)
class Circumstance:
    """What is different in each picture. None of it moves the eyes or the mouth."""

    light: float  #: -1 from the left of the picture to 1 from its right
    light_height: float  #: -1 from above to 1 from below
    brightness: float  #: factor of all greys
    smile: float  #: added to the mouth's curve
    mouth_open: float  #: half of the height of the gap
    eyes_open: float  #: factor of the eyes' opening
    gaze: float  #: the irises' way to the side
    noise: float  #: standard deviation, in grey
    seed: int  #: of the noise


#: Evenly lit, a face at rest, without noise.
PLAIN = Circumstance(0.0, -0.3, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0)

#: One person in this many wears glasses, has a beard, has long hair, is bald.
_GLASSES, _BEARD, _LONG, _BALD = 0.3, 0.25, 0.3, 0.1


def random_identity(random: np.random.Generator) -> Identity:
    """A person. Eyes and mouth stay near (-0.30, -0.08), (0.30, -0.08) and (0, 0.48)."""

    def within(low: float, high: float) -> float:
        return float(random.uniform(low, high))

    skin = within(0.42, 0.86)
    bearded, bald, long = (random.random(3) < (_BEARD, _BALD, _LONG)).tolist()
    long = long and not bearded and not bald
    return Identity(
        head_width=within(0.56, 0.72),
        chin=within(0.78, 0.92),
        jaw=within(1.8, 3.2),
        ears=within(0.02, 0.09),
        eye_spacing=within(0.27, 0.33),
        eye_height=within(-0.1, -0.06),
        eye_width=within(0.1, 0.15),
        eye_opening=within(0.38, 0.68),
        iris=within(0.08, 0.4),
        brow_height=within(0.14, 0.22),
        brow_width=within(0.018, 0.05),
        brow_angle=within(-0.05, 0.07),
        nose_length=within(0.25, 0.36),
        nose_width=within(0.08, 0.15),
        mouth_height=within(0.455, 0.505),
        mouth_width=within(0.17, 0.28),
        lips=within(0.03, 0.075),
        mouth_curve=within(-0.03, 0.04),
        hair=within(0.05, 0.3) if random.random() < 0.65 else within(0.3, 0.8),
        hair_line=-1.2 if bald else within(-0.72, -0.42),
        hair_volume=0.0 if bald else within(0.02, 0.13),
        hair_sides=within(0.6, 1.2) if long else within(-0.3, 0.1),
        parting=within(-0.3, 0.3),
        beard=within(0.4, 0.9) if bearded else 0.0,
        glasses=within(0.18, 0.23) if random.random() < _GLASSES else 0.0,
        skin=skin,
        clothes=within(0.08, 0.9),
        background=within(0.15, 0.9),
    )


def random_circumstance(random: np.random.Generator) -> Circumstance:
    """A picture's light, expression and noise."""

    def within(low: float, high: float) -> float:
        return float(random.uniform(low, high))

    return Circumstance(
        light=within(-0.8, 0.8),
        light_height=within(-0.6, 0.1),
        brightness=within(0.85, 1.1),
        smile=within(-0.02, 0.07),
        mouth_open=max(within(-0.05, 0.05), 0.0),
        eyes_open=within(0.6, 1.1),
        gaze=within(-0.03, 0.03),
        noise=within(0.004, 0.014),
        seed=int(random.integers(1 << 32)),
    )
