"""One picture that a person brings: laid out as MNIST, or refused in a sentence."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from lgm_core.data import DataError, load
from lgm_core.data.brought import BOX, bring_picture
from tests.data.making import picture
from tests.data.test_pictures import png_header

DIGIT = load("bundled").test_images[0]
LAID_OUT = "Scaled from 280 x 280 pixels and centred as MNIST's digits are."


def large(side: int = 280, *, paper: int = 0, ink: int = 255) -> np.ndarray:
    """The digit in a corner of a large sheet [side, side]."""
    digit = np.asarray(Image.fromarray(DIGIT).resize((side // 3, side // 3)), np.float64) / 255
    sheet = np.zeros((side, side))
    sheet[: len(digit), -len(digit) :] = digit
    return np.rint(paper + (ink - paper) * sheet).astype(np.uint8)


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def assert_is_the_digit(found: np.ndarray) -> None:
    """In MNIST's box and place, and much like the digit that was drawn."""
    assert (found.dtype, found.shape) == (np.uint8, (28, 28))
    rows, columns = np.nonzero(found > 64)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 in (BOX - 1, BOX, BOX + 1)
    mass = found.astype(float)
    for axis in (0, 1):
        middle = (mass.sum(axis) @ np.arange(28)) / mass.sum()
        assert middle == pytest.approx(14, abs=0.1)
    assert np.corrcoef(found.ravel(), DIGIT.ravel())[0, 1] > 0.9


def test_a_digit_of_mnist_comes_back_as_it_is():
    found = bring_picture(picture(DIGIT))
    assert np.array_equal(found.digit, DIGIT)
    assert found.report == ("28 x 28 pixels: left in place.",)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP"])
def test_a_large_drawing_is_laid_out_as_mnist(kind):
    found = bring_picture(picture(large(), kind))
    assert_is_the_digit(found.digit)
    assert LAID_OUT in found.report


def test_a_photo_of_paper_is_inverted_and_stretched():
    noise = np.random.default_rng(0).integers(-6, 7, (900, 900))
    photo = (large(900, paper=200, ink=60) + noise).astype(np.uint8)
    found = bring_picture(picture(photo, "JPEG"))
    assert_is_the_digit(found.digit)
    assert found.report[0] == "Inverted to white on black."
    assert found.report[1] == "Contrast stretched to black and white."


@pytest.mark.parametrize("ink", [0, 255])
def test_a_drawing_on_nothing_stands_out(ink):
    sheet = np.full((280, 280, 4), ink, np.uint8)
    sheet[..., 3] = large()
    found = bring_picture(picture(sheet))
    assert_is_the_digit(found.digit)
    assert ("Inverted to white on black." in found.report) == (ink == 0)


def test_sixteen_bits_are_scaled_to_eight():
    deep = large().astype(np.uint16) * 257
    assert np.array_equal(
        bring_picture(encoded(Image.fromarray(deep))).digit, bring_picture(picture(large())).digit
    )


def test_a_jpeg_for_print_is_read():
    image = Image.fromarray(large(paper=255, ink=0)).convert("CMYK")
    found = bring_picture(encoded(image, "JPEG"))
    assert_is_the_digit(found.digit)


def test_colour_turns_grey():
    found = bring_picture(picture(np.stack([large(), large(), 0 * large()], -1)))
    assert_is_the_digit(found.digit)
    assert found.report[0] == "Turned grey."


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_taken(kind):
    frames = [Image.fromarray(values) for values in (large(), large()[::-1], large().T)]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], lossless=True)
    found = bring_picture(data)
    assert found.report[0] == "The first frame of an animation."
    assert_is_the_digit(found.digit)


@pytest.mark.parametrize("shape", [(1, 400), (400, 1), (2, 3), (3000, 40)])
def test_odd_shapes_stay_within_the_picture(shape):
    sheet = np.zeros(shape, np.uint8)
    sheet.flat[sheet.size // 3 : sheet.size // 2 + 1] = 255
    assert bring_picture(picture(sheet)).digit.any()


def test_all_mass_at_one_end_is_not_cut_off():
    sheet = np.zeros((300, 300), np.uint8)
    sheet[20:280, 20:24] = 120
    sheet[20:280, 24:280:8] = 70
    sheet[20:40, 20:280] = 255
    found = bring_picture(picture(sheet)).digit
    rows, columns = np.nonzero(found)
    assert np.ptp(rows) + 1 >= BOX - 1
    assert np.ptp(columns) + 1 >= BOX - 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty; allowed: a picture (png, jpg, gif, bmp, webp)."),
        (b"just text", "The file is not a readable picture (png, jpg, gif, bmp, webp)."),
        (b"\0" * 3000, "The file is not a readable picture"),
        (picture(large())[:200], "The file is not a readable picture"),
        (picture(large(), "TIFF"), "The file is not a readable picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "The file is not a readable picture"),
        (png_header(60_000, 60_000), "allowed: 16 million."),
        (png_header(4_001, 4_000), "The file has 4,001 x 4,000 pixels; allowed: 16 million."),
        (picture(np.uint8([[255]])), "In this picture of 1 x 1 pixels nothing stands out"),
        (picture(np.full((90, 70), 130, np.uint8)), "70 x 90 pixels nothing stands out"),
        (picture(np.zeros((28, 28, 4), np.uint8)), "nothing stands out from the background"),
    ],
)
def test_what_cannot_be_taken_is_told_in_one_sentence(data, words):
    with pytest.raises(DataError) as refused:
        bring_picture(data)
    assert words in str(refused.value)
    assert str(refused.value).endswith(".")
