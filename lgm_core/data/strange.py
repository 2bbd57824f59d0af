"""Pictures that are no attack and yet nothing that a network for digits was trained on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image

from lgm_core.data.dataset import SIDE, Images
from lgm_core.data.faces import HEIGHT, PEOPLE, PICTURES, WIDTH, orl_faces
from lgm_core.data.pictures import fit

#: At most this many pictures are made at a time.
MAX_COUNT = 100_000
#: A digit is turned by this many degrees, one way or the other.
MIN_ANGLE, MAX_ANGLE = 60.0, 120.0
#: Side and shade of the square that hides a part of a digit.
SQUARE, GREY = 14, 128
#: As in lgm_core.networks.digits, which would bring torch along; a test compares them.
_PIXEL_MEAN, _PIXEL_STD = 0.1307, 0.3081


def strange(kind: str, digits: Images, *, count: int, seed: int = 0) -> Images:
    """``count`` pictures [count, 28, 28] of one kind, fewer where there are no more to be had.

    - ``noise``: every pixel is any of 0 to 255, each as likely.
    - ``gaussian``: pixels are normal with the mean and standard deviation of MNIST's, in units
      of white = 1, then cut to 0 .. 1: a third are black.
    - ``rotated``: the first digits, each turned about the middle by 60 to 120 degrees to the
      left or to the right; what comes in at the corners is black.
    - ``inverted``: the first digits, black on white.
    - ``occluded``: the first digits, each with a mid-grey square of 14 x 14 pixels somewhere on
      it. Black would not show beside the strokes, and white would be one; grey is seen anywhere
      and draws nothing. Wherever the square lies, it covers at least 10 x 10 of the 20 x 20
      pixels in the middle that MNIST draws in.
    - ``faces``: the ORL faces' middle 92 x 92 pixels, shrunk: one picture of each of the 40
      people, then their second ones, and so on. There are 400.

    A larger count begins with the same pictures.

    Args:
        kind: one of ``KINDS``.
        digits: uint8 [N, 28, 28], white (255) on black (0); noise and faces take none of them,
            of the others at most N come back.
        count: 1 to 100,000.
        seed: of numpy's generator, 0 or more; inverted digits and faces do not depend on it.

    Raises:
        ValueError: if an argument is not what stands above.
        DataError: if it takes faces and they cannot be had.
    """
    if kind not in _MAKERS:
        raise ValueError(f"kind is {kind[:20]!r}; allowed: {', '.join(KINDS)}")
    if digits.dtype != np.uint8 or digits.ndim != 3 or digits.shape[1:] != (SIDE, SIDE):
        raise ValueError(
            f"digits are {digits.dtype} {list(digits.shape)}; allowed: uint8 [N, {SIDE}, {SIDE}]"
        )
    if not 1 <= count <= MAX_COUNT:
        raise ValueError(f"count is {count}; allowed: 1 to {MAX_COUNT:,}")
    if seed < 0:
        raise ValueError(f"seed is {seed}; allowed: 0 or more")
    return _MAKERS[kind](digits[:count], count, np.random.default_rng(seed))


def _uniform(_: Images, count: int, random: np.random.Generator) -> Images:
    return random.integers(0, 256, (count, SIDE, SIDE), np.uint8)


def _gaussian(_: Images, count: int, random: np.random.Generator) -> Images:
    # In place and in 32 bits: the largest count takes 300 MB as it is.
    pixels = random.standard_normal((count, SIDE, SIDE), np.float32)
    pixels *= 255 * _PIXEL_STD
    pixels += 255 * _PIXEL_MEAN
    return np.rint(pixels, out=pixels).clip(0, 255, out=pixels).astype(np.uint8)


def _rotated(digits: Images, _: int, random: np.random.Generator) -> Images:
    turns = random.uniform(MIN_ANGLE - MAX_ANGLE, MAX_ANGLE - MIN_ANGLE, len(digits))
    # One draw gives both the way and the angle: its sign is the sign of the whole turn.
    angles = turns + np.copysign(MIN_ANGLE, turns)
    turned = np.empty_like(digits)
    for i, angle in enumerate(angles):
        image = Image.fromarray(digits[i]).rotate(angle, Image.Resampling.BILINEAR)
        turned[i] = np.asarray(image)
    return turned


def _inverted(digits: Images, _: int, __: np.random.Generator) -> Images:
    return 255 - digits


def _occluded(digits: Images, _: int, random: np.random.Generator) -> Images:
    covered = digits.copy()
    corners = random.integers(0, SIDE - SQUARE + 1, (len(digits), 2))
    for picture, (top, left) in zip(covered, corners, strict=True):
        picture[top : top + SQUARE, left : left + SQUARE] = GREY
    return covered


def _faces(_: Images, count: int, __: np.random.Generator) -> Images:
    top = (HEIGHT - WIDTH) // 2
    squares = orl_faces().images[:, top : top + WIDTH]
    in_turn = squares.reshape(PEOPLE, PICTURES, WIDTH, WIDTH).swapaxes(0, 1)
    return np.stack([fit(face) for face in in_turn.reshape(-1, WIDTH, WIDTH)[:count]])


_MAKERS: dict[str, Callable[[Images, int, np.random.Generator], Images]] = {
    "noise": _uniform,
    "gaussian": _gaussian,
    "rotated": _rotated,
    "inverted": _inverted,
    "occluded": _occluded,
    "faces": _faces,
}
KINDS = tuple(_MAKERS)
