"""Two runs side by side as a GIF that plays their training in some eight seconds."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

from lgm_core.export.colours import FIXED, class_colours
from lgm_core.export.palette import Palette
from lgm_core.export.picture import Picture, windows
from lgm_core.export.recording import Moment, Recording, check_frames, moments
from lgm_core.export.sheet import SIDE, Sheet

Float = npt.NDArray[np.float32]

#: At most so many bytes: pictures are left out until it fits.
MAX_BYTES = 6_000_000
PICTURES = 96
#: Of one picture and of the last, in hundredths of a second: what a GIF counts in.
_TIME, _LAST_TIME = 8, 160
#: The early steps change the most: there, pictures lie closer.
_EASE = 1.4
#: How far a three-dimensional view turns while the animation plays, and leans, in radians.
_TURN, _LEAN = np.pi / 2, 0.35


def animation_gif(
    left: Recording, right: Recording, *, pictures: int = PICTURES, limit: int = MAX_BYTES
) -> bytes:
    """The GIF of two runs, repeated without end.

    Args:
        left, right: the runs.
        pictures: at most so many.
        limit: at most so many bytes, unless one picture alone has more.

    Raises:
        ExportError: if a run has no frame, or one that cannot be read.
    """
    runs = (left, right)
    newest = max(_newest_step(run) for run in runs)
    steps = picture_steps(newest, pictures)
    sides = [_Side(run, steps) for run in runs]
    sheet = Sheet(max(newest, *(run.total_steps for run in runs)))

    def draw(at: int) -> Image.Image:
        halves = [side.draw(at) for side in sides]
        return sheet.compose(halves, [side.moments[at].frame for side in sides], steps[at])

    samples = sorted({len(steps) * part // 4 for part in range(4)} | {len(steps) - 1})
    exact = [*FIXED, *(colour for side in sides for colour in side.colours)]
    palette = Palette([draw(at) for at in samples], exact)
    return _fitted([palette.apply(draw(at)) for at in range(len(steps))], limit)


def picture_steps(newest: int, pictures: int) -> list[int]:
    """Rising steps from 0 to the newest, at most ``pictures`` of them, closer at the beginning."""
    ways = np.linspace(0, 1, max(pictures, 2)) ** _EASE
    return sorted({round(newest * way) for way in ways.tolist()})


class _Side:
    """One half of the animation."""

    def __init__(self, run: Recording, steps: list[int]) -> None:
        self.moments: list[Moment] = list(moments(run, steps))
        self._axes = _axes(self.moments[0].points.shape[1], len(steps))
        seen = [_seen(m, axes) for m, axes in zip(self.moments, self._axes, strict=True)]
        self._windows = windows(seen)
        data = run.dataset
        labels = data.train_labels[data.displayed]
        colours = class_colours(data.num_classes)
        self._picture = Picture(run.title, labels, data.class_names, colours, SIDE)
        #: What most of the picture is painted in.
        self.colours = self._picture.paints

    def draw(self, at: int) -> Image.Image:
        return self._picture.draw(self.moments[at], self._axes[at], self._windows[at])


def _seen(moment: Moment, axes: Float) -> Float:
    """What a picture shall show [n, 2]: the points, and the Gaussians beyond one sigma."""
    frame = moment.frame
    means = frame.view_means @ axes.T
    covariances = axes @ frame.view_covariances @ axes.T
    reach = 1.3 * np.sqrt(np.maximum(np.diagonal(covariances, axis1=1, axis2=2), 0))
    return np.concatenate([moment.points @ axes.T, means - reach, means + reach])


def _newest_step(run: Recording) -> int:
    return run.reader.header(check_frames(run) - 1).step


def _axes(dimensions: int, count: int) -> list[Float]:
    """[2, V] for each picture: the plane itself, or a slow turn around a space's third axis."""
    if dimensions == 2:
        return [np.eye(2, dtype=np.float32)] * count
    turned = []
    for angle in np.linspace(0, _TURN, count):
        c, s = np.cos(angle), np.sin(angle)
        lean = np.sin(_LEAN)
        rows = [[c, s, 0.0], [-s * lean, c * lean, np.cos(_LEAN)]]
        turned.append(np.array(rows, np.float32))
    return turned


def _fitted(frames: list[Image.Image], limit: int) -> bytes:
    """The GIF of all frames, or of fewer, evenly spread and shown for longer, if that fits."""
    count = len(frames)
    while True:
        # The last picture, the trained network, is always there.
        chosen = np.linspace(len(frames) - 1, 0, count).round().astype(int)[::-1]
        data = _encoded([frames[at] for at in chosen], round(_TIME * len(frames) / count))
        if len(data) <= limit or count == 1:
            return data
        count = max(1, min(count - 1, int(0.97 * count * limit / len(data))))


def _encoded(frames: list[Image.Image], time: int) -> bytes:
    durations = [10 * time] * (len(frames) - 1) + [10 * _LAST_TIME]
    buffer = io.BytesIO()
    first, *others = frames
    first.save(
        buffer,
        format="GIF",
        save_all=True,
        append_images=others,
        duration=durations,
        loop=0,
        optimize=False,
        disposal=1,
    )
    return buffer.getvalue()
