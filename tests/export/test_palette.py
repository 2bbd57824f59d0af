"""Pictures in a common palette, against the nearest entry found one by one."""

from __future__ import annotations

import numpy as np
from PIL import Image

from lgm_core.export.palette import Palette

EXACT = [(251, 250, 247), (255, 255, 255), (3, 90, 218)]


def noise(seed: int) -> Image.Image:
    draw = np.random.default_rng(seed)
    return Image.fromarray(draw.integers(0, 256, (40, 50, 3), dtype=np.uint8))


def test_given_colours_stay_as_they_are() -> None:
    palette = Palette([noise(0)], EXACT)
    picture = Image.fromarray(np.array([EXACT], np.uint8))
    assert np.asarray(palette.apply(picture).convert("RGB")).tolist() == [[list(c) for c in EXACT]]


def test_other_colours_become_about_the_nearest_entry() -> None:
    palette = Palette([noise(0), noise(1)], EXACT)
    mapped = palette.apply(noise(2))
    entries = np.array(mapped.getpalette()).reshape(-1, 3)
    wanted = np.asarray(noise(2)).reshape(-1, 1, 3).astype(int)
    best = np.linalg.norm(wanted - entries, axis=2).min(1)
    got = np.asarray(mapped.convert("RGB")).reshape(-1, 3)
    distance = np.linalg.norm(wanted[:, 0] - got, axis=1)
    # The middle of a colour's cell is at most sqrt(3) * 2 from it, on the way there and back.
    assert (distance <= best + 2 * np.sqrt(3) * 2).all()


def test_two_pictures_have_the_same_entries() -> None:
    palette = Palette([noise(0)], EXACT)
    first, second = palette.apply(noise(3)), palette.apply(noise(4))
    assert first.getpalette() == second.getpalette()
    assert len(first.getpalette() or []) <= 3 * 256
