"""The view as a person uses it: glide, hover, zoom, keys, turning; and what it costs."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page

from lgm_core.training.frame import encode
from tests.browser.drawing.making import (
    HEIGHT,
    PETROFF,
    WIDTH,
    draw,
    in_order,
    make_frame,
    places,
    start,
    text,
)


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


# The light theme's, as the view starts with it.
PAPER = np.array([251, 250, 247])


def pixel(core: Page, x: float, y: float) -> list[int]:
    return core.evaluate(
        """([x, y]) => {
          const { ratio, context } = view.surface;
          return [...context.getImageData(x * ratio, y * ratio, 1, 1).data].slice(0, 3);
        }""",
        [float(x), float(y)],
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
    reach = core.evaluate("view.painter.points.ring.radius / view.surface.ratio") - 0.7
    taken = PETROFF[1 - labels[0]]
    towards = np.array([int(taken[i : i + 2], 16) for i in (0, 2, 4)]) - PAPER
    ink = pixel(core, wrong[0] + reach, wrong[1]) - PAPER
    share = ink @ towards / (towards @ towards)
    assert 0.2 < share <= 1.02
    np.testing.assert_allclose(ink, share * towards, atol=4)
    assert pixel(core, right[0] + reach, right[1]) == PAPER.tolist()


def test_turning_a_cloud_hides_what_belongs_to_the_plane(core: Page) -> None:
    frame = start(core, d=3, regions=True, gaussians=True)
    centred = in_order(frame) - frame.centre
    flat = centred @ frame.basis
    scale = core.evaluate("view.stage.camera.scale")
    shown = places(core, 60)
    np.testing.assert_allclose(
        shown - shown[0], (flat - flat[0]) * [scale, -scale], atol=0.02 * scale
    )
    assert pixel(core, 20, 20) != PAPER.tolist()
    core.evaluate("view.setTurn(true); view.interaction.drag(90, 30)")
    draw(core, 2)
    assert pixel(core, 20, 20) == PAPER.tolist()
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
