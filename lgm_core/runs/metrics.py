"""A run's numbers as a table."""

from __future__ import annotations

import csv
import io

from lgm_core.runs.reader import Header, RunReader

_COLUMNS = [info.alias or name for name, info in Header.model_fields.items()]


def metrics_csv(reader: RunReader) -> str:
    """One line a frame: step, knobs in force, losses, accuracies, spread, seconds of training.

    Raises:
        StoreError: if a frame cannot be read.
    """
    text = io.StringIO()
    table = csv.DictWriter(text, _COLUMNS)
    table.writeheader()
    for index in range(reader.count()):
        table.writerow(reader.header(index).model_dump(by_alias=True))
    return text.getvalue()
