import io
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lgm_core.data import DataError
from lgm_core.data.parts import Clock
from lgm_core.data.pictures import UnreadableError, fit, fit_stacks, is_bright, read_picture
from tests.data.making import digits, picture

GREY = digits(1)[0]


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP"])
def test_lossless_pictures_are_read_exactly(kind):
    read = read_picture(picture(GREY, kind), "a")
    assert np.array_equal(read.grey, GREY)
    assert not read.coloured
    assert read.size == (28, 28)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_lossy_pictures_are_read_nearly(kind):
    smooth = np.tile(np.arange(28, dtype=np.uint8) * 9, (28, 1))
    read = read_picture(picture(smooth, kind), "a")
    assert np.abs(read.grey.astype(int) - smooth).max() < 16
    assert not read.coloured


def test_colour_turns_grey_by_its_luma():
    red = np.zeros((28, 28, 3), np.uint8)
    red[..., 0] = 200
    read = read_picture(picture(red), "a")
    assert read.coloured
    assert (read.grey == round(0.299 * 200)).all()


def test_sixteen_bits_are_scaled_to_eight():
    deep = np.array([[0, 257, 65535]], np.uint16)
    assert read_picture(picture(deep), "a").grey.tolist() == [[0, 1, 255]]


@pytest.mark.parametrize(("stroke", "behind"), [(0, 255), (255, 0)])
def test_transparent_pixels_take_the_shade_that_the_drawing_stands_out_from(stroke, behind):
    drawn = np.zeros((28, 28, 4), np.uint8)
    drawn[10:18, 10:18] = (stroke, stroke, stroke, 255)
    grey = read_picture(picture(drawn), "a").grey
    assert (grey[10:18, 10:18] == stroke).all()
    assert (grey[0] == behind).all()


def test_a_phones_picture_is_set_upright():
    image = Image.fromarray(np.repeat(np.uint8([[0], [255]]), 40, axis=0).repeat(60, axis=1))
    exif = image.getexif()
    exif[0x0112] = 3  # upside down
    buffer = io.BytesIO()
    image.save(buffer, "PNG", exif=exif)
    grey = read_picture(buffer.getvalue(), "a").grey
    assert grey[0, 0] == 255
    assert grey[-1, 0] == 0


def test_a_large_jpeg_keeps_its_size_in_the_report():
    read = read_picture(picture(np.zeros((900, 1200), np.uint8), "JPEG"), "a")
    assert read.size == (1200, 900)
    assert read.grey.shape == (113, 150)  # an eighth, rounded up, and at least 112


