"""``python -m lgm_core align``: learn to straighten faces, and verify people never seen."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from tqdm import tqdm

from lgm_core.alignment.settings import AlignSettings
from lgm_core.cli.options import add_options, values_of
from lgm_core.data import DataError
from lgm_core.data.people import NAMES, People, load_people
from lgm_core.runs.engine import RunState
from lgm_core.runs.store import Store, StoreError
from lgm_core.training.settings import SettingsError, parse

_PROG = "python -m lgm_core align"
#: What the command prints; the run keeps more.
_FIGURES = (
    "misalignment_before",
    "misalignment_after",
    "sharpness_before",
    "sharpness_after",
    "verification_auroc",
    "verification_accuracy",
    "eer",
    "steps",
    "train_seconds",
)


def add_parser(commands: Any) -> None:
    """Adds the command to the parser."""
    parser = commands.add_parser(
        "align",
        help="train a spatial transformer on faces",
        description="Trains a spatial transformer from identity labels alone. --data also takes a "
        "folder or zip of your own, with one folder of pictures a person.",
    )
    add_options(parser, AlignSettings)
    parser.add_argument("--json", action="store_true", help="print the result as one JSON line")
    parser.set_defaults(run=run)


def _people(name: str) -> People:
    """The faces; what is downloaded shows its progress."""
    with tqdm(unit="B", unit_scale=True, file=sys.stderr, disable=None) as bar:

        def tell(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        return load_people(name, progress=tell)


def _folder(data: object) -> Path | None:
    """The folder or zip that ``--data`` names, if it names one."""
    if not isinstance(data, str) or not data or data in NAMES:
        return None
    try:
        return Path(data) if Path(data).exists() else None
    except (OSError, ValueError):  # too long, or no path at all
        return None


def _kept(folder: Path) -> str:
    """Name of the set in a folder or zip of one's own, kept so that the run can be repeated."""
    from lgm_core.data import kept_people, own_people

    people = own_people.own_people(folder)
    kept_people.save(people)
    return people.name


def run(options: argparse.Namespace) -> int:
    """Trains, keeps the frames, and prints the figures; returns the exit code."""
    # Only now: the parser's help needs no torch.
    from lgm_core.alignment.frame import encode
    from lgm_core.alignment.loop import AlignTrainer
    from lgm_core.training.loop import Diverged

    try:
        values = values_of(options, AlignSettings)
        if folder := _folder(values.get("data")):
            values["data"] = _kept(folder)
        settings = parse(values, AlignSettings)
        trainer = AlignTrainer(settings, _people(settings.people))
        writer = Store().create(settings)
    except (SettingsError, DataError, StoreError, ValueError) as error:
        print(f"{_PROG}: {error}", file=sys.stderr)
        return 2
    state, message = RunState.FINISHED, None
    with tqdm(total=settings.steps, unit=" steps", file=sys.stderr) as bar, writer:
        try:
            for frame in trainer.run():
                writer.append(encode(frame, seconds=trainer.seconds))
                bar.update(frame.step - bar.n)
        except KeyboardInterrupt:
            state, message = RunState.STOPPED, "Stopped at the keyboard."
        except (Diverged, StoreError) as error:
            bar.close()
            print(error, file=sys.stderr)
            writer.finish({"state": RunState.FAILED, "message": str(error)}, None)
            return 1
        result = trainer.result()
        try:
            writer.finish(result | {"state": state, "message": message}, trainer.state_dict())
        except OSError as error:
            print(f"The result could not be written: {error.strerror}.", file=sys.stderr)
            return 1
    figures = {name: result[name] for name in _FIGURES}
    if options.json:
        print(json.dumps({"run": str(writer.folder), **figures}, allow_nan=False))
    else:
        print(
            f"misalignment {figures['misalignment_before']:.2f} -> "
            f"{figures['misalignment_after']:.2f} pixels, verification AUROC "
            f"{figures['verification_auroc']:.4f} in {figures['train_seconds']:.1f} s; "
            f"run {writer.folder}"
        )
    return 0 if state == RunState.FINISHED else 130
