"""The whole picture of the animation: two halves, and below them where in the training it is."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw

from lgm_core.export.colours import ALPHA, HAIRLINE, INK, LAMBDA, MUTED, PAPER, PLAYED, Rgb
from lgm_core.export.picture import OVER, font
from lgm_core.training.frame import Frame

#: Pixels of one half, which is a square.
SIDE = 440
_GAP = 12
_FOOT = 34
_WIDTH = 2 * SIDE + 3 * _GAP
_HEIGHT = SIDE + 2 * _GAP + _FOOT


class Sheet:
    """Puts two halves side by side on paper.

    Args:
        total_steps: of the longer training: where the line of progress ends.
    """

    def __init__(self, total_steps: int) -> None:
        self._total = max(total_steps, 1)

    def compose(
        self, halves: Sequence[Image.Image], frames: Sequence[Frame], step: int
    ) -> Image.Image:
        """The whole picture.

        Args:
            halves: left and right, ``OVER`` times as large as they will be.
            frames: what they show.
            step: of the training.
        """
        sheet = Image.new("RGB", (OVER * _WIDTH, OVER * _HEIGHT), PAPER)
        for number, half in enumerate(halves):
            sheet.paste(half, (OVER * (_GAP + number * (SIDE + _GAP)), OVER * _GAP))
        # The last frame of a run that ended earlier stays: the longer run tells the time.
        newest = max(frames, key=lambda frame: frame.step)
        self._foot(ImageDraw.Draw(sheet), newest, step)
        return sheet.reduce(OVER)

    def _foot(self, pen: ImageDraw.ImageDraw, frame: Frame, step: int) -> None:
        line = OVER * (SIDE + 2 * _GAP + 13)
        left, right = OVER * (_GAP + 2), OVER * (_WIDTH - _GAP - 2)
        scalars = frame.scalars
        time = f"epoch {int(scalars.epoch)}  ·  step {min(step, self._total):,}"
        pen.text((left, line), time, fill=INK, font=font(14), anchor="lm")

        knobs: list[tuple[str, Rgb]] = [
            (f"learning rate {scalars.learning_rate:.4g}", MUTED),
            (f"lambda {scalars.lambda_:.2f}", LAMBDA),
            (f"alpha {scalars.alpha:.2f}", ALPHA),
        ]
        end = right
        for text, colour in knobs:
            pen.text((end, line), text, fill=colour, font=font(14), anchor="rm")
            end -= int(font(14).getbbox(text)[2]) + OVER * 18

        begin, stop = left + OVER * 190, end - OVER * 6
        share = min(step / self._total, 1.0)
        now = begin + round(share * (stop - begin))
        half = OVER * 2
        pen.rounded_rectangle((begin, line - half, stop, line + half), half, fill=HAIRLINE)
        pen.rounded_rectangle((begin, line - half, now, line + half), half, fill=PLAYED)
        knob = OVER * 5
        pen.ellipse((now - knob, line - knob, now + knob, line + knob), fill=PLAYED)
