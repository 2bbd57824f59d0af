"""The browser's warp of faces against the library's."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from playwright.sync_api import Page

from lgm_core.alignment.families import FAMILIES
from lgm_core.alignment.frame import AlignFrame, AlignScalars, Opening, encode
from lgm_core.alignment.settings import Border
from lgm_core.alignment.warp import warp
from tests.browser.face_modules import SIDE, packed, run, unpacked

FACES = 5


@pytest.mark.parametrize("border", ["edge", "black"])
@pytest.mark.parametrize("stages", [1, 2])
@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_it_is_torchs_to_a_hundredth_of_a_grey_level(
    tab: Page, name: str, stages: int, border: Border
) -> None:
    random = torch.Generator().manual_seed(1)
    family = FAMILIES[name]
    pictures = torch.randint(0, 256, (FACES, SIDE, SIDE), generator=random, dtype=torch.uint8)
    thetas = [
        family.bounded(0.4 * torch.randn(FACES, family.raw_size, generator=random))
        for _ in range(stages)
    ]
    grey = pictures.unsqueeze(1).to(torch.float32)
    expected = warp(grey, [(family, theta) for theta in thetas], border=border)
    drawn = run(
        tab,
        "warper.js",
        """const faces = { side: a.side, pixels: bytesOf(a.pixels) };
        const warper = new m.Warper(faces, a.family, a.border);
        warper.warp(floatsOf(a.theta));
        return textOf(Float32Array.from(warper.warped));
        """,
        {
            "pixels": packed(pictures, np.uint8),
            "theta": packed(torch.stack(thetas)),
            "family": name,
            "border": border,
            "side": SIDE,
        },
    )
    difference = np.abs(unpacked(drawn) - expected.flatten().numpy())
    assert difference.mean() < 0.01
    assert difference.max() < 0.2


def test_the_identity_shows_every_pixel_as_it_is(tab: Page) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, SIDE * SIDE)
    for name in FAMILIES:
        theta = run(
            tab, "families.js", "return textOf(Float32Array.from(m.identityTheta(a)))", name
        )
        drawn = run(
            tab,
            "warper.js",
            """const faces = { side: a.side, pixels: bytesOf(a.pixels) };
            const warper = new m.Warper(faces, a.family, "edge");
            warper.warp(floatsOf(a.theta));
            return textOf(Float32Array.from(warper.warped));
            """,
            {"pixels": packed(pixels, np.uint8), "theta": theta, "family": name, "side": SIDE},
        )
        np.testing.assert_allclose(unpacked(drawn), pixels, atol=1e-4, rtol=0, err_msg=name)


def test_it_reads_what_the_library_encodes(tab: Page) -> None:
    theta = np.random.default_rng(0).normal(size=(2, FACES, 6)).astype(np.float32)
    pictures = np.random.default_rng(1).integers(0, 256, (FACES, SIDE, SIDE)).astype(np.uint8)
    knobs = {"alpha": 0.1, "lambda": 0.2, "learning_rate": 0.003}
    scalars = AlignScalars.model_validate({"step": 7, "misalignment": 4.5, **knobs})
    people = np.arange(FACES, dtype=np.uint8)
    opening = Opening(pictures, people, np.zeros((FACES, 64, 64), np.uint8))
    frame = encode(AlignFrame(scalars, theta, opening), seconds=1.5)
    read = run(
        tab,
        "face_frame.js",
        """const { theta, faces, ...rest } = m.decodeFaceFrame(bytesOf(a).buffer);
        return { ...rest, theta: textOf(Float32Array.from(theta)), side: faces.side,
          pixels: textOf(Uint8Array.from(faces.pixels)), people: Array.from(faces.people) };
        """,
        packed(list(frame), np.uint8),
    )
    assert (read["step"], read["misalignment"], read["seconds"]) == (7, 4.5, 1.5)
    assert (read["stages"], read["probes"], read["size"], read["side"]) == (2, FACES, 6, SIDE)
    assert read["total"] is None
    np.testing.assert_array_equal(unpacked(read["theta"]), theta.ravel())
    np.testing.assert_array_equal(unpacked(read["pixels"], np.uint8), pictures.ravel())
    assert read["people"] == people.tolist()


def test_bytes_that_are_no_frame_are_refused_in_a_sentence(tab: Page) -> None:
    scalars = AlignScalars.model_validate(
        {"step": 0, "alpha": 0.1, "lambda": 0.2, "learning_rate": 0.003}
    )
    whole = encode(AlignFrame(scalars, np.zeros((1, 2, 4), np.float32)))
    for bad in (b"", whole[:20], whole[:-3], b"\xff" * 40):
        said = run(
            tab,
            "face_frame.js",
            """try { m.decodeFaceFrame(bytesOf(a).buffer); } catch (error) { return error.message; }
            return null;
            """,
            packed(list(bad), np.uint8),
        )
        assert said, bad
        assert "frame" in said
