"""Regions, margin band, ellipses, contours, colours: against numpy and scipy."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page
from scipy.special import logsumexp

from lgm_core.training.frame import encode
from tests.browser.drawing.making import HEIGHT, PETROFF, WIDTH, gaussian_regions, make_frame, text


@pytest.mark.parametrize("d", [2, 3, 16])
def test_decodes_what_python_encodes(core: Page, d: int) -> None:
    frame = make_frame(np.random.default_rng(d), n=31, k=7, d=d)
    found = core.evaluate(
        """(data) => {
          const frame = core.decodeFrame(toBuffer(data));
          for (const name of Object.keys(frame)) {
            if (ArrayBuffer.isView(frame[name])) frame[name] = [...frame[name]];
          }
          frame.parameters.means.data = [...frame.parameters.means.data];
          return frame;
        }""",
        text(encode(frame, seconds=1.5)),
    )
    assert found["seconds"] == 1.5
    assert (found["V"], found["K"], found["D"]) == (frame.points.shape[1], 7, d)
    for name, value in frame.scalars.model_dump(by_alias=True).items():
        assert found[name] == value, name
    arrays = {
        "ids": frame.ids, "points": frame.points, "predicted": frame.predicted,
        "viewMeans": frame.view_means, "viewCovariances": frame.view_covariances,
        "regions": frame.regions, "halfLogDets": frame.half_log_dets, "basis": frame.basis,
        "centre": frame.centre, "features": frame.features,
    }  # fmt: skip
    for name, array in arrays.items():
        np.testing.assert_array_equal(np.float64(found[name]), np.float64(array).ravel())
    means = found["parameters"]["means"]
    assert means["shape"] == [7, d]
    np.testing.assert_array_equal(np.float32(means["data"]), frame.parameters["means"].ravel())


def test_refuses_what_is_no_frame(core: Page) -> None:
    whole = encode(make_frame(np.random.default_rng(0), n=5, k=3, d=2))
    length = int.from_bytes(whole[:8], "little")
    header = whole[8 : 8 + length]

    def with_header(changed: bytes) -> bytes:
        return len(changed).to_bytes(8, "little") + changed + whole[8 + length :]

    cases = [
        b"", whole[:6], whole[:40], whole[:-1],
        (1 << 40).to_bytes(8, "little") + whole[8:],
        with_header(b"[]"), with_header(b"{" * len(header)),
        with_header(header.replace(b'"F32"', b'"F64"')),
        with_header(header.replace(b"[5,2]", b"[9,2]")),
        with_header(header.replace(b"[5,2]", b"[2,5]")),
        with_header(header.replace(b"[3,6]", b"[6,3]")),
        with_header(header.replace(b"centre", b"center")),
        with_header(header.replace(b"step", b"stop")),
    ]  # fmt: skip
    answers = core.evaluate(
        """(cases) => cases.map((data) => {
          try { core.decodeFrame(toBuffer(data)); return ""; }
          catch (error) { return error.constructor === Error ? error.message : `${error.stack}`; }
        })""",
        [text(case) for case in cases],
    )
    for case, answer in zip(cases, answers, strict=True):
        assert "frame" in answer and "\n" not in answer, (case[:60], answer)


def paint(core: Page, regions: np.ndarray, half_log_dets: np.ndarray, alpha: float | None) -> Any:
    """[HEIGHT, WIDTH, 3] the field's picture, each class in a red of its own.

    Within the margin band green is full, outside it is 0.
    """
    pixels = core.evaluate(
        """([regions, halfLogDets, alpha, width, height]) => {
          const K = halfLogDets.length;
          const field = new core.Field(K);
          field.resize(width, height);
          const colours = Array.from({ length: K }, (_, k) => ({ r: 10 * k, g: 0, b: 0 }));
          const theme = { paper: colours[0], alpha: { r: 0, g: 0, b: 0 }, dark: false };
          const inks = core.fieldInks(colours, theme, true);
          for (let k = 0; k < K; k++) {
            inks.plain.set([10 * k, 0, 0], 3 * k);
            inks.band.set([10 * k, 255, 0], 3 * k);
            inks.line.set([10 * k, 255, 0], 3 * k);
            inks.packedPlain[k] = (255 << 24) | (10 * k);
            inks.packedBand.fill((255 << 24) | (255 << 8) | (10 * k), 8 * k, 8 * k + 8);
          }
          const frame = {
            regions: Float32Array.from(regions), halfLogDets: Float32Array.from(halfLogDets), alpha,
          };
          field.compute(frame, camera(), inks, alpha !== null);
          let out = "";
          for (const byte of new Uint8Array(field.pixels.buffer)) out += String.fromCharCode(byte);
          return btoa(out);
        }""",
        [regions.ravel().tolist(), half_log_dets.tolist(), alpha, WIDTH, HEIGHT],
    )
    flat = np.frombuffer(base64.b64decode(pixels), np.uint8)
    return flat.reshape(HEIGHT, WIDTH, 4)[:, :, :3].astype(int)


def logits_at_pixels(regions: np.ndarray) -> np.ndarray:
    """[K, HEIGHT, WIDTH] at the pixels' middles, with the camera of the page."""
    left, top = (18 + WIDTH - 18) / 2, (40 + HEIGHT - 46) / 2
    u = 0.3 + (np.arange(WIDTH) + 0.5 - left) / 40
    v = (-0.2 - (np.arange(HEIGHT) + 0.5 - top) / 40)[:, None]
    r = regions.astype(np.float32).astype(np.float64)[:, :, None, None]
    terms = (1, u, v, u * u, u * v, v * v)
    return np.stack(
        [sum(r[k, i] * terms[i] for i in range(6)) + 0 * u * v for k in range(len(regions))]
    )


