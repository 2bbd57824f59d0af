"""From a picture of any size and colour to a digit: 28 x 28, grey, white on black."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from lgm_core.data.dataset import SIDE, DataError, Images
from lgm_core.data.parts import Clock

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp"})
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
#: Pixels that one picture may have: a phone's photo has 12 million.
MAX_PIXELS = 16_000_000
#: A larger picture is shrunk to one or two times this side before it is worked on: its colours
#: as numbers would take up to thirty times the room of its pixels.
_WORK_SIDE = 16 * SIDE
#: Above this, grey counts as bright.
_MIDDLE = 127
#: About this many images say whether the background of a whole set is bright.
_SAMPLE = 2000


class UnreadableError(DataError):
    """The bytes are no picture, or a damaged one."""


class Picture(NamedTuple):
    """A picture as it was, but grey."""

    grey: Images  #: [H, W]; of a large picture, reduced
    coloured: bool  #: whether it was in colour
    size: tuple[int, int]  #: width and height by its header
    animated: bool  #: whether it has more frames than the one that was read


def read_picture(data: bytes, path: str) -> Picture:
    """The first frame of a PNG, JPEG, GIF, BMP or WebP picture, upright.

    Transparent pixels take the shade that the drawing stands out from: black behind a bright
    drawing, else white.

    Raises:
        UnreadableError: if it is no such picture.
        DataError: if it has too many pixels; told by its header, before it is decoded.
    """
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise DataError(
                    f"{path} has {width:,} x {height:,} pixels; allowed: "
                    f"{MAX_PIXELS // 1_000_000} million."
                )
            # A JPEG decoder can leave out detail that 28 x 28 pixels cannot show.
            image.draft(None, (4 * SIDE, 4 * SIDE))
            animated = _is_animated(image)
            ImageOps.exif_transpose(image, in_place=True)
            return Picture(*_grey(image), (width, height), animated)
    except DataError:
        raise
    except Image.DecompressionBombError:
        raise DataError(
            f"{path} has too many pixels; allowed: {MAX_PIXELS // 1_000_000} million."
        ) from None
    except Exception:  # what a decoder raises on made-up bytes has no common base
        raise UnreadableError(
            f"{path} is not a readable picture (png, jpg, gif, bmp, webp)."
        ) from None


def _is_animated(image: Image.Image) -> bool:
    # A damaged second frame is no reason to refuse the first one.
    with contextlib.suppress(Exception):
        return bool(getattr(image, "is_animated", False))
    image.seek(0)
    return True


def _grey(image: Image.Image) -> tuple[Images, bool]:
    if image.mode.startswith(("I", "F")):
        # 16-bit modes cannot be shrunk as they are; whole numbers of 32 bits hold the same.
        wide = image if image.mode in ("I", "F") else image.convert("I")
        values = np.asarray(_shrunk(wide), np.float64)
        if not np.isfinite(values).all():
            raise ValueError("a pixel is not a number")
        top = 65535.0 if values.max(initial=0) > 255 else 255.0
        return np.rint(values.clip(0, top) * (255 / top)).astype(np.uint8), False
    if image.has_transparency_data:
        return _without_transparency(_shrunk(image.convert("RGBA")))
    if image.mode == "L":
        return np.asarray(_shrunk(image)), False
    colours = _shrunk(image.convert("RGB"))
    return np.asarray(colours.convert("L")), _coloured(np.asarray(colours))


def _shrunk(image: Image.Image) -> Image.Image:
    """The picture, blocks of its pixels averaged where it is much larger than needed."""
    factor = max(image.size) // _WORK_SIDE
    return image.reduce(factor) if factor > 1 else image


def _without_transparency(image: Image.Image) -> tuple[Images, bool]:
    pixels = np.asarray(image)
    grey = np.asarray(image.convert("RGB").convert("L"), np.float64)
    opacity = pixels[..., 3] / 255.0
    drawn = opacity.sum()
    behind = 0.0 if drawn and (grey * opacity).sum() / drawn > _MIDDLE else 255.0
    blended = np.rint(grey * opacity + behind * (1 - opacity)).astype(np.uint8)
    return blended, _coloured(pixels[opacity > 0][:, :3])


def _coloured(pixels: npt.NDArray[np.uint8]) -> bool:
    """Whether red, green and blue [..., 3] differ anywhere by more than a JPEG's rounding."""
    if pixels.size == 0:
        return False
    return bool(np.ptp(pixels.astype(np.int16), axis=-1).max() > 16)


def is_bright(images: Images) -> npt.NDArray[np.bool_]:
    """Whether more than half of the border of each image [..., H, W] is bright: [...]."""
    edge = border(images)
    return np.asarray(np.count_nonzero(edge > _MIDDLE, axis=-1) * 2 > edge.shape[-1])


def border(images: Images) -> Images:
    """The outermost pixels [..., 2 (H + W)] of images [..., H, W], corners twice."""
    edges = (images[..., 0, :], images[..., -1, :], images[..., :, 0], images[..., :, -1])
    return np.concatenate(edges, axis=-1)


def fit(grey: Images) -> Images:
    """The image [H, W] as [28, 28]: its aspect kept, centred, filled up with its border's grey.

    An image of 28 x 28 pixels comes back as it is.
    """
    height, width = grey.shape
    if (height, width) == (SIDE, SIDE):
        return grey
    scale = SIDE / max(height, width)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    small = Image.fromarray(grey).resize(size, Image.Resampling.BILINEAR)
    canvas = Image.new("L", (SIDE, SIDE), round(float(np.median(border(grey)))))
    canvas.paste(small, ((SIDE - size[0]) // 2, (SIDE - size[1]) // 2))
    return np.asarray(canvas)


def fit_stacks(stacks: Sequence[Images], clock: Clock) -> tuple[list[Images], list[str]]:
    """Stacks [N, H, W] of one data set as [N, 28, 28], white on black.

    One data set was made in one way: its images are inverted all or not at all, by the
    majority of the borders in the first stack.

    Returns:
        The converted stacks, and what was done in sentences.

    Raises:
        DataError: if the time is up.
    """
    report = []
    sample = stacks[0][:: max(len(stacks[0]) // _SAMPLE, 1)]
    inverted = float(is_bright(sample).mean()) > 0.5
    if inverted:
        stacks = [255 - stack for stack in stacks]
        report.append("The background was bright: all images were inverted to white on black.")
    height, width = stacks[0].shape[1:]
    if (height, width) != (SIDE, SIDE):
        report.append(f"Resized from {width} x {height} to 28 x 28 pixels, aspect kept.")
    return [_fit_stack(stack, clock) for stack in stacks], report


def _fit_stack(stack: Images, clock: Clock) -> Images:
    if stack.shape[1:] == (SIDE, SIDE):
        return stack
    fitted = np.empty((len(stack), SIDE, SIDE), np.uint8)
    for i, grey in enumerate(stack):
        if i % 256 == 0:
            clock.check()
        fitted[i] = fit(grey)
    return fitted
