"""The drawing core of the feature-space panel, its modules loaded on an empty page.

Every number that the browser computes is checked against numpy or scipy.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page
from scipy.special import logsumexp

from lgm_core.training.frame import Frame, FrameScalars, encode

MODULES = Path(__file__).parents[2] / "app/panels/feature_space/js"
WIDTH, HEIGHT = 490, 445
PETROFF = [
    "3f90da", "ffa90e", "bd1f01", "94a4a2", "832db6",
    "a96b59", "e76300", "b9ac70", "717581", "92dadd",
]  # fmt: skip

PAGE = f"""<!doctype html><title>drawing</title>
<div id="view" style="width:{WIDTH}px;height:{HEIGHT}px"></div>
<script type="module">
const names = ["decode", "feature_view", "camera", "field", "shading", "gaussians", "glide",
  "palette", "level_lines", "contours", "projection"];
const all = await Promise.all(names.map((name) => import(`./${{name}}.js`)));
window.core = Object.assign({{}}, ...all);
window.toBuffer = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
window.makeView = (labels, K, layers) => {{
  window.calls = [];
  const view = new core.FeatureView(document.getElementById("view"), {{
    onHover: (...told) => calls.push(["hover", ...told]),
    onSelect: (digit) => calls.push(["select", digit]),
    label: "features",
  }});
  const classNames = Array.from({{ length: K }}, (_, k) => String(k));
  view.setDigits({{ labels: Uint8Array.from(labels), classNames, atlas: null }});
  view.setLayers(layers);
  return (window.view = view);
}};
window.camera = () => {{
  const camera = new core.Camera();
  Object.assign(camera, {{ width: {WIDTH}, height: {HEIGHT}, u: 0.3, v: -0.2, scale: 40 }});
  return camera;
}};
window.ready = true;
</script>"""


class _Handler(SimpleHTTPRequestHandler):
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript"}  # noqa: RUF012

    def do_GET(self) -> None:
        if self.path != "/":
            return super().do_GET()
        body = PAGE.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(MODULES)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def core(page: Page, address: str) -> Iterator[Page]:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    page.wait_for_function("window.ready")
    yield page
    assert complaints == []


def make_frame(rng: np.random.Generator, n: int, k: int, d: int, **scalars: Any) -> Frame:
    """A frame of random numbers whose regions are those of Gaussians at random means."""
    v = 3 if d == 3 else 2
    means = rng.normal(size=(k, v)) * 3
    spread = rng.uniform(-0.5, 0.5, size=(k, v, v)) + np.eye(v)
    regions, half_log_dets = gaussian_regions(rng, k)
    known = {"step": 12, "epoch": 0.5, "keyframe": True, "alpha": 1.0, "lambda": 0.1}
    known |= {"learning_rate": 0.002, "total": 1.25, "gaussians": "model"}

    def floats(values: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(values, np.float32)

    return Frame(
        FrameScalars.model_validate(known | scalars),
        ids=rng.permutation(n).astype(np.uint16),
        points=floats(rng.normal(size=(n, v)) * 3),
        predicted=rng.integers(0, k, n).astype(np.uint8),
        view_means=floats(means),
        view_covariances=floats(spread @ spread.transpose(0, 2, 1)),
        regions=regions.astype(np.float32),
        half_log_dets=half_log_dets.astype(np.float32),
        basis=floats(np.linalg.qr(rng.normal(size=(d, 2)))[0]),
        centre=floats(rng.normal(size=d)),
        parameters={"means": floats(rng.normal(size=(k, d)))},
        features=floats(rng.normal(size=(n, d))) if d > 3 else np.zeros((0, 0), np.float32),
    )


def gaussian_regions(rng: np.random.Generator, k: int) -> tuple[np.ndarray, np.ndarray]:
    """[k, 6] logits of Gaussians with diagonal covariances, and 1/2 log|Sigma| [k]."""
    means = rng.normal(size=(k, 2)) * 3
    variances = rng.uniform(0.4, 2.5, size=(k, 2))
    half_log_dets = 0.5 * np.log(variances).sum(1)
    out = np.zeros((k, 6))
    out[:, 0] = -0.5 * (means**2 / variances).sum(1) - half_log_dets
    out[:, 1:3] = means / variances
    out[:, 3], out[:, 5] = -0.5 / variances.T
    return out, half_log_dets


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


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


def start(core: Page, *, n: int = 60, k: int = 5, d: int = 2, **layers: bool) -> Frame:
    """A view with one frame applied, and drawn until it rests."""
    frame = make_frame(np.random.default_rng(2), n=n, k=k, d=d)
    labels = np.random.default_rng(9).integers(0, k, n).tolist()
    core.evaluate("([labels, K, layers]) => void makeView(labels, K, layers)", [labels, k, layers])
    core.evaluate("(data) => view.apply(core.decodeFrame(toBuffer(data)))", text(encode(frame)))
    draw(core, 40)
    return frame


def draw(core: Page, times: int, milliseconds: float = 50) -> None:
    core.evaluate(
        """([times, step]) => {
          window.clockNow ??= 1000;
          for (let i = 0; i < times; i++) view.draw((clockNow += step));
        }""",
        [times, milliseconds],
    )


def places(core: Page, n: int) -> np.ndarray:
    """[n, 2] CSS pixels."""
    found = core.evaluate(
        "(n) => Array.from({ length: n }, (_, i) => Object.values(view.placeOf(i)))", n
    )
    return np.array(found)


def in_order(frame: Frame) -> np.ndarray:
    """Points [n, V] by digit."""
    out = np.empty_like(frame.points)
    out[frame.ids] = frame.points
    return out


def test_scales_are_equal_and_all_points_in_sight(core: Page) -> None:
    frame = start(core)
    shown, points = places(core, 60), in_order(frame)
    (a, _), residual, *_ = np.linalg.lstsq(np.c_[points[:, 0], np.ones(60)], shown[:, 0], None)
    (b, _), *_ = np.linalg.lstsq(np.c_[points[:, 1], np.ones(60)], shown[:, 1], None)
    assert a > 0 and residual[0] < 1e-3
    assert b == pytest.approx(-a, rel=1e-4)
    assert shown.min() >= 0 and (shown <= [WIDTH, HEIGHT]).all()


def test_digits_glide_to_the_newest_place_and_the_frame_eases(core: Page) -> None:
    frame = start(core)
    before = places(core, 60)
    moved = make_frame(np.random.default_rng(77), n=60, k=5, d=2)
    moved.points[:] *= 3
    core.evaluate("(data) => view.apply(core.decodeFrame(toBuffer(data)))", text(encode(moved)))
    draw(core, 1, 16)
    after = places(core, 60)
    largest = np.abs(after - before).max()
    assert 0 < largest < 60
    draw(core, 100)
    current = core.evaluate("[...view.stage.scene.digits.current]")
    np.testing.assert_array_equal(np.float32(current).reshape(60, 2), in_order(moved))
    assert not core.evaluate("view.draw(clockNow + 16)")
    assert frame.step == 12


def test_reduced_motion_takes_places_at_once(core: Page) -> None:
    start(core)
    core.evaluate("view.setMotion(true)")
    moved = make_frame(np.random.default_rng(78), n=60, k=5, d=2)
    core.evaluate("(data) => view.apply(core.decodeFrame(toBuffer(data)))", text(encode(moved)))
    draw(core, 1, 1)
    current = core.evaluate("[...view.stage.scene.digits.current]")
    np.testing.assert_array_equal(np.float32(current).reshape(60, 2), in_order(moved))
    assert not core.evaluate("view.stage.camera.moving || view.stage.scene.digits.moving")


def test_jump_sets_known_digits_and_forgets_the_others(core: Page) -> None:
    frame = start(core)
    core.evaluate(
        """(data) => {
          const frame = core.decodeFrame(toBuffer(data));
          const known = new Uint8Array(60).fill(1, 0, 20);
          const points = new Float32Array(120).map((_, i) => i / 50);
          view.jump({ frame, points, predicted: new Uint8Array(60), known });
        }""",
        text(encode(frame)),
    )
    draw(core, 1, 1)
    assert core.evaluate("view.placeOf(20)") is None
    current = core.evaluate("[...view.stage.scene.digits.current.slice(0, 40)]")
    np.testing.assert_allclose(current, np.arange(40) / 50, rtol=1e-6)
    assert core.evaluate("view.stats().known") == 20


def test_hover_and_click_find_the_nearest_digit(core: Page) -> None:
    start(core)
    box = core.locator("#view").bounding_box()
    assert box
    shown = places(core, 60)
    rng = np.random.default_rng(4)
    for spot in rng.uniform([10, 10], [WIDTH - 10, HEIGHT - 10], size=(25, 2)):
        away = np.hypot(*(shown - spot).T)
        core.mouse.move(box["x"] + spot[0], box["y"] + spot[1])
        expected = int(away.argmin()) if away.min() <= 10 else None
        assert core.evaluate("view.interaction.hovered") == expected
    target = int(np.hypot(*(shown - [WIDTH / 2, HEIGHT / 2]).T).argmin())
    core.mouse.click(box["x"] + shown[target, 0], box["y"] + shown[target, 1])
    assert core.evaluate("calls.at(-1)") == ["select", target]
    hover = core.evaluate("calls.filter(([what]) => what === 'hover').at(-1)")
    assert hover[1] == target
    np.testing.assert_allclose(hover[2:], shown[target], atol=1e-3)


def test_wheel_zooms_at_the_pointer_freezes_the_view_and_double_click_resets(core: Page) -> None:
    start(core)
    box = core.locator("#view").bounding_box()
    assert box
    before = places(core, 60)
    spot = before[7]
    core.mouse.move(box["x"] + spot[0], box["y"] + spot[1])
    core.mouse.wheel(0, -200)
    core.wait_for_function("view.stage.camera.free")
    draw(core, 1)
    after = places(core, 60)
    factor = core.evaluate("view.stage.camera.zoom")
    assert factor > 1.2
    np.testing.assert_allclose(after, spot + (before - spot) * factor, atol=1)
    scale = core.evaluate("view.stage.camera.scale")
    moved = make_frame(np.random.default_rng(79), n=60, k=5, d=2)
    moved.points[:] *= 4
    core.evaluate("(data) => view.apply(core.decodeFrame(toBuffer(data)))", text(encode(moved)))
    draw(core, 60)
    assert core.evaluate("view.stage.camera.scale") == scale
    core.mouse.dblclick(box["x"] + 250, box["y"] + 200)
    draw(core, 100)
    assert not core.evaluate("view.stage.camera.free")
    final = places(core, 60)
    assert final.min() >= 0 and (final <= [WIDTH, HEIGHT]).all()


def test_keyboard_walks_selects_and_zooms(core: Page) -> None:
    start(core)
    canvas = core.get_by_role("application", name="features")
    canvas.focus()
    shown = places(core, 60)
    core.keyboard.press("ArrowRight")
    first = core.evaluate("view.interaction.hovered")
    core.keyboard.press("ArrowRight")
    second = core.evaluate("view.interaction.hovered")
    dx, dy = shown[second] - shown[first]
    assert dx > 0 and abs(dy) <= dx
    core.keyboard.press("Enter")
    assert core.evaluate("calls.at(-1)") == ["select", second]
    core.keyboard.press("+")
    assert core.evaluate("view.stage.camera.zoom") == pytest.approx(1.25)
    core.keyboard.press("0")
    assert not core.evaluate("view.stage.camera.free")
    core.keyboard.press("Escape")
    assert core.evaluate("calls.at(-1)") == ["select", None]
    assert canvas.evaluate("(canvas) => canvas.style.outlineStyle") == "solid"


def test_one_finger_scrolls_the_page_until_the_view_is_zoomed(core: Page) -> None:
    start(core)
    canvas = core.get_by_role("application")
    touch = "(canvas) => canvas.style.touchAction"
    assert canvas.evaluate(touch) == "pan-x pan-y"
    core.evaluate("view.interaction.zoomAt(200, 200, 2)")
    assert canvas.evaluate(touch) == "none"
    core.evaluate("view.resetZoom()")
    assert canvas.evaluate(touch) == "pan-x pan-y"


def pixel(core: Page, layer: str, x: float, y: float) -> list[int]:
    return core.evaluate(
        """([layer, x, y]) => {
          const { ratio } = view.layers;
          return [...view.layers[layer].getImageData(x * ratio, y * ratio, 1, 1).data];
        }""",
        [layer, float(x), float(y)],
    )


def test_errors_are_ringed_in_the_colour_of_the_class_they_were_taken_for(core: Page) -> None:
    frame = start(core, n=2, k=2, errors=True)
    labels = core.evaluate("[...view.stage.scene.labels]")
    core.evaluate(
        """(data) => {
          const frame = core.decodeFrame(toBuffer(data));
          frame.points.set([-40, 0, 40, 0]);
          frame.ids.set([0, 1]);
          const { labels } = view.stage.scene;
          frame.predicted.set([1 - labels[0], labels[1]]);
          view.setMotion(true);
          view.apply(frame);
        }""",
        text(encode(frame)),
    )
    draw(core, 3)
    wrong, right = places(core, 2)
    reach = core.evaluate("view.painter.points.ring.radius / view.layers.ratio") - 0.7
    taken = PETROFF[1 - labels[0]]
    ring = pixel(core, "points", wrong[0] + reach, wrong[1])
    np.testing.assert_allclose(ring[:3], [int(taken[i : i + 2], 16) for i in (0, 2, 4)], atol=3)
    assert ring[3] > 60
    assert pixel(core, "points", right[0] + reach, right[1])[3] == 0


def test_turning_a_cloud_hides_what_belongs_to_the_plane(core: Page) -> None:
    frame = start(core, d=3, regions=True, gaussians=True)
    centred = in_order(frame) - frame.centre
    flat = centred @ frame.basis
    scale = core.evaluate("view.stage.camera.scale")
    shown = places(core, 60)
    np.testing.assert_allclose(
        shown - shown[0], (flat - flat[0]) * [scale, -scale], atol=0.02 * scale
    )
    tinted = pixel(core, "field", 5, 5)[:3]
    assert tinted != [251, 250, 247]
    core.evaluate("view.setTurn(true); view.interaction.drag(90, 30)")
    draw(core, 2)
    assert pixel(core, "field", 5, 5)[:3] == [251, 250, 247]
    turned = places(core, 60) - places(core, 60)[0]
    assert np.abs(turned - (shown - shown[0])).max() > 5
    axes = np.array(core.evaluate("[...view.stage.projection.axes]")).reshape(3, 3)
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)
    core.evaluate("view.setTurn(false)")
    draw(core, 100)
    np.testing.assert_allclose(places(core, 60), shown, atol=0.5)


def test_drawing_allocates_nothing_that_stays(core: Page) -> None:
    frame = start(core, n=2000, k=10, gaussians=True, regions=True, margin=True, trails=True)
    core.evaluate("(data) => { window.bytes = toBuffer(data) }", text(encode(frame)))
    session = core.context.new_cdp_session(core)

    def used(frames: int) -> float:
        core.evaluate(
            """(frames) => {
              for (let i = 0; i < frames; i++) {
                const frame = core.decodeFrame(bytes.slice(0));
                for (let p = 0; p < frame.points.length; p++) frame.points[p] += Math.sin(i + p);
                view.apply(frame);
                for (let j = 0; j < 3; j++) view.draw((clockNow += 16));
              }
            }""",
            frames,
        )
        session.send("HeapProfiler.collectGarbage")
        return session.send("Runtime.getHeapUsage")["usedSize"]

    first = used(40)
    assert used(120) - first < 300_000


def test_a_draw_takes_a_few_milliseconds(core: Page) -> None:
    frame = start(core, n=2000, k=10, gaussians=True, margin=True)
    core.evaluate("(data) => { window.bytes = toBuffer(data) }", text(encode(frame)))
    milliseconds = core.evaluate(
        """() => {
          const frame = core.decodeFrame(bytes);
          const taken = [];
          for (let i = 0; i < 120; i++) {
            for (let p = 0; p < frame.points.length; p++) frame.points[p] += Math.sin(i + p) / 9;
            view.apply(frame);
            const begun = performance.now();
            view.draw((clockNow += 16));
            taken.push(performance.now() - begun);
          }
          return taken.sort((a, b) => a - b)[60];
        }"""
    )
    # Measured 2 to 4; the bound only catches what is slower by an order of magnitude.
    assert milliseconds < 25
