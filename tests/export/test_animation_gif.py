"""The GIF: what it shows, how long it takes, and how large it may get."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from lgm_core.export.animation_gif import MAX_BYTES, animation_gif, picture_steps
from lgm_core.export.colours import CARD, PETROFF, class_colours, mixed
from lgm_core.export.picture import _LOWER, Picture, Window, windows
from lgm_core.export.recording import moments
from tests.export.conftest import Record


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    assert image.format == "GIF"
    return image


def seconds(image: Image.Image) -> list[float]:
    found = []
    for number in range(image.n_frames):
        image.seek(number)
        found.append(image.info["duration"] / 1000)
    return found


def test_shows_both_runs_one_beside_the_other(record: Record) -> None:
    left, right = record(loss="softmax"), record(loss="lgm")
    data = animation_gif(left._replace(title="Softmax"), right, pictures=4)
    assert len(data) <= MAX_BYTES
    image = opened(data)
    assert image.info["loop"] == 0
    assert image.n_frames == 4
    assert seconds(image) == [0.08] * 3 + [1.6]
    image.seek(image.n_frames - 1)
    pixels = np.asarray(image.convert("RGB")).astype(int)
    width = pixels.shape[1]
    inks = [mixed(colour, 0.88, CARD) for colour in class_colours(10)]
    for half in (pixels[:, : width // 2], pixels[:, width // 2 :]):
        # A few digits may lie below the means' discs; their classes' colours are then not seen.
        assert sum((half == ink).all(-1).sum() > 3 for ink in inks) >= 8


def test_the_margin_band_is_where_the_margin_changes_the_class(record: Record) -> None:
    (moment,) = moments(record(loss="lgm", alpha=1.0), [12])
    frame, side = moment.frame, 60
    window = Window((0.0, 0.0), 2 * float(np.abs(frame.view_means).max()))
    ground = Picture("", np.zeros(0, np.int64), ["a"] * 10, class_colours(10), side)._ground(
        frame, window
    )
    shown = (np.asarray(ground.resize((side, side), Image.Resampling.BOX)) != CARD).any(-1)
    u = ((np.arange(side) + 0.5) / side - 0.5) * window.size
    v = (0.5 + _LOWER / side - (np.arange(side) + 0.5) / side) * window.size
    points = np.stack(np.meshgrid(u, v), -1)[:, :, None]
    d = 0.5 * ((points - frame.parameters["means"]) ** 2).sum(-1)
    nearest = d.argmin(-1)
    with_margin = d + np.eye(10)[nearest] * d  # alpha = 1: the nearest counts twice
    band = with_margin.argmin(-1) != nearest
    assert 0.1 < band.mean() < 0.9
    # The picture is reduced, so pixels on the band's edge are neither.
    assert (shown == band).mean() > 0.9


def test_is_the_same_run_by_run(record: Record) -> None:
    left, right = record(loss="softmax", epochs=1), record(loss="lgm", epochs=1)
    first, second = (animation_gif(left, right, pictures=3) for _ in range(2))
    assert first == second


def test_leaves_pictures_out_rather_than_grow_too_large(record: Record) -> None:
    runs = record(loss="softmax"), record(loss="lgm")
    whole = animation_gif(*runs, pictures=8)
    smaller = animation_gif(*runs, pictures=8, limit=len(whole) // 2)
    assert len(smaller) <= len(whole) // 2
    first, second = opened(whole), opened(smaller)
    assert 1 < second.n_frames < first.n_frames
    # The time that is shown stays about the same, and so does the last picture.
    assert sum(seconds(second)) == pytest.approx(sum(seconds(first)), rel=0.25)
    first.seek(first.n_frames - 1)
    second.seek(second.n_frames - 1)
    assert np.array_equal(np.asarray(first.convert("RGB")), np.asarray(second.convert("RGB")))
    assert opened(animation_gif(*runs, pictures=3, limit=1)).n_frames == 1


@pytest.mark.parametrize("dimensions", [3, 8])
def test_shows_more_dimensions_than_two(record: Record, dimensions: int) -> None:
    run = record(feature_dim=dimensions, epochs=1)
    assert opened(animation_gif(run, run, pictures=3)).n_frames == 3


def test_a_run_that_has_only_begun_is_one_picture(record: Record, tmp_path) -> None:
    from lgm_core.runs.store import Store

    run = record(epochs=1)
    with Store(tmp_path).create(run.settings) as writer:
        writer.append(run.reader.frame(0))
    begun = run._replace(reader=Store(tmp_path).open(writer.run_id))
    assert opened(animation_gif(begun, begun)).n_frames == 1


def test_steps_rise_from_the_first_to_the_newest_and_are_closest_at_first() -> None:
    steps = picture_steps(10_000, 96)
    assert (steps[0], steps[-1], len(steps)) == (0, 10_000, 96)
    gaps = np.diff(steps)
    assert (gaps > 0).all() and gaps[0] < gaps[-1]
    assert picture_steps(0, 96) == [0]


def test_the_camera_never_moves_back_and_always_holds_the_points() -> None:
    draw = np.random.default_rng(0)
    spread = [1, 1, 5, 2, 30, 30, 10, 40]
    seen = [draw.uniform(-s, s, size=(4000, 2)).astype(np.float32) for s in spread]
    found = windows(seen, reach=2)
    sizes = [window.size for window in found]
    assert sizes == sorted(sizes)
    for window, points in zip(found, seen, strict=True):
        inside = np.abs(points - window.centre) <= window.size / 2
        assert inside.all(1).mean() > 0.98


def test_places_that_are_not_known_do_not_count() -> None:
    points = np.array([[np.nan, np.nan], [0, 0], [2, 4]], np.float32)
    (window,) = windows([points])
    assert window.centre == pytest.approx((1, 2), abs=0.05)
    (nothing,) = windows([points[:1]])
    assert np.isfinite([*nothing.centre, nothing.size]).all()


def test_ten_classes_have_the_panels_colours_and_fifty_are_distinct() -> None:
    ten = class_colours(10)
    assert ["#{:02x}{:02x}{:02x}".format(*colour) for colour in ten] == list(PETROFF)
    assert len(set(class_colours(50))) == 50
    assert class_colours(50)[:10] == ten
