"""A stored run at chosen moments, and thinned out."""

from __future__ import annotations

import numpy as np
import pytest

from lgm_core.export.recording import ExportError, Recording, moments, thinned
from lgm_core.runs.store import Store
from lgm_core.training.frame import decode, read_header
from lgm_core.training.settings import TrainSettings
from tests.export.conftest import Record


def places_longhand(run: Recording, step: int) -> np.ndarray:
    """Every frame from the first one on, laid over the ones before."""
    places = np.full((len(run.dataset.displayed), 2), np.nan, np.float32)
    for data in run.reader.frames():
        frame = decode(data)
        if frame.step > step:
            break
        places[frame.ids] = frame.points
    return places


def test_a_moment_holds_the_newest_place_of_every_digit(record: Record) -> None:
    run = record()
    steps = [0, 1, 1, 4, 7, 11, 18]
    for step, moment in zip(steps, moments(run, steps), strict=True):
        assert moment.frame.step == step
        np.testing.assert_array_equal(moment.points, places_longhand(run, step))


def test_a_moment_after_the_end_is_the_last(record: Record) -> None:
    run = record()
    (moment,) = moments(run, [10_000])
    assert moment.frame.step == run.total_steps == 18


def test_a_run_without_frames_is_refused_in_words(record: Record, tmp_path) -> None:
    run = record()
    with Store(tmp_path).create(run.settings) as writer:
        empty = run._replace(reader=Store(tmp_path).open(writer.run_id))
    for attempt in (lambda: list(moments(empty, [0])), lambda: thinned(empty, 1000)):
        with pytest.raises(ExportError, match="L-GM has no frame yet"):
            attempt()


def test_frames_that_are_no_frames_are_refused_in_words(record: Record, tmp_path) -> None:
    run = record()
    with Store(tmp_path).create(TrainSettings()) as writer:
        writer.append(b"no frame at all")
    broken = run._replace(reader=Store(tmp_path).open(writer.run_id))
    with pytest.raises(ExportError, match="cannot be read"):
        list(moments(broken, [0]))


def test_what_fits_is_not_thinned(record: Record) -> None:
    run = record()
    assert thinned(run, 10_000_000) == list(run.reader.frames())


@pytest.mark.parametrize("share", [0.7, 0.5, 0.35])
def test_thinned_frames_fit_and_keep_both_ends_and_the_order(record: Record, share: float) -> None:
    run = record()
    everything = list(run.reader.frames())
    limit = round(share * sum(map(len, everything)))
    kept = thinned(run, limit)
    assert sum(map(len, kept)) <= limit
    assert (kept[0], kept[-1]) == (everything[0], everything[-1])
    assert 2 < len(kept) < len(everything)
    steps = [read_header(frame)["step"] for frame in kept]
    assert steps == sorted(steps)
    assert any(read_header(frame)["keyframe"] for frame in kept[1:-1])