def inner(mask: np.ndarray) -> np.ndarray:
    """Where a map has one value in the 5 x 5 pixels around: away from blended edges."""
    same = np.ones(mask.shape, bool)
    for dy in range(-2, 3):
        for dx in range(-2, 3):
            same &= mask == np.roll(mask, (dy, dx), (0, 1))
    same[:2] = same[-2:] = same[:, :2] = same[:, -2:] = False
    return same


@pytest.mark.parametrize("kind", ["gaussians", "softmax", "thin"])
def test_regions_are_the_arg_max(core: Page, kind: str) -> None:
    rng = np.random.default_rng(3)
    if kind == "gaussians":
        regions, half_log_dets = gaussian_regions(rng, 10)
    else:
        regions, half_log_dets = np.zeros((10, 6)), np.zeros(10)
        regions[:, :3] = rng.normal(size=(10, 3))
        if kind == "thin":
            # A strip 2.4 pixels wide, which no square's corners or middle need to hit.
            regions[:3] = 0
            regions[3:] = -100
            regions[0, 1], regions[1, 1], regions[2, 0] = 1, -1, 1.2 / 40
    shown = paint(core, regions, half_log_dets, None)
    expected = logits_at_pixels(regions).argmax(0)
    if kind == "thin":
        assert (expected == 2).sum() == 2 * HEIGHT
        assert (shown[:, :, 0][expected == 2] == 20).all()
        return
    sure = inner(expected)
    assert sure.mean() > 0.8
    np.testing.assert_array_equal(shown[:, :, 0][sure], 10 * expected[sure])


def test_region_edges_are_blended(core: Page) -> None:
    regions = np.zeros((2, 6))
    regions[0, 1], regions[1, 2] = 1.0, 0.31
    shown = paint(core, regions, np.zeros(2), None)[:, :, 0]
    assert set(np.unique(shown)) >= {0, 10}
    assert len(np.unique(shown)) > 6


@pytest.mark.parametrize("alpha", [0.3, 1.0, 3.0])
def test_margin_band_is_where_the_margin_takes_the_class_away(core: Page, alpha: float) -> None:
    regions, half_log_dets = gaussian_regions(np.random.default_rng(5), 6)
    shown = paint(core, regions, half_log_dets, alpha)
    logits = logits_at_pixels(regions)
    half = half_log_dets.astype(np.float32).astype(np.float64)
    z = logits.argmax(0)
    d_z = -np.take_along_axis(logits, z[None], 0)[0] - half[z]
    others = np.where(np.arange(6)[:, None, None] == z, -np.inf, logits).max(0)
    band = others > -(1 + alpha) * d_z - half[z]
    assert 0.05 < band.mean() < 0.98
    sure = inner(band) & inner(z)
    np.testing.assert_array_equal(shown[:, :, 1][sure] == 255, band[sure])
    np.testing.assert_array_equal(shown[:, :, 1][sure] == 0, ~band[sure])


