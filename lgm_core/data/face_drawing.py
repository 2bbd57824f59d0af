"""A face drawn with numpy alone, from numbers that say what it looks like.

Every shape is a signed distance, below 0 inside, whose edge is smoothed over about two pixels.
Light falls on a relief, head, nose and eye sockets, so that it moves shadows as on a real face.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lgm_core.data.dataset import Images
from lgm_core.data.face_looks import Circumstance, Identity

#: Height and width of a picture.
SIDE = 64
#: Half of the width of a smoothed edge.
_EDGE = 0.03

Plane = npt.NDArray[np.float32]

_Y, _X = ((np.mgrid[:SIDE, :SIDE] + 0.5) * (2 / SIDE) - 1).astype(np.float32)
_AX = np.abs(_X)


def draw_face(who: Identity, how: Circumstance) -> Images:
    """The face from the front: uint8 [64, 64], 0 black to 255 white."""
    head = _head(who)
    face = np.full_like(_X, who.background)
    _behind(face, who)
    skin = np.full_like(_X, who.skin)
    _skin(skin, who)
    _mouth(skin, who, how)
    _eyes(skin, who, how)
    _blend(face, skin * _light(who, how), _inside(head))
    _hair(face, who)
    _glasses(face, who)
    # The whole picture lies in the same light, though only the face is round.
    face *= how.brightness * (1 + 0.12 * how.light * _X)
    if how.noise:
        face += how.noise * np.random.default_rng(how.seed).standard_normal(
            face.shape, dtype=np.float32
        )
    grey: Images = np.rint(255 * face.clip(0, 1)).astype(np.uint8)
    return grey


def _inside(distance: Plane) -> Plane:
    """How much of each pixel lies inside: 0 to 1."""
    share: Plane = (0.5 - distance / (2 * _EDGE)).clip(0, 1)
    return share * share * (3 - 2 * share)


def _blend(face: Plane, grey: Plane | float, share: Plane) -> None:
    face += (grey - face) * share


def _ellipse(x: Plane, y: Plane, width: float, height: float) -> Plane:
    """Signed distance, about, to an ellipse around 0 with these half axes."""
    x, y = x / width, y / height
    radius: Plane = np.sqrt(x * x + y * y)
    slope: Plane = np.sqrt((x / width) ** 2 + (y / height) ** 2)
    return radius * (radius - 1) / (slope + 1e-6)


def _stroke(x: Plane, y: Plane, length: float, thickness: Plane | float) -> Plane:
    """Signed distance, about, to a level line from -length to length."""
    return np.maximum(np.abs(y) - thickness, np.abs(x) - length)


def _bump(x: Plane, y: Plane, width: float, height: float) -> Plane:
    return np.exp(-((x / width) ** 2) - (y / height) ** 2)


def _head(who: Identity) -> Plane:
    """Signed distance, about: an ellipse above, a jaw of any shape below."""
    below = _Y > 0
    height = np.where(below, who.chin, 0.88).astype(np.float32)
    power = np.where(below, who.jaw, 2.2).astype(np.float32)
    radius = (_AX / who.head_width) ** power + (np.abs(_Y) / height) ** power
    return np.asarray((radius ** (1 / power) - 1) * who.head_width, np.float32)


def _light(who: Identity, how: Circumstance) -> Plane:
    """How bright the light makes each pixel of the face: about 0.4 to 1.2."""
    tip = who.eye_height + who.nose_length
    relief = 0.1 * _bump(_X, _Y - tip, who.nose_width, 0.1)
    relief += 0.07 * _bump(_X, _Y - tip + 0.22, 0.6 * who.nose_width, 0.2)
    relief -= 0.06 * _bump(_AX - who.eye_spacing + 0.03, _Y - who.eye_height, 0.16, 0.11)
    relief += 0.05 * _bump(_AX - 0.36, _Y - 0.22, 0.17, 0.17)
    relief += 0.03 * _bump(_X, _Y - who.mouth_height, 0.25, 0.12)
    relief -= 0.025 * _bump(_X, _Y - who.mouth_height - 0.15, 0.2, 0.05)
    relief += 0.05 * _bump(_X, _Y - who.chin + 0.1, 0.17, 0.1)
    down, right = np.gradient(relief, 2 / SIDE)
    x = 0.85 * _X / who.head_width - right
    y = 0.65 * (_Y - 0.05) - down
    z = np.sqrt((1 - 0.72 * (_X / who.head_width) ** 2 - 0.42 * _Y**2).clip(0.1, 1))
    light = np.array([0.8 * how.light, how.light_height, 1.0])
    light /= np.linalg.norm(light)
    shine = (x * light[0] + y * light[1] + z * light[2]) / np.sqrt(x * x + y * y + z * z)
    return np.asarray(0.32 + 0.78 * shine.clip(0, 1), np.float32)


def _behind(face: Plane, who: Identity) -> None:
    """Long hair, neck, shoulders and ears."""
    if who.hair_sides > 0.5:
        edge = np.maximum(_AX - who.head_width - who.hair_volume - 0.04, _Y - who.hair_sides)
        _blend(face, 0.8 * who.hair, _inside(np.maximum(edge, -0.1 - _Y)))
    neck = _AX - 0.68 * who.head_width - 0.3 * (_Y - 0.85).clip(0, 1)
    _blend(face, 0.62 * who.skin, _inside(np.maximum(neck, 0.3 - _Y)))
    collar = 1.05 - 0.35 * (0.9 - _AX).clip(0, 1) ** 2 + 0.45 * (0.42 - _AX).clip(0, 1)
    _blend(face, who.clothes, _inside(collar - 0.12 - _Y))
    if who.hair_sides < 0.5:
        ear = _ellipse(_AX - who.head_width, _Y - 0.02, 0.04 + who.ears, 0.16)
        _blend(face, 0.8 * who.skin, _inside(ear))
        _blend(face, 0.62 * who.skin, _inside(ear + 0.045))


def _skin(skin: Plane, who: Identity) -> None:
    """Beard, brows and what darkens around the nose."""
    tip = who.eye_height + who.nose_length
    if who.beard:
        around = _ellipse(_X, _Y - who.mouth_height + 0.02, 0.8 * who.mouth_width, 0.1)
        below = np.maximum(0.5 - 0.55 * _AX - _Y, -around)
        moustache = _ellipse(_X, _Y - who.mouth_height + 0.085, who.mouth_width, 0.045)
        share = _inside(np.minimum(below, moustache) / 4)
        _blend(skin, 0.8 * who.hair, who.beard * share)
    for place, depth, width in ((0.0, 0.5, 0.028), (-0.015, 0.2, 0.05)):
        nostril = _ellipse(_AX - 0.55 * who.nose_width, _Y - tip - 0.045 - place, width, 0.022)
        _blend(skin, (1 - depth) * who.skin, _inside(nostril))
    wing = np.abs(_AX - who.nose_width - 0.012) + np.abs(_Y - tip) * 0.4
    _blend(skin, 0.72 * who.skin, 0.8 * _inside(wing - 0.03))
    x = _AX - who.eye_spacing - 0.01
    y = _Y - who.eye_height + who.brow_height - who.brow_angle * x / 0.15 - 1.2 * x * x
    thickness = who.brow_width * (1 - 0.35 * (x / 0.17).clip(-1, 1))
    _blend(skin, 0.75 * min(who.hair, 0.6), 0.9 * _inside(_stroke(x, y, 0.17, thickness)))


def _eyes(skin: Plane, who: Identity, how: Circumstance) -> None:
    height = who.eye_width * who.eye_opening * how.eyes_open
    x, y = _AX - who.eye_spacing, _Y - who.eye_height
    lid = _ellipse(x, y + 0.015, 1.15 * who.eye_width, height + 0.03)
    _blend(skin, 0.5 * who.skin, 0.75 * _inside(lid))
    white = _ellipse(x, y, who.eye_width, height)
    open_share = _inside(white)
    _blend(skin, 0.55 + 0.4 * who.skin, open_share)
    # Both eyes look the same way, so this one is not mirrored.
    side = np.where(_X > 0, _X - who.eye_spacing, _X + who.eye_spacing) - how.gaze
    iris = np.sqrt(side * side + (y + 0.005) ** 2)
    _blend(skin, who.iris, open_share * _inside(iris - 0.068))
    _blend(skin, 0.03, open_share * _inside(iris - 0.03))
    lash = np.abs(white + 0.005) - 0.012
    _blend(skin, 0.3 * who.skin, np.where(y < 0, 0.9, 0.35) * _inside(lash))


def _mouth(skin: Plane, who: Identity, how: Circumstance) -> None:
    curve = who.mouth_curve + how.smile
    width = who.mouth_width + 0.6 * max(how.smile, 0.0)
    x = _X / width
    # The corners rise and the middle sinks, so that the mouth as a whole stays in its place.
    y = _Y - who.mouth_height + curve * (x * x - 0.4)
    taper = np.sqrt((1 - x * x).clip(0, 1))
    upper = _stroke(_X, y + 0.4 * who.lips, width, (0.6 * who.lips + how.mouth_open) * taper)
    lower = _stroke(_X, y - 0.5 * who.lips, width, (0.8 * who.lips + how.mouth_open) * taper)
    _blend(skin, 0.62 * who.skin, _inside(upper))
    _blend(skin, 0.74 * who.skin, _inside(lower))
    gap = _stroke(_X, y, width, (0.014 + how.mouth_open) * taper)
    _blend(skin, 0.22 * who.skin, _inside(gap))
    if how.mouth_open > 0.015:
        teeth = _stroke(_X, y + 0.4 * how.mouth_open, 0.75 * width, 0.6 * how.mouth_open * taper)
        _blend(skin, 0.85, _inside(teeth))
    corner = _bump(_AX - width, y, 0.035, 0.03)
    _blend(skin, 0.6 * who.skin, 0.6 * corner)


def _hair(face: Plane, who: Identity) -> None:
    """The hair in front: a cap, and beside the face as far down as it reaches."""
    if who.hair_line < -1:
        return
    outside = who.head_width + who.hair_volume
    cap = _ellipse(_X, _Y + 0.1, outside, 0.78 + who.hair_volume)
    if who.hair_sides > 0.5:
        cap = np.minimum(cap, np.maximum(_AX - outside - 0.04, -0.1 - _Y))
    line = who.hair_line + who.parting * _X
    forehead = _ellipse(_X, _Y - 0.35, 0.9 * who.head_width, 1e-3 + 0.35 - who.hair_line)
    opening = np.maximum(forehead, line - 0.05 - _Y)
    shape = np.maximum(np.maximum(cap, -opening), _Y - who.hair_sides - 0.3 * (_AX - 0.6))
    strands = 1 + 0.06 * np.sin(38 * _X + 9 * who.parting + 5 * _Y)
    shine = 1 + 0.35 * _bump(_X + 0.8 * who.parting, _Y + 0.72, 0.4, 0.12)
    _blend(face, who.hair * strands * shine, _inside(shape))


def _glasses(face: Plane, who: Identity) -> None:
    if not who.glasses:
        return
    lens = _ellipse(_AX - 0.31, _Y - who.eye_height - 0.02, who.glasses, 0.85 * who.glasses)
    frame = np.abs(lens) - 0.016
    bridge = _stroke(_X, _Y - who.eye_height + 0.03, 0.31 - who.glasses, 0.012)
    side = np.maximum(np.abs(_Y - who.eye_height + 0.04) - 0.014, 0.31 + who.glasses - _AX)
    side = np.maximum(side, _AX - who.head_width)
    _blend(face, 0.08, 0.9 * _inside(np.minimum(np.minimum(frame, bridge), side)))
