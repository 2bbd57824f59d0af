"""A CSV with one image a row: its label and its pixels, row by row."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from lgm_core.data.dataset import DataError
from lgm_core.data.packed import shown
from lgm_core.data.parts import MAX_IMAGES, Clock, class_name

#: Height and width that a table's images may have.
MIN_SIDE, MAX_SIDE = 4, 256
#: Characters that a row may have; the longest usual way to write a number takes 25 a cell.
MAX_ROW = 32 * (MAX_SIDE**2 + 1)
#: A table whose brightest pixel is below this was not made for 0 to 255, but for 0 to 1 or so.
DIM = 64.0

#: Lines of a table, empty ones included.
MAX_LINES = 2 * MAX_IMAGES

_LABEL_NAMES = frozenset({"label", "labels", "class", "target"})
_CELLS_A_BLOCK = 1 << 22
_Number = TypeVar("_Number", np.uint8, np.float32)
_BAD_CELL = re.compile(r"could not convert string (.*) to \S+ at row (\d+), column (\d+)", re.S)


@dataclass
class Table:
    """Pixels as they stand in the file, in blocks [n, P], and labels [N].

    A block is uint8 where its pixels are whole numbers, else float16: to 0 .. 255 that is
    exact to an eighth, in half the room of float32.
    """

    side: int  #: P = side * side
    blocks: list[npt.NDArray[np.uint8 | np.float16]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    brightest: float = 0.0

    def images(self, scale: float) -> npt.NDArray[np.uint8]:
        """The images [N, side, side], every pixel multiplied by ``scale`` and rounded."""
        grey = [
            block
            if scale == 1 and block.dtype == np.uint8
            else np.rint(block.astype(np.float32) * scale).clip(0, 255).astype(np.uint8)
            for block in self.blocks
        ]
        return np.concatenate(grey).reshape(-1, self.side, self.side)


def read_table(data: bytes, name: str, clock: Clock) -> Table:
    """A table of comma, semicolon or tab separated values in UTF-8.

    A first row that is no data is the header. The label is the column named label (or class,
    target), else the first one; all others are pixels, a square number of them.

    Raises:
        DataError: with one sentence that names the row and the column that is wrong.
    """
    name = shown(name)
    try:
        return _Reader(data, name, clock).read()
    except UnicodeDecodeError:
        raise DataError(f"{name} is not a CSV: it is no UTF-8 text.") from None


class _Reader:
    def __init__(self, data: bytes, name: str, clock: Clock) -> None:
        self.name = name
        self.clock = clock
        text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig")
        self.lines: Iterator[tuple[int, str]] = self._rows(text)
        first = next(self.lines, None)
        if first is None:
            raise DataError(f"{name} is empty.")
        self.delimiter = max(",;\t", key=first[1].count)
        # Counted before the cells are made: a hundred million of them would fill the memory.
        if (pixels := first[1].count(self.delimiter)) > MAX_SIDE**2:
            raise self._not_square(pixels)
        cells = self._cells(first[1])
        self.header = cells if _is_header(cells) else None
        self.columns = len(cells)
        self.label_column = self._find_label(cells)
        self.pixels = [j for j in range(self.columns) if j != self.label_column]
        self.side = math.isqrt(len(self.pixels))
        self.whole = True
        if not self.header:
            self.lines = _before(first, self.lines)

    def read(self) -> Table:
        """Read all rows."""
        table = Table(self.side)
        rows = max(_CELLS_A_BLOCK // self.columns, 1)
        while block := list(islice(self.lines, rows)):
            self.clock.check()
            if len(table.labels) + len(block) > MAX_IMAGES:
                raise DataError(f"{self.name} has more than {MAX_IMAGES:,} rows.")
            self._check_columns(block)
            table.labels += [self._label(number, line) for number, line in block]
            values = self._pixels(block)
            table.brightest = max(table.brightest, float(values.max()))
            table.blocks.append(values)
        if not table.labels:
            raise DataError(f"{self.name} has a header and no rows.")
        return table

    def _rows(self, text: io.TextIOWrapper) -> Iterator[tuple[int, str]]:
        """Line number and line, without empty lines."""
        for number in count(1):
            if number % 4096 == 0:
                self.clock.check()
            if not (line := text.readline(MAX_ROW + 1)):
                return
            if len(line) > MAX_ROW:
                raise DataError(
                    f"Row {number:,} of {self.name} is longer than {MAX_ROW:,} characters; "
                    f"allowed: at most {MAX_SIDE} x {MAX_SIDE} pixels a row."
                )
            if number > MAX_LINES:
                raise DataError(f"{self.name} has more than {MAX_LINES:,} lines.")
            if line.strip():
                yield number, line

    def _find_label(self, cells: Sequence[str]) -> int:
        named = [i for i, cell in enumerate(cells) if cell.lower() in _LABEL_NAMES]
        if self.header and len(named) > 1:
            raise DataError(f"{self.name} has {len(named)} columns for the label; allowed: 1.")
        found = named[0] if self.header and named else None
        width = self.columns
        if found is None and _is_square(width) and not _is_square(width - 1):
            raise DataError(
                f"{self.name} has no label column: all its {width:,} columns are pixels. "
                "Name a column label, or put the label first."
            )
        pixels = self.columns - 1
        if not _is_square(pixels):
            raise self._not_square(pixels)
        return found or 0

    def _not_square(self, pixels: int) -> DataError:
        if pixels <= 0:
            return DataError(
                f"{self.name} has one column; allowed: a label and pixels, separated by commas, "
                "semicolons or tabs."
            )
        return DataError(
            f"{self.name} has {pixels:,} columns besides the label; allowed: a square number "
            f"of pixels, {MIN_SIDE} x {MIN_SIDE} to {MAX_SIDE} x {MAX_SIDE}."
        )

    def _cells(self, line: str) -> list[str]:
        try:
            cells = next(csv.reader([line], delimiter=self.delimiter))
        except csv.Error:
            raise DataError(f"{self.name} is not a CSV: a row cannot be read.") from None
        return [cell.strip() for cell in cells]

    def _check_columns(self, block: Sequence[tuple[int, str]]) -> None:
        for number, line in block:
            if '"' in line or line.count(self.delimiter) + 1 != self.columns:
                width = len(self._cells(line))
                if width != self.columns:
                    raise DataError(
                        f"Row {number:,} of {self.name} has {width:,} columns; the first row has "
                        f"{self.columns:,}."
                    )

    def _label(self, number: int, line: str) -> str:
        j = self.label_column
        if '"' in line:
            text = self._cells(line)[j]
        elif j == self.columns - 1:
            text = line.rsplit(self.delimiter, 1)[1]
        else:
            text = line.split(self.delimiter, j + 1)[j]
        text = class_name(text)
        if not text:
            raise DataError(f"Row {number:,} of {self.name} has no label.")
        # A spreadsheet writes the class 7 as 7.0 as soon as one cell of the column is empty.
        return re.sub(r"^(-?\d+)\.0+$", r"\1", text)

    def _pixels(self, block: Sequence[tuple[int, str]]) -> npt.NDArray[np.uint8 | np.float16]:
        # Whole numbers are read ten times as fast as others, and nearly all tables have them.
        if self.whole:
            try:
                return self._values(block, np.uint8)
            except ValueError:
                self.whole = False
        try:
            values = self._values(block, np.float32)
        except ValueError as error:
            raise self._bad_cell(str(error), block) from None
        wrong = ~((values >= 0) & (values <= 255))  # so that nan is wrong too
        if wrong.any():
            i, j = np.argwhere(wrong)[0]
            raise DataError(
                f"{self._place(block[i][0], self.pixels[j])} is {values[i, j]:g}; "
                "allowed: 0 to 255."
            )
        return values.astype(np.float16)

    def _values(
        self, block: Sequence[tuple[int, str]], dtype: type[_Number]
    ) -> npt.NDArray[_Number]:
        values: npt.NDArray[_Number] = np.loadtxt(
            [_ascii(self._unquoted(line)) for _, line in block],
            delimiter=self.delimiter,
            comments=None,
            usecols=self.pixels,
            dtype=dtype,
            ndmin=2,
        )
        return values

    def _unquoted(self, line: str) -> str:
        """The line for numpy, which would let a quoted cell go on in the next line."""
        if '"' not in line:
            return line
        return self.delimiter.join(
            cell.replace(self.delimiter, "?").replace('"', "?") for cell in self._cells(line)
        )

    def _bad_cell(self, message: str, block: Sequence[tuple[int, str]]) -> DataError:
        found = _BAD_CELL.search(message)
        if found is None:
            return DataError(f"{self.name} is not a CSV: its rows cannot be read.")
        text, row, column = found[1], int(found[2]), int(found[3]) - 1
        place = self._place(block[row][0], column)
        if text in ("''", '""'):
            return DataError(f"{place} is empty; allowed: 0 to 255.")
        return DataError(f"{place} is {shown(text, 30)}, not a number; allowed: 0 to 255.")

    def _place(self, row: int, column: int) -> str:
        called = f" ({shown(self.header[column], 30)})" if self.header else ""
        return f"Row {row:,}, column {column + 1:,}{called} of {self.name}"


def _ascii(line: str) -> str:
    """The line as numpy may read it: its number parser crashes on a character far from ASCII.

    Such a character is no part of a number; in the label's column numpy does not look at it.
    """
    return line if line.isascii() else line.encode("ascii", "replace").decode()


def _before(first: tuple[int, str], rest: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    yield first
    yield from rest


def _is_header(cells: Sequence[str]) -> bool:
    """Named label, or mostly words: a single bad pixel in a first row makes it no header."""
    words = sum(not _is_number(cell) for cell in cells)
    return 2 * words > len(cells) or any(cell.lower() in _LABEL_NAMES for cell in cells)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _is_square(pixels: int) -> bool:
    return MIN_SIDE**2 <= pixels <= MAX_SIDE**2 and math.isqrt(pixels) ** 2 == pixels
