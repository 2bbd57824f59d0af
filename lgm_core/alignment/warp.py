"""Pictures through a warp: bilinear, differentiable in the picture and in theta.

A picture is first padded to sides that are powers of two. Then a place that falls on the centre
of a pixel does so to the bit, also after ``grid_sample`` has divided by the side and multiplied
by it again: the identity, and a shift by whole pixels, leave every pixel as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn.functional import grid_sample, pad

from lgm_core.alignment.families import Family
from lgm_core.alignment.settings import Border


def pixel_offsets(height: int, width: int, like: Tensor) -> Tensor:
    """Centres of all pixels row by row, [H * W, 2], in pixels from the picture's centre."""
    y, x = torch.meshgrid(
        torch.arange(height, dtype=like.dtype, device=like.device) - (height - 1) / 2,
        torch.arange(width, dtype=like.dtype, device=like.device) - (width - 1) / 2,
        indexing="ij",
    )
    return torch.stack((x, y), -1).view(-1, 2)


def chained(stages: Sequence[tuple[Family, Tensor]], points: Tensor) -> Tensor:
    """Displacements [N, P, 2] of points [P, 2] or [N, P, 2] by warps one after another.

    The first stage saw the input picture, the second the first one's result, and so on: a place
    of the last result goes through the last warp first. The picture is sampled only once, so it
    does not blur from stage to stage (Lin & Lucey, "Inverse Compositional Spatial Transformer
    Networks", CVPR 2017).
    """
    if not stages:
        raise ValueError("there is no warp; allowed: one at least")
    total: Tensor | None = None
    for family, theta in reversed(stages):
        moved = points if total is None else points + total
        step = family.displacement(theta, moved)
        total = step if total is None else total + step
    assert total is not None
    return total


def warp(
    images: Tensor,
    stages: Sequence[tuple[Family, Tensor]],
    *,
    size: tuple[int, int] | None = None,
    border: Border = "edge",
) -> Tensor:
    """The pictures [N, C, H, W] through the warps, [N, C, *size].

    Args:
        images: any values; floating point.
        stages: warps, the one that saw the picture first.
        size: height and width of the result; the pictures' own if not given.
        border: what lies outside the picture.
    """
    height, width = size or (images.shape[-2], images.shape[-1])
    points, offsets = _pixels(height, width, images.dtype, images.device)
    moved = chained(stages, points)
    own = _halves(images.shape[-2], images.shape[-1], images)
    if (height, width) != tuple(images.shape[-2:]):
        # The frame is the same, its pixels are not.
        offsets = points * own
    places = offsets + moved * own
    return sample(images, places.view(-1, height, width, 2), border=border)


def sample(images: Tensor, offsets: Tensor, *, border: Border = "edge") -> Tensor:
    """Bilinear values [N, C, h, w] of pictures [N, C, H, W] at places [N, h, w, 2].

    Args:
        images: floating point.
        offsets: pixels from the picture's centre, x to the right and y downwards.
        border: what lies outside the picture.
    """
    height, width = images.shape[-2:]
    # A place that is no number would end the whole process, deep in grid_sample's backward pass;
    # whoever trains finds it in theta.
    offsets = torch.nan_to_num(offsets)
    tall, wide = _power(height), _power(width)
    top, left = (tall - height) // 2, (wide - width) // 2
    margins = (left, wide - width - left, top, tall - height - top)
    padded = pad(images, margins, mode="replicate" if border == "edge" else "constant")
    # From the centre of the picture to that of the padded one, half a pixel off for odd sides.
    centre = offsets.new_tensor([left + (width - wide) / 2, top + (height - tall) / 2])
    grid = (offsets + centre) / offsets.new_tensor([wide / 2, tall / 2])
    outside = "border" if border == "edge" else "zeros"
    return grid_sample(padded, grid, mode="bilinear", padding_mode=outside, align_corners=False)


@lru_cache(maxsize=8)
def _pixels(
    height: int, width: int, dtype: torch.dtype, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Pixels' centres [H * W, 2] in units of the frame and in pixels from its centre; the same
    tensors at each call."""
    # Kept for training too, whoever asks first.
    with torch.inference_mode(mode=False):
        like = torch.empty(0, dtype=dtype, device=device)
        offsets = pixel_offsets(height, width, like)
        return offsets / _halves(height, width, like), offsets


def _halves(height: int, width: int, like: Tensor) -> Tensor:
    return like.new_tensor([width / 2, height / 2])


def _power(side: int) -> int:
    """The smallest power of two that is not below ``side``."""
    return 1 << (side - 1).bit_length()
