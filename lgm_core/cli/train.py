"""``python -m lgm_core train``: one run, from settings to a folder with its result."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from tqdm import tqdm

from lgm_core.cli.options import add_options, values_of
from lgm_core.data import DataError
from lgm_core.runs.engine import RunState
from lgm_core.runs.processes import cores
from lgm_core.runs.store import Store, StoreError
from lgm_core.training.frame import encode
from lgm_core.training.loop import Diverged, Trainer
from lgm_core.training.settings import SettingsError, TrainSettings, parse
from lgm_core.training.threads import useful_threads


def add_parser(commands: Any) -> None:
    """Adds the command to the parser."""
    parser = commands.add_parser(
        "train", help="train one network with one loss", description="Trains one network."
    )
    add_options(parser, TrainSettings)
    parser.add_argument("--json", action="store_true", help="print the result as one JSON line")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Trains, keeps the frames, and prints the result; returns the exit code."""
    try:
        store = Store()
    except ValueError as error:  # a limit in the environment that is none
        print(f"python -m lgm_core train: {error}", file=sys.stderr)
        return 2
    try:
        settings = parse(values_of(options, TrainSettings), TrainSettings)
        trainer = Trainer(settings, threads=useful_threads(settings, cores()))
        writer = store.create(settings)
    except (SettingsError, DataError, StoreError) as error:
        print(f"python -m lgm_core train: {error}", file=sys.stderr)
        return 2
    state, message = RunState.FINISHED, None
    with tqdm(total=trainer.total_steps, unit=" steps", file=sys.stderr) as bar, writer:
        try:
            for frame in trainer.run():
                writer.append(encode(frame, seconds=trainer.seconds))
                bar.update(frame.step - bar.n)
        except KeyboardInterrupt:
            state, message = RunState.STOPPED, "Stopped at the keyboard."
        except (Diverged, StoreError) as error:
            state, message = RunState.FAILED, str(error)
            bar.close()
            print(message, file=sys.stderr)
        result = trainer.result()
        try:
            writer.finish(result | {"state": state, "message": message}, trainer.state_dict())
        except OSError as error:
            state = RunState.FAILED
            print(f"The result could not be written: {error.strerror}.", file=sys.stderr)
    if options.json:
        print(json.dumps({"run": str(writer.folder), **result}, allow_nan=False))
    else:
        accuracy = result["test_accuracy"]
        share = "unknown" if accuracy is None else f"{100 * accuracy:.2f} %"
        print(f"test accuracy {share} in {result['train_seconds']:.1f} s; run {writer.folder}")
    return {RunState.FINISHED: 0, RunState.STOPPED: 130}.get(state, 1)
