"""One palette for all pictures of an animation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from PIL import Image

from lgm_core.export.colours import Rgb

#: Fewer colours than a GIF may have: its pictures pack the better for it.
_COLOURS = 176
#: Of the colours, at least so many are found in the pictures.
_LEAST_FOUND = 64
#: Bits of a channel that decide which entry of the palette stands for a colour.
_BITS = 6


class Palette:
    """Maps pictures to a common palette: colours that differed between them would flicker.

    Pillow's own mapping is quick but coarse; this one keeps the given colours as they are and
    finds the nearest entry for all others through a table.

    Args:
        samples: pictures of one size from all of the animation, 1 or more.
        exact: colours that stand in the palette as they are, at most 192.
    """

    def __init__(self, samples: Sequence[Image.Image], exact: Iterable[Rgb]) -> None:
        width, height = samples[0].size
        together = Image.new("RGB", (width, height * len(samples)))
        for row, sample in enumerate(samples):
            together.paste(sample, (0, row * height))
        kept = np.array(sorted(set(exact)), np.uint8).reshape(-1, 3)
        room = max(_COLOURS - len(kept), _LEAST_FOUND)
        flat = together.quantize(room, Image.Quantize.MEDIANCUT).getpalette() or []
        found = np.array(flat[: 3 * room], np.uint8).reshape(-1, 3)
        self._entries = np.concatenate([kept, found])
        self._table = _nearest(self._entries)
        self._table[_cells(kept)] = np.arange(len(kept))

    def apply(self, image: Image.Image) -> Image.Image:
        """The RGB picture in the palette's colours."""
        indices = self._table[_cells(np.asarray(image))]
        mapped = Image.fromarray(indices)
        mapped.putpalette(self._entries.tobytes())
        return mapped


def _cells(colours: np.ndarray) -> np.ndarray:
    """The table's cell of each colour [..., 3]."""
    red, green, blue = np.moveaxis(colours.astype(np.int32) >> (8 - _BITS), -1, 0)
    return np.asarray((((red << _BITS) | green) << _BITS) | blue)


def _nearest(entries: np.ndarray) -> np.ndarray:
    """The nearest entry of each cell, uint8 [2 ** (3 * _BITS)]."""
    step = 1 << (8 - _BITS)
    levels = np.arange(1 << _BITS, dtype=np.float32) * step + step / 2
    known = entries.astype(np.float32)
    squares = (known**2).sum(1)
    table = np.empty((len(levels),) * 3, np.uint8)
    green, blue = np.meshgrid(levels, levels, indexing="ij")
    for number, red in enumerate(levels):
        cells = np.stack([np.full_like(green, red), green, blue], -1)
        table[number] = (squares - 2 * cells @ known.T).argmin(-1)
    return table.reshape(-1)
