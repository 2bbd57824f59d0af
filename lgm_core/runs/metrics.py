"""A run's numbers as a table."""

from __future__ import annotations

import csv
import io

from lgm_core.runs.store import RunReader
from lgm_core.training.frame import FrameScalars, read_header

_COLUMNS = [info.alias or name for name, info in FrameScalars.model_fields.items()] + ["seconds"]


def metrics_csv(reader: RunReader) -> str:
    """One line a frame: step, knobs in force, losses, accuracies, spread, seconds of training."""
    text = io.StringIO()
    table = csv.DictWriter(text, _COLUMNS, restval="", extrasaction="ignore")
    table.writeheader()
    for frame in reader.frames():
        table.writerow(read_header(frame))
    return text.getvalue()
