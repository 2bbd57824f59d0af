import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lgm_core.data import DataError
from lgm_core.data.parts import Clock
from lgm_core.data.tables import read_table
from tests.data.making import digits, header, table

IMAGES = digits(4)


def read(data, seconds=20):
    return read_table(data, "t.csv", Clock(seconds))


def refusal(data, **options):
    with pytest.raises(DataError) as error:
        read(data, **options)
    return str(error.value)


def rows(*labels, side=4, value="7"):
    return "\n".join(",".join([str(label), *[value] * side**2]) for label in labels).encode()


@pytest.mark.parametrize("first", [None, header()])
def test_the_first_column_is_the_label(first):
    read_in = read(table(IMAGES, [3, 1, 4, 1], header=first))
    assert read_in.labels == ["3", "1", "4", "1"]
    assert np.array_equal(read_in.images(1.0), IMAGES)
    assert read_in.brightest == IMAGES.max()


@pytest.mark.parametrize("name", ["label", "Label", "class", "target"])
@pytest.mark.parametrize("place", [5, 784])
def test_the_column_named_label_is_the_label(name, place):
    names = [f"p{i}" for i in range(784)]
    names.insert(place, name)
    lines = [",".join(names)]
    for image, label in zip(IMAGES, ["cat", "dog", "cat", "dog"], strict=True):
        cells = [str(value) for value in image.ravel()]
        cells.insert(place, label)
        lines.append(",".join(cells))
    read_in = read("\n".join(lines).encode())
    assert read_in.labels == ["cat", "dog", "cat", "dog"]
    assert np.array_equal(read_in.images(1.0), IMAGES)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_will_do(delimiter):
    data = table(IMAGES, "abcd", header=header()).replace(b",", delimiter.encode())
    assert np.array_equal(read(data).images(1.0), IMAGES)


def test_quotes_byte_order_mark_windows_line_ends_and_empty_lines_will_do():
    data = '\ufeff"label",' + ",".join(f'"p{i}"' for i in range(16)) + "\r\n\r\n"
    data += '"a, b",' + ",".join(['"7"'] * 16) + "\r\n\r\n" + "c," + ",".join(["8"] * 16)
    read_in = read(data.encode())
    assert read_in.labels == ["a, b", "c"]
    assert read_in.images(1.0)[:, 0, 0].tolist() == [7, 8]


def test_numbered_columns_are_a_header_if_one_is_named_label():
    data = ",".join(["label", *map(str, range(16))]).encode() + b"\n" + rows(1, 2)
    assert read(data).labels == ["1", "2"]


def test_fractions_are_kept_until_they_are_scaled():
    read_in = read(rows("a", value="0.5") + b"\n" + rows("b", value="1"))
    assert read_in.brightest == 1
    assert read_in.images(255.0)[:, 0, 0].tolist() == [128, 255]


def test_a_fraction_after_many_whole_numbers_is_read(monkeypatch):
    monkeypatch.setattr("lgm_core.data.tables._CELLS_A_BLOCK", 17)
    read_in = read(rows("a", "b") + b"\n" + rows("c", value="2.75"))
    assert [block.dtype.name for block in read_in.blocks] == ["uint8", "uint8", "float16"]
    assert read_in.images(1.0)[:, 0, 0].tolist() == [7, 7, 3]


@given(st.lists(st.integers(0, 255 * 8), min_size=16, max_size=16))
def test_pixels_are_rounded_to_the_nearest(eighths):
    line = ",".join(["a", *(str(value / 8) for value in eighths)])
    expected = np.rint(np.array(eighths) / 8)
    assert np.array_equal(read(line.encode()).images(1.0).ravel(), expected)


