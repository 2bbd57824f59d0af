"""The browser's warp of faces against the library's."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import Page

from app.panels.bundle import bundle
from lgm_core.alignment.families import FAMILIES
from lgm_core.alignment.frame import AlignFrame, AlignScalars, Opening, encode
from lgm_core.alignment.settings import Border
from lgm_core.alignment.warp import warp

PANELS = Path(__file__).parents[2] / "app" / "panels"
SIDE, FACES = 48, 5


def source(entry: str) -> str:
    text = bundle(PANELS / "face_warp/js", entry, shared=PANELS / "feature_space/js")
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("border", ["edge", "black"])
@pytest.mark.parametrize("stages", [1, 2])
@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_it_is_torchs_to_a_hundredth_of_a_grey_level(
    page: Page, name: str, stages: int, border: Border
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
    drawn = page.evaluate(
        """async ([source, pixels, theta, family, border, side]) => {
          const { Warper } = await import(`data:text/javascript;base64,${source}`);
          const warper = new Warper({ side, pixels: Uint8Array.from(pixels) }, family, border);
          warper.warp(Float32Array.from(theta));
          return Array.from(warper.warped);
        }""",
        [
            source("warper.js"),
            pictures.flatten().tolist(),
            torch.stack(thetas).flatten().tolist(),
            name,
            border,
            SIDE,
        ],
    )
    difference = np.abs(np.array(drawn) - expected.flatten().numpy())
    assert difference.mean() < 0.01
    assert difference.max() < 0.2


def test_the_identity_shows_every_pixel_as_it_is(page: Page) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, SIDE * SIDE).tolist()
    for name in FAMILIES:
        same = page.evaluate(
            """async ([warping, families, pixels, family, side]) => {
              const { Warper } = await import(`data:text/javascript;base64,${warping}`);
              const { identityTheta } = await import(`data:text/javascript;base64,${families}`);
              const warper = new Warper({ side, pixels: Uint8Array.from(pixels) }, family, "edge");
              warper.warp(identityTheta(family));
              return warper.warped.every((value, i) => Math.abs(value - pixels[i]) < 1e-4);
            }""",
            [source("warper.js"), source("families.js"), pixels, name, SIDE],
        )
        assert same, name


def test_it_reads_what_the_library_encodes(page: Page) -> None:
    theta = np.random.default_rng(0).normal(size=(2, FACES, 6)).astype(np.float32)
    pictures = np.random.default_rng(1).integers(0, 256, (FACES, SIDE, SIDE)).astype(np.uint8)
    knobs = {"alpha": 0.1, "lambda": 0.2, "learning_rate": 0.003}
    scalars = AlignScalars.model_validate({"step": 7, "misalignment": 4.5, **knobs})
    people = np.arange(FACES, dtype=np.uint8)
    opening = Opening(pictures, people, np.zeros((FACES, 64, 64), np.uint8))
    frame = encode(AlignFrame(scalars, theta, opening), seconds=1.5)
    read = page.evaluate(
        """async ([source, bytes]) => {
          const { decodeFaceFrame } = await import(`data:text/javascript;base64,${source}`);
          const frame = decodeFaceFrame(Uint8Array.from(bytes).buffer);
          const { theta, faces, ...rest } = frame;
          return { ...rest, theta: Array.from(theta), side: faces.side,
            pixels: Array.from(faces.pixels), people: Array.from(faces.people) };
        }""",
        [source("face_frame.js"), list(frame)],
    )
    assert (read["step"], read["misalignment"], read["seconds"]) == (7, 4.5, 1.5)
    assert (read["stages"], read["probes"], read["size"], read["side"]) == (2, FACES, 6, SIDE)
    assert read["total"] is None
    np.testing.assert_array_equal(np.array(read["theta"], np.float32), theta.ravel())
    assert read["pixels"] == pictures.ravel().tolist()
    assert read["people"] == people.tolist()


def test_bytes_that_are_no_frame_are_refused_in_a_sentence(page: Page) -> None:
    scalars = AlignScalars.model_validate(
        {"step": 0, "alpha": 0.1, "lambda": 0.2, "learning_rate": 0.003}
    )
    whole = encode(AlignFrame(scalars, np.zeros((1, 2, 4), np.float32)))
    for bad in (b"", whole[:20], whole[:-3], b"\xff" * 40):
        said = page.evaluate(
            """async ([source, bytes]) => {
              const { decodeFaceFrame } = await import(`data:text/javascript;base64,${source}`);
              try {
                decodeFaceFrame(Uint8Array.from(bytes).buffer);
              } catch (error) {
                return error.message;
              }
              return null;
            }""",
            [source("face_frame.js"), list(bad)],
        )
        assert said, bad
        assert "frame" in said
