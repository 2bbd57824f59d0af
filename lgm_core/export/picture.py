"""One picture of a run's features: points, means, ellipses or decision regions, and its figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from lgm_core.export.colours import ALPHA, CARD, HAIRLINE, INK, MUTED, Rgb, mixed
from lgm_core.export.recording import Moment
from lgm_core.training.frame import Frame

Float = npt.NDArray[np.float32]
Font = ImageFont.ImageFont | ImageFont.FreeTypeFont

#: Everything is drawn this much larger and then reduced, which smooths the edges.
OVER = 2
_DISC = 10
_MARGIN = 14
_TITLE_HEIGHT = 38
#: The window's centre lies lower than the picture's: the title's line is kept free.
_LOWER = _TITLE_HEIGHT / 4
_CIRCLE = np.stack([f(np.linspace(0, 2 * np.pi, 73)) for f in (np.cos, np.sin)])


@dataclass(frozen=True)
class Window:
    """The part of the view that a picture shows: ``size`` units wide, square pixels."""

    centre: tuple[float, float]
    size: float


def windows(seen: Sequence[Float], reach: int = 6) -> list[Window]:
    """A window for each picture, so that the camera moves slowly and never back.

    Each holds nearly all of its points and of those before; it begins to grow ``reach`` pictures
    before it has to.

    Args:
        seen: [n, 2] for each picture, what shall be visible; nan where a place is unknown.
    """
    ends = np.array([_ends(points) for points in seen])
    low = np.minimum.accumulate(ends[:, 0])
    high = np.maximum.accumulate(ends[:, 1])
    last = len(seen) - 1
    result = []
    for at in range(len(seen)):
        ahead = np.clip(np.arange(at, at + 2 * reach + 1), 0, last)
        bottom, top = low[ahead].mean(0), high[ahead].mean(0)
        x, y = ((bottom + top) / 2).tolist()
        result.append(Window((x, y), max(float((top - bottom).max()) * 1.1, 1e-3)))
    return result


def _ends(points: Float) -> Float:
    """Lowest and highest place [2, 2] of nearly all points."""
    known = points[np.isfinite(points).all(1)]
    if not len(known):
        return np.array([[-1, -1], [1, 1]], np.float32)
    return np.asarray(np.percentile(known, [0.3, 99.7], axis=0), np.float32)


class Picture:
    """Draws moments of one run into squares of ``side`` pixels, all of one size.

    Args:
        title: at the upper left.
        labels: class of each displayed digit [displayed].
        names: of the classes.
        colours: of the classes.
        side: in pixels.
    """

    def __init__(
        self,
        title: str,
        labels: npt.NDArray[np.int64],
        names: Sequence[str],
        colours: Sequence[Rgb],
        side: int,
    ) -> None:
        self._title = title
        self._names = [_on_disc(name, k) for k, name in enumerate(names)]
        self._colours = colours
        inks = [mixed(colour, 0.88, CARD) for colour in colours]
        packed = np.array([(*ink, 255) for ink in inks], np.uint8)
        self._inks = packed.view(np.uint32).reshape(-1)
        #: The colours of the dots and of the rims of the discs.
        self.paints = [*inks, *colours]
        self._tints = np.array([mixed(colour, 0.16, CARD) for colour in colours], np.uint8)
        self._members = [np.flatnonzero(labels == k) for k in range(len(names))]
        # Drawn class by class in turn, the last class would cover all others.
        self._order = np.random.default_rng(0).permutation(len(labels))
        self._labels = labels
        self._side = side

    def draw(self, moment: Moment, axes: Float, window: Window) -> Image.Image:
        """The picture, ``OVER`` times as large as asked for.

        Args:
            moment: what to draw.
            axes: [2, V], the view axes' places in the picture's plane.
            window: what is shown of that plane.
        """
        frame = moment.frame
        size = OVER * self._side
        image = Image.new("RGB", (size, size), CARD)
        if axes.shape[1] == 2:
            image = self._ground(frame, window)
        means = self._place(frame.view_means @ axes.T, window)
        if frame.scalars.gaussians == "model":
            scale = size / window.size
            covariances = np.asarray(axes @ frame.view_covariances @ axes.T, np.float32)
            self._ellipses(ImageDraw.Draw(image, "RGBA"), means, covariances, scale)
        image = self._with_points(image, self._place(moment.points @ axes.T, window))
        pen = ImageDraw.Draw(image)
        self._discs(pen, means)
        self._words(pen, frame)
        pen.rectangle((0, 0, size - 1, size - 1), outline=HAIRLINE, width=OVER)
        return image

    def _place(self, points: Float, window: Window) -> Float:
        """Pixels [n, 2] of points [n, 2]; the second axis points up."""
        size = OVER * self._side
        offset = np.array([size / 2, size / 2 + OVER * _LOWER])
        placed = (points - np.array(window.centre)) * (size / window.size) * [1, -1] + offset
        return np.asarray(placed, np.float32)

    def _ground(self, frame: Frame, window: Window) -> Image.Image:
        """As a tint, the decision regions, or, of a model with a margin, its band."""
        side = self._side
        unit = window.size / side
        middle = side / 2
        pixels = np.arange(side, dtype=np.float32) + 0.5
        u = ((pixels - middle) * unit + window.centre[0])[None, :]
        v = ((middle + _LOWER - pixels) * unit + window.centre[1])[:, None]
        best = np.full((side, side), -np.inf, np.float32)
        second = best.copy()
        winner = np.zeros((side, side), np.intp)
        for k, (c, cu, cv, cuu, cuv, cvv) in enumerate(frame.regions):
            logit = (c + u * (cu + cuu * u)) + v * (cv + cvv * v)
            if cuv:
                logit += cuv * u * v
            winner[logit > best] = k
            np.maximum(second, np.minimum(best, logit), out=second)
            np.maximum(best, logit, out=best)
        if frame.scalars.gaussians == "model":
            distance = -best - frame.half_log_dets[winner]
            tint = Image.fromarray(_BAND[(best - frame.scalars.alpha * distance < second) * 1])
        else:
            tint = Image.fromarray(self._tints[winner])
        return tint.resize((OVER * side, OVER * side), Image.Resampling.BILINEAR)

    def _with_points(self, image: Image.Image, places: Float) -> Image.Image:
        size = OVER * self._side
        visible = (places > 8) & (places < size - 8)  # nan is not
        inside = visible[:, 0] & visible[:, 1]
        order = self._order[inside[self._order]]
        corners = np.round(places[order]).astype(np.intp)
        pixels = np.array(image.convert("RGBA")).view(np.uint32).reshape(-1)
        # One assignment for all dots: where two overlap, the later one in this order stays.
        at = (corners[:, 1] * size + corners[:, 0])[:, None] + (_DOT @ [size, 1])
        pixels[at] = self._inks[self._labels[order], None]
        return Image.fromarray(pixels.view(np.uint8).reshape(size, size, 4)).convert("RGB")

    def _ellipses(
        self, pen: ImageDraw.ImageDraw, means: Float, covariances: Float, scale: float
    ) -> None:
        values, vectors = np.linalg.eigh(covariances)
        axes = vectors * np.sqrt(np.maximum(values, 0))[:, None, :] * scale
        for sigma, fill, line in ((2, 18, 128), (1, 33, 191)):
            for mean, axis, colour in zip(means, axes, self._colours, strict=True):
                outline = mean + sigma * (axis @ _CIRCLE).T * [1, -1]
                if np.isfinite(outline).all() and np.abs(outline).max() < 1e5:
                    corners = [tuple(corner) for corner in outline.tolist()]
                    pen.polygon(corners, fill=(*colour, fill))
                    pen.line(corners, fill=(*colour, line), width=OVER)

    def _discs(self, pen: ImageDraw.ImageDraw, means: Float) -> None:
        radius = OVER * _DISC
        for (x, y), colour, name in zip(means.tolist(), self._colours, self._names, strict=True):
            if not np.isfinite(x + y):
                continue
            box = (x - radius, y - radius, x + radius, y + radius)
            pen.ellipse(box, fill=CARD, outline=colour, width=2 * OVER)
            pen.text((x, y), name, fill=INK, font=font(12 if len(name) < 3 else 10), anchor="mm")

    def _words(self, pen: ImageDraw.ImageDraw, frame: Frame) -> None:
        scalars = frame.scalars
        right = OVER * (self._side - _MARGIN)
        line = OVER * (_TITLE_HEIGHT - 12)
        pen.text((OVER * _MARGIN, line), self._title, fill=INK, font=font(19), anchor="ls")
        parts = []
        if scalars.test_accuracy is not None:
            parts.append(f"test {100 * scalars.test_accuracy:.1f} %")
        if scalars.log_likelihood is not None:
            parts.append(f"log-likelihood {scalars.log_likelihood:.2f}")
        share = scalars.explained_variance
        if share is not None and share < 1 and frame.points.shape[1] == 2:
            parts.append(f"PCA {100 * share:.0f} %")
        pen.text((right, line), "  ·  ".join(parts), fill=MUTED, font=font(14), anchor="rs")


@cache
def font(size: int) -> Font:
    """Pillow's own font, ``size`` pixels in the finished picture."""
    return ImageFont.load_default(OVER * size)


def _on_disc(name: str, number: int) -> str:
    """What stands on a mean: a short name, else the class's number. The font knows ASCII."""
    return name if len(name) <= 3 and name.isascii() else str(number)


def _disc(radius: float) -> npt.NDArray[np.intp]:
    """Pixels [n, 2], row and column, of a disc around 0."""
    y, x = np.mgrid[-9:10, -9:10]
    return np.argwhere(np.hypot(x, y) <= radius) - 9


#: Without and with the margin's band.
_BAND = np.array([CARD, mixed(ALPHA, 0.1, CARD)], np.uint8)
#: The pixels of a dot, before the picture is reduced.
_DOT = _disc(1.6 * OVER)