def halves(side, kind=np.uint8, scale=1):
    """Left half 40, right half 200, times ``scale``: [side, side]."""
    row = np.repeat(np.array([40, 200], kind) * kind(scale), side // 2)
    return np.tile(row, (side, 1))


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_large_picture_is_reduced_by_averaging_blocks_in_every_mode(mode):
    if mode == "I;16":
        image = Image.fromarray(halves(1800, np.uint16, 257))
    else:
        image = Image.fromarray(halves(1800)).convert(mode)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    read = read_picture(buffer.getvalue(), "a")
    assert read.size == (1800, 1800)
    assert np.array_equal(read.grey, halves(450))
    assert not read.coloured


def test_a_long_strip_is_reduced_without_vanishing():
    read = read_picture(picture(np.full((2, 9000), 90, np.uint8)), "a")
    assert read.size == (9000, 2)
    assert read.grey.shape == (1, 450)
    assert (read.grey == 90).all()


def test_the_largest_picture_takes_little_more_room_than_its_pixels():
    data = picture(np.full((4000, 4000, 4), 200, np.uint8))
    tracemalloc.start()
    try:
        assert read_picture(data, "a").grey.max() < 255
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 64 << 20


def png_header(width, height):
    """A PNG that ends where its pixels should begin."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    checksum = struct.pack(">I", zlib.crc32(head))
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + checksum + b"\0\0\0\x64IDAT"


@pytest.mark.parametrize(("width", "height"), [(4001, 4000), (60_000, 60_000)])
def test_too_many_pixels_are_told_by_the_header_alone(width, height):
    with pytest.raises(DataError, match="allowed: 16 million") as error:
        read_picture(png_header(width, height), "a.png")
    assert not isinstance(error.value, UnreadableError)
    assert str(error.value).startswith("a.png has")


@pytest.mark.parametrize(
    "data", [b"", b"just text", picture(GREY)[:60], picture(GREY, "TIFF"), png_header(0, 5)]
)
def test_what_is_no_picture_is_unreadable(data):
    with pytest.raises(UnreadableError, match="a is not a readable picture"):
        read_picture(data, "a")


@settings(max_examples=200)
@given(
    st.sampled_from(["PNG", "JPEG", "GIF", "BMP", "WEBP"]),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 255)), min_size=1, max_size=8),
)
def test_a_damaged_picture_is_read_or_refused(kind, changes):
    data = bytearray(picture(GREY, kind))
    for place, flip in changes:
        data[place % len(data)] ^= flip
    try:
        grey = read_picture(bytes(data), "a").grey
    except DataError:
        return
    assert grey.dtype == np.uint8
    assert grey.ndim == 2


def test_a_digit_of_the_right_size_stays_as_it_is():
    assert fit(GREY) is GREY


@given(st.integers(1, 90), st.integers(1, 90), st.integers(0, 255))
@settings(deadline=None)
def test_a_plain_picture_stays_plain(height, width, shade):
    assert (fit(np.full((height, width), shade, np.uint8)) == shade).all()


@pytest.mark.parametrize(
    ("height", "width", "rows", "columns"), [(56, 28, 28, 14), (10, 40, 7, 28), (280, 280, 28, 28)]
)
def test_the_aspect_is_kept_and_the_picture_centred(height, width, rows, columns):
    image = np.full((height, width), 200, np.uint8)
    image[0] = image[-1] = image[:, 0] = image[:, -1] = 0  # a dark rim, so that the fill is dark
    inside = np.argwhere(fit(image) > 60)
    top, left = inside.min(0)
    bottom, right = 27 - inside.max(0)
    assert abs(top - bottom) <= 1
    assert abs(left - right) <= 1
    assert abs((28 - top - bottom) - rows) <= 2
    assert abs((28 - left - right) - columns) <= 2


def test_shrinking_takes_every_pixel_into_account():
    stripes = np.zeros((280, 280), np.uint8)
    stripes[:, ::2] = 200
    assert np.abs(fit(stripes)[2:-2, 2:-2].astype(int) - 100).max() <= 3


def test_brightness_is_that_of_the_border():
    assert is_bright(255 - GREY)
    assert not is_bright(GREY)
    assert is_bright(np.stack([GREY, 255 - GREY])).tolist() == [False, True]
    frame = np.full((8, 8), 255, np.uint8)
    frame[1:-1, 1:-1] = 0
    assert is_bright(frame)


def test_a_set_is_inverted_as_a_whole():
    stack = 255 - digits(10)
    stack[0] = GREY  # an odd one out does not count
    (fitted,), report = fit_stacks([stack], Clock(10))
    assert np.array_equal(fitted, 255 - stack)
    assert report == ["The background was bright: all images were inverted to white on black."]


def test_the_test_part_follows_the_training_part():
    dark, bright = digits(10), 255 - digits(10, seed=1)
    (first, second), report = fit_stacks([dark, bright], Clock(10))
    assert first is dark
    assert second is bright
    assert report == []


def test_a_set_of_another_size_is_resized():
    (fitted,), report = fit_stacks([digits(7, 16)], Clock(10))
    assert fitted.shape == (7, 28, 28)
    assert np.array_equal(fitted[3], fit(digits(7, 16)[3]))
    assert report == ["Resized from 16 x 16 to 28 x 28 pixels, aspect kept."]


def test_resizing_ends_when_the_time_is_up():
    with pytest.raises(DataError, match="took longer than 0 seconds"):
        fit_stacks([digits(7, 16)], Clock(0))
