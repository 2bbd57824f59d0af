"""An alignment run as a GIF: the wall of faces and their mean, straightening in six seconds."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, ImageDraw

from lgm_core.alignment.families import FAMILIES
from lgm_core.alignment.frame import AlignFrame, Opening, decode
from lgm_core.alignment.settings import AlignSettings
from lgm_core.alignment.warp import warp
from lgm_core.export.animation_gif import picture_steps
from lgm_core.export.picture import font
from lgm_core.export.recording import ExportError
from lgm_core.runs.reader import RunReader
from lgm_core.training.frame import FrameError

Grey = npt.NDArray[np.uint8]

PICTURES = 48
#: Levels of grey: fewer pack the better, and these are enough for faces.
_LEVELS = 40
#: Of one picture and of the last, in milliseconds.
_TIME, _LAST_TIME = 110, 1600
#: Pixels of a face, between the two of a pair, between pairs, and around all.
_FACE, _ARROW, _GAP, _EDGE, _FOOT = 64, 10, 18, 14, 30
_PAPER, _INK = 250, 30


def faces_gif(reader: RunReader, settings: AlignSettings, *, pictures: int = PICTURES) -> bytes:
    """The GIF of a run, repeated without end.

    Args:
        reader: of the run.
        settings: of the run.
        pictures: at most so many.

    Raises:
        ExportError: if the run has no frame yet, or one that cannot be read.
    """
    if not reader.count():
        raise ExportError("This run has no frame yet.")
    try:
        opening = decode(reader.frame(0)).opening
        newest = reader.stamp(reader.count() - 1).step
        steps = picture_steps(newest, pictures)
        frames = [decode(reader.frame(max(0, reader.index_at(step)))) for step in steps]
    except FrameError as error:
        raise ExportError(f"A frame of this run cannot be read: {error}.") from None
    if opening is None:
        raise ExportError("This run's first frame has no faces.")
    sheets = [_sheet(opening, straightened(opening, f, settings), f) for f in frames]
    buffer = io.BytesIO()
    times = [_TIME] * (len(sheets) - 1) + [_LAST_TIME]
    sheets[0].save(
        buffer,
        "GIF",
        save_all=True,
        append_images=sheets[1:],
        duration=times,
        loop=0,
        optimize=False,
    )
    return buffer.getvalue()


@torch.inference_mode()
def straightened(opening: Opening, frame: AlignFrame, settings: AlignSettings) -> Grey:
    """The probe faces [P, side, side] through a frame's warps."""
    if settings.transform == "none":
        return opening.pictures
    family = FAMILIES[settings.transform]
    images = torch.tensor(opening.pictures).unsqueeze(1).to(torch.float32)
    stages = [(family, torch.tensor(theta)) for theta in frame.theta]
    warped: Grey = warp(images, stages, border=settings.border)[:, 0].round().byte().numpy()
    return warped


def _sheet(opening: Opening, after: Grey, frame: AlignFrame) -> Image.Image:
    columns = int(np.sum(opening.people == opening.people[0]))
    rows = -(-len(after) // columns)
    pair = 2 * _FACE + _ARROW
    wall = columns * pair + (columns - 1) * _GAP
    mean = 2 * _FACE
    height = 2 * _EDGE + rows * _FACE + (rows - 1) * (_GAP // 2) + _FOOT
    sheet = Image.new("L", (3 * _EDGE + wall + mean, height), _PAPER)
    for index, (before, straight) in enumerate(zip(opening.pictures, after, strict=True)):
        x = _EDGE + index % columns * (pair + _GAP)
        y = _EDGE + index // columns * (_FACE + _GAP // 2)
        sheet.paste(_enlarged(before, _FACE), (x, y))
        sheet.paste(_enlarged(straight, _FACE), (x + _FACE + _ARROW, y))
    for number, faces in enumerate((opening.pictures, after)):
        middle = faces.mean(0).round().astype(np.uint8)
        sheet.paste(_enlarged(middle, mean), (2 * _EDGE + wall, _EDGE + number * (mean + _GAP)))
    scalars = frame.scalars
    words = f"disturbed, straightened  ·  step {scalars.step:,}"
    if scalars.misalignment is not None:
        words += f"  ·  misalignment {scalars.misalignment:.2f} pixels"
    ImageDraw.Draw(sheet).text(
        (_EDGE, height - _FOOT // 2 - 4), words, fill=_INK, font=font(7), anchor="lm"
    )
    # Rounded to few levels without noise, so that what stands still packs to nothing.
    return sheet.point([round(v * (_LEVELS - 1) / 255) * 255 // (_LEVELS - 1) for v in range(256)])


def _enlarged(face: Grey, side: int) -> Image.Image:
    return Image.fromarray(face).resize((side, side), Image.Resampling.BICUBIC)