def test_ellipse_axes_are_eigenvalues_and_eigenvectors(core: Page) -> None:
    rng = np.random.default_rng(1)
    factors = rng.normal(size=(20, 2, 2))
    covariances = factors @ factors.transpose(0, 2, 1)
    found = core.evaluate(
        "(rows) => rows.map(([uu, uv, vv]) => core.ellipseOf(uu, uv, vv))",
        [[c[0, 0], c[0, 1], c[1, 1]] for c in covariances],
    )
    for ellipse, covariance in zip(found, covariances, strict=True):
        values, vectors = np.linalg.eigh(covariance)
        assert ellipse["major"] == pytest.approx(np.sqrt(values[1]), rel=1e-9)
        assert ellipse["minor"] == pytest.approx(np.sqrt(values[0]), rel=1e-6)
        axis = [np.cos(ellipse["angle"]), np.sin(ellipse["angle"])]
        assert abs(axis @ vectors[:, 1]) == pytest.approx(1, abs=1e-9)


def test_contours_lie_where_the_density_has_their_level(core: Page) -> None:
    regions, _ = gaussian_regions(np.random.default_rng(8), 5)
    step, level = 7, -5.0
    found = core.evaluate(
        """([regions, level, step]) => {
          const view = camera();
          const points = [];
          const path = {
            moveTo: (x, y) => points.push([x, y]),
            lineTo: (x, y) => points.push([x, y]),
            quadraticCurveTo: (cx, cy, x, y) => points.push([x, y]),
          };
          const lines = new core.LevelLines();
          lines.resize(70, 64);
          const r = Float32Array.from(regions);
          for (let i = 0; i < 70 * 64; i++) {
            const u = view.u + ((i % 70) * step - view.left) / view.scale;
            const v = view.v - (Math.floor(i / 70) * step - view.top) / view.scale;
            lines.grid[i] = core.logDensity(r, 5, 2, u, v);
          }
          lines.trace(path, level, step);
          return points.map(([x, y]) => [
            view.u + (x - view.left) / view.scale, view.v - (y - view.top) / view.scale,
          ]);
        }""",
        [regions.ravel().tolist(), level, step],
    )
    u, v = np.array(found).T
    assert len(u) > 100
    logits = regions @ np.stack([np.ones_like(u), u, v, u * u, u * v, v * v])
    density = logsumexp(logits, axis=0) - np.log(2 * np.pi) - np.log(5)
    assert np.abs(density - level).max() < 0.08


def test_glide_arrives_without_overshoot_at_any_frame_rate(core: Page) -> None:
    for rate in (1 / 60, 1 / 20):
        places, moving = core.evaluate(
            """(seconds) => {
              const glide = new core.Glide(1, 1);
              glide.send(0, [2], 0, false);
              glide.send(0, [10], 0, false);
              const places = [glide.current[0]];
              for (let i = 0; i < 200; i++) {
                glide.step(seconds, 12, 1e-3);
                places.push(glide.current[0]);
              }
              return [places, glide.moving];
            }""",
            rate,
        )
        assert places[0] == 2
        assert places[-1] == 10
        assert not moving
        assert np.all(np.diff(places) >= 0) and max(places) <= 10
        steps = round(0.2 / rate)
        # A critically damped spring: 1 - (1 + w t) exp(-w t) of the way.
        way = 1 - (1 + 12 * 0.2) * np.exp(-12 * 0.2)
        assert places[steps] == pytest.approx(2 + 8 * way, rel=1e-4)


def test_class_colours(core: Page) -> None:
    found = core.evaluate("core.classColours(50).map((c) => [c.r, c.g, c.b, ...core.toOklab(c)])")
    hexes = ["".join(f"{channel:02x}" for channel in row[:3]) for row in found]
    assert hexes[:10] == PETROFF
    lab = np.array(found)[:, 3:]
    apart = np.linalg.norm(lab[:, None] - lab, axis=2) + np.eye(50)
    assert apart[:20, :20].min() > 0.055
    assert apart.min() > 0.025
