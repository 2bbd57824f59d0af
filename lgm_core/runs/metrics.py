"""A run's numbers as a table."""

from __future__ import annotations

import csv
import io
from typing import Any

from lgm_core.runs.reader import Header, RunReader

#: What two frames share that differ in nothing but when they were taken.
_SAME = ("step", "alpha", "lambda", "learning_rate")
_COLUMNS = [info.alias or name for name, info in Header.model_fields.items()]


def metrics_csv(reader: RunReader) -> str:
    """One line a frame: step, knobs in force, losses, accuracies, spread, seconds of training.

    Frames of one step and the same knobs, as at a pause and at the end, are one line: what the
    later one does not know, such as a loss that no digit was trained for, is the earlier one's.

    Raises:
        StoreError: if a frame cannot be read.
    """
    text = io.StringIO()
    table = csv.DictWriter(text, _COLUMNS)
    table.writeheader()
    last: dict[str, Any] = {}
    for index in range(reader.count()):
        row = reader.header(index).model_dump(by_alias=True)
        if last and all(row[name] == last[name] for name in _SAME):
            row = {name: last[name] if value is None else value for name, value in row.items()}
        elif last:
            table.writerow(last)
        last = row
    if last:
        table.writerow(last)
    return text.getvalue()
