"""How every benchmark prints: one JSON line for a machine, a short table for a person."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping


def report(name: str, figures: Mapping[str, object], bars: Mapping[str, str]) -> None:
    """Prints the figures; with ``--json`` on the command line as one JSON line.

    Args:
        name: of the benchmark.
        figures: what was measured, by name.
        bars: what a figure has to reach, in words, by the figure's name.
    """
    if _wants_json():
        print(json.dumps({"benchmark": name, **figures, "bars": dict(bars)}, allow_nan=False))
        return
    print(name)
    width = max(map(len, figures), default=0)
    for key, value in figures.items():
        bar = f"   (bar: {bars[key]})" if key in bars else ""
        shown = f"{value:.6g}" if isinstance(value, float) else str(value)
        print(f"  {key:<{width}}  {shown}{bar}")


def _wants_json() -> bool:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--json", action="store_true")
    return bool(parser.parse_known_args(sys.argv[1:])[0].json)
