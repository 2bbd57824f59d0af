"""One picture that a person brings, as MNIST has its digits.

A set of one's own is resized whole, because its models learn it as it is. This picture is shown to
models that learned MNIST, so it is laid out as MNIST's digits are: what is drawn fills a box of
20 x 20 pixels within the 28 x 28, its mass where theirs lies, on black. The drawing pad does the
same. Grey, brightness and inversion are those of :mod:`lgm_core.data.pictures`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from lgm_core.data.dataset import SIDE, DataError, Images
from lgm_core.data.pictures import border, is_bright, read_picture

#: MNIST's digits fill a square of this side.
BOX = 20
#: The pixel, from 0 on, in whose middle the mass of MNIST's digits lies, down and across.
CENTRE = 14
#: By so many of 255 levels the brightest pixel has to stand out from the background.
_LEAST_CONTRAST = 24
#: Of 255 levels between background and brightest, what counts as drawn; paper is less even.
_DRAWN = 64


class Brought(NamedTuple):
    """A picture as a model takes it, and what was done to it."""

    digit: Images  #: [28, 28], white on black
    report: tuple[str, ...]  #: sentences for the person who brought it


def bring_picture(data: bytes) -> Brought:
    """A PNG, JPEG, GIF, BMP or WebP file as a digit; one of 28 x 28 pixels keeps its place.

    Raises:
        DataError: with one plain sentence: the file is empty, no such picture or a damaged one,
            has too many pixels, or nothing stands out in it.
    """
    if not data:
        raise DataError("The file is empty; allowed: a picture (png, jpg, gif, bmp, webp).")
    picture = read_picture(data, "The file")
    width, height = picture.size
    report = ["The first frame of an animation."] if picture.animated else []
    if picture.coloured:
        report.append("Turned grey.")
    grey = picture.grey
    if is_bright(grey):
        grey = 255 - grey
        report.append("Inverted to white on black.")
    # The paper of a photo is no even black.
    background = int(np.median(border(grey)))
    contrast = int(grey.max()) - background
    if contrast < _LEAST_CONTRAST:
        raise DataError(
            f"In this picture of {width:,} x {height:,} pixels nothing stands out from the "
            "background; allowed: something bright on dark, or dark on bright."
        )
    if (width, height) == (SIDE, SIDE):
        report.append("28 x 28 pixels: left in place.")
        return Brought(grey, tuple(report))
    ink = _stretched(grey, background, contrast)
    if (background, contrast) != (0, 255):
        report.append("Contrast stretched to black and white.")
    report.append(f"Scaled from {width:,} x {height:,} pixels and centred as MNIST's digits are.")
    return Brought(_laid_out(ink), tuple(report))


def _stretched(grey: Images, background: int, contrast: int) -> Images:
    values = (grey.astype(np.float64) - background) * (255 / contrast)
    stretched: Images = np.rint(values.clip(0, 255)).astype(np.uint8)
    return stretched


def _laid_out(ink: Images) -> Images:
    """What is drawn on black [H, W], as [28, 28]: in MNIST's box, its mass in the middle."""
    drawn = ink >= _DRAWN
    rows, columns = np.flatnonzero(drawn.any(1)), np.flatnonzero(drawn.any(0))
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    # The square of the cut's surroundings that becomes the 28 x 28, of any fraction of a pixel.
    side = max(cut.shape) * SIDE / BOX
    room = math.ceil(side)
    sheet = Image.fromarray(np.pad(cut, room))
    left, top = (room + _before(cut.sum(axis, dtype=np.float64), side) for axis in (0, 1))
    square = (left, top, left + side, top + side)
    return np.asarray(sheet.resize((SIDE, SIDE), Image.Resampling.BILINEAR, box=square))


def _before(mass: npt.NDArray[np.float64], side: float) -> float:
    """Where the square begins, from the first of the pixels [n] of this mass; it holds them all."""
    middle = float(mass @ (np.arange(len(mass)) + 0.5) / mass.sum())
    begin = middle - side * (CENTRE + 0.5) / SIDE
    return min(max(begin, len(mass) - side), 0.0)