def test_a_whole_label_written_as_a_fraction_is_whole():
    assert read(rows("7.0", "-1.00", "1.5")).labels == ["7", "-1", "1.5"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "t.csv is empty."),
        (b"\n \n", "t.csv is empty."),
        (header(16).encode(), "t.csv has a header and no rows."),
        (b"\xff\xfe\x00", "t.csv is not a CSV: it is no UTF-8 text."),
        (rows("a") + b"\n\xff", "t.csv is not a CSV: it is no UTF-8 text."),
        (
            b"a,b,c\n1,2,3",
            "t.csv has 2 columns besides the label; allowed: a square number of pixels, 4 x 4 to "
            "256 x 256.",
        ),
        (
            b",".join([b"1"] * 16),
            "t.csv has no label column: all its 16 columns are pixels. Name a column label, or "
            "put the label first.",
        ),
        (
            ",".join(f"p{i}" for i in range(784)).encode(),
            "t.csv has no label column: all its 784 columns are pixels. Name a column label, or "
            "put the label first.",
        ),
        (rows("a", "b") + b"\nc,1,2", "Row 3 of t.csv has 3 columns; the first row has 17."),
        (rows("a", "b") + b",1", "Row 2 of t.csv has 18 columns; the first row has 17."),
        (rows("a", ""), "Row 2 of t.csv has no label."),
        (
            rows("a") + b"\n\n" + rows("b").replace(b"b,7,7", b"b,7,x"),
            "Row 3, column 3 of t.csv is 'x', not a number; allowed: 0 to 255.",
        ),
        (
            rows("a").replace(b"a,7", b"a,?"),
            "Row 1, column 2 of t.csv is '?', not a number; allowed: 0 to 255.",
        ),
        (
            header(16).encode() + b"\n" + rows("b").replace(b"b,7,7", b"b,7,"),
            "Row 2, column 3 (pixel1) of t.csv is empty; allowed: 0 to 255.",
        ),
        (
            header(16).encode() + b"\n" + rows("b").replace(b"b,7,7", b"b,7,256"),
            "Row 2, column 3 (pixel1) of t.csv is 256; allowed: 0 to 255.",
        ),
        (rows("a", value="-1"), "Row 1, column 2 of t.csv is -1; allowed: 0 to 255."),
        (rows("a", value="nan"), "Row 1, column 2 of t.csv is nan; allowed: 0 to 255."),
        (rows("a", value="1e40"), "Row 1, column 2 of t.csv is inf; allowed: 0 to 255."),
        (
            b"label,label," + b",".join([b"p"] * 15) + b"\n" + rows("a"),
            "t.csv has 2 columns for the label; allowed: 1.",
        ),
        (
            rows("a\x07"),
            "The class name a\N{REPLACEMENT CHARACTER} is not used; allowed: plain text of at most "
            "40 characters.",
        ),
    ],
)
def test_what_is_wrong_is_said(data, sentence):
    assert refusal(data) == sentence


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr("lgm_core.data.tables.MAX_IMAGES", 2)
    assert refusal(rows("a", "b", "c")) == "t.csv has more than 2 rows."


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            b"1," * 65_537 + b"1",
            "t.csv has 65,537 columns besides the label; allowed: a square number of pixels, "
            "4 x 4 to 256 x 256.",
        ),
        (
            rows("a") + b"\n" + b"12," * 8_000_000,
            "Row 2 of t.csv is longer than 2,097,184 characters; allowed: at most 256 x 256 "
            "pixels a row.",
        ),
        (
            b"7" * 24_000_000,
            "Row 1 of t.csv is longer than 2,097,184 characters; allowed: at most 256 x 256 "
            "pixels a row.",
        ),
    ],
    ids=["columns", "cells", "one long cell"],
)
def test_a_row_that_is_too_long_is_refused_before_its_cells_are_made(data, sentence):
    tracemalloc.start()
    try:
        assert refusal(data) == sentence
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 16 << 20


def test_the_widest_table_with_the_longest_usual_numbers_is_read():
    cell = "1.000000000000000000e+02"  # as numpy.savetxt writes by itself
    table_in = read(rows("a", "b", side=256, value=cell))
    assert table_in.side == 256
    assert (table_in.images(1.0) == 100).all()


def test_reading_ends_when_the_time_is_up():
    assert "took longer than 0 seconds" in refusal(rows("a"), seconds=0)


@settings(max_examples=300)
@given(
    st.binary(max_size=300)
    | st.text(alphabet='0123456789.,;\t"\n\rabe-\0', max_size=300).map(str.encode)
)
def test_any_bytes_give_a_table_or_a_data_error(data):
    try:
        read_in = read(data)
    except DataError:
        return
    assert len(read_in.images(1.0)) == len(read_in.labels) > 0


@given(st.integers(0, 200), st.characters(codec="utf-8"))
def test_a_changed_table_gives_a_table_or_a_data_error(place, character):
    text = rows("a", "b", "c", value="17").decode()
    place %= len(text)
    changed = text[:place] + character + text[place + 1 :]
    try:
        read_in = read(changed.encode())
    except DataError:
        return
    assert len(read_in.images(1.0)) == len(read_in.labels) > 0


@pytest.mark.parametrize(
    "character", ["²", "Ω", "\uffff", "😀", "\U000d97d0", "\U000ef509", "\U0010ffff"]
)
def test_no_character_brings_numpys_number_parser_down(character):
    # Read as a number, one far from ASCII ended the whole process with a segmentation fault.
    text = rows("a", "b", "c", value="17").decode()
    spoiled = text.replace("17", f"{character}7", 1)
    assert "not a number" in refusal(spoiled.encode())


@pytest.mark.parametrize(
    "line",
    ['"0,0",' + ",".join("0" * 14) + ",7", '",2,' + "0," * 15, '9,"9,' + "0," * 15],
)
def test_a_quote_that_hides_a_delimiter_or_never_ends_is_told(line):
    header = ",".join([*(f"p{i}" for i in range(16)), "label"])
    assert "Row 2" in refusal("\n".join([header, line, ",".join("0" * 17)]).encode())


def test_a_quoted_label_may_hold_the_delimiter():
    line = '"a, b",' + ",".join("5" * 16)
    assert read(f"{line}\n{line}".encode()).labels == ["a, b", "a, b"]


def test_a_file_of_empty_lines_is_soon_refused():
    assert "lines" in refusal(b"\n" * 700_000)
