"""Colours of the animation's pictures: those of the panel on light paper."""

from __future__ import annotations

import colorsys

Rgb = tuple[int, int, int]

#: Petroff's ten-colour cycle (M. A. Petroff, "Accessible Color Sequences for Data
#: Visualization", 2021).
PETROFF = (
    "#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6",
    "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd",
)  # fmt: skip

PAPER: Rgb = (251, 250, 247)
CARD: Rgb = (255, 255, 255)
INK: Rgb = (28, 31, 35)
MUTED: Rgb = (93, 100, 108)
HAIRLINE: Rgb = (227, 224, 217)
PLAYED: Rgb = (130, 153, 220)
ALPHA: Rgb = (189, 31, 1)
LAMBDA: Rgb = (131, 45, 182)
#: All that have a meaning of their own.
FIXED = (PAPER, CARD, INK, MUTED, HAIRLINE, PLAYED, ALPHA, LAMBDA)

#: Beyond ten classes, each further round of ten shifts the lightness.
_ROUNDS = (0.0, -0.17, 0.14, -0.09, 0.07)


def class_colours(count: int) -> list[Rgb]:
    """One colour a class. Fifty cannot all be told apart: the class's name stands on its mean."""
    return [_shifted(PETROFF[k % 10], _ROUNDS[k // 10 % len(_ROUNDS)]) for k in range(count)]


def mixed(colour: Rgb, share: float, ground: Rgb) -> Rgb:
    """``share`` (0 to 1) of a colour laid over a ground."""
    red, green, blue = (
        round(share * c + (1 - share) * g) for c, g in zip(colour, ground, strict=True)
    )
    return red, green, blue


def _shifted(text: str, lightness: float) -> Rgb:
    channels = [int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    hue, light, saturation = colorsys.rgb_to_hls(*channels)
    if lightness:
        light = min(max(light + lightness, 0.15), 0.85)
    red, green, blue = (round(255 * c) for c in colorsys.hls_to_rgb(hue, light, saturation))
    return red, green, blue
