"""The spatial transformer: a localiser looks at a face and chooses how to straighten it.

Jaderberg, Simonyan, Zisserman & Kavukcuoglu, "Spatial Transformer Networks", NIPS 2015; before a
face network and with nothing but identity labels: Zhong, Chen & Huang, "Toward End-to-End Face
Recognition through Alignment Learning", 2017. Theirs learns from the recognition loss alone; here
a plain reader of the straightened picture helps, see :mod:`lgm_core.alignment.learner`.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from lgm_core.alignment.families import FAMILIES, Family
from lgm_core.alignment.settings import Border
from lgm_core.alignment.warp import warp


def contrast(images: Tensor) -> Tensor:
    """Each picture [N, 1, H, W] with mean 0 and standard deviation 1; a flat one stays 0."""
    centred = images - images.mean((2, 3), keepdim=True)
    return centred / (centred.square().mean((2, 3), keepdim=True) + 2.5e-3).sqrt()


class Localiser(nn.Sequential):
    """From a picture at half its size to the raw numbers of a family.

    Its last layer begins at zero, so that the warp begins at the identity.

    Args:
        raw_size: how many numbers.
        side: pixels a side of what it looks at; a multiple of 4.
    """

    def __init__(self, raw_size: int, side: int = 24) -> None:
        last = nn.Linear(64, raw_size)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
        super().__init__(
            nn.PixelUnshuffle(2),
            nn.Conv2d(4, 16, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 32, 3, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(32 * (side // 4) ** 2, 64),
            nn.ReLU(),
            last,
        )
        self.side = side

    def forward(self, images: Tensor) -> Tensor:
        """Raw numbers [N, raw_size] of pictures [N, 1, H, W]."""
        small = interpolate(images, size=(self.side, self.side), mode="area")
        raw: Tensor = super().forward(contrast(small))  # type: ignore[no-untyped-call]
        return raw


class Aligned(NamedTuple):
    """What the transformers make of a batch: ``images`` [N, 1, H, W], ``thetas`` a stage."""

    images: Tensor
    thetas: list[Tensor]  #: of each stage [N, size]


class SpatialTransformer(nn.Module):
    """One spatial transformer or several one after another.

    Each sees the face as those before it left it; the picture is sampled from the original with
    all warps together, so that it does not blur.

    Args:
        family: what each may do.
        stages: how many.
        border: what lies outside the picture.
    """

    def __init__(self, family: Family, stages: int = 1, border: Border = "edge") -> None:
        super().__init__()
        self.family = family
        self.border = border
        self.localisers = nn.ModuleList(Localiser(family.raw_size) for _ in range(stages))

    def forward(self, images: Tensor) -> Aligned:
        """Straightens pictures [N, 1, H, W]."""
        thetas = self.choose(images)
        return Aligned(warp(images, self.with_family(thetas), border=self.border), thetas)

    def choose(self, images: Tensor) -> list[Tensor]:
        """theta of every stage, [N, size] each, of pictures [N, 1, H, W]."""
        thetas: list[Tensor] = []
        for localiser in self.localisers:
            seen = images
            if thetas:
                seen = warp(images, self.with_family(thetas), border=self.border)
            thetas.append(self.family.bounded(localiser(seen)))
        return thetas

    def with_family(self, thetas: list[Tensor]) -> list[tuple[Family, Tensor]]:
        """The stages as :func:`lgm_core.alignment.warp.warp` takes them."""
        return [(self.family, theta) for theta in thetas]

    @torch.inference_mode()
    def thetas(self, images: Tensor) -> Tensor:
        """theta of every stage, [stages, N, size], of pictures [N, 1, H, W]."""
        return torch.stack(self.choose(images))


def make_transformer(
    name: str, stages: int = 1, border: Border = "edge"
) -> SpatialTransformer | None:
    """The transformer of a family by name, None for ``none``.

    Raises:
        ValueError: for any other name.
    """
    if name == "none":
        return None
    if name not in FAMILIES:
        raise ValueError(f"transform is {name!r}; allowed: none, {', '.join(FAMILIES)}")
    return SpatialTransformer(FAMILIES[name], stages, border)
