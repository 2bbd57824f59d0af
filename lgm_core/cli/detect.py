"""``python -m lgm_core detect``: how well each score tells strange inputs from clean digits."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from tqdm import tqdm

from lgm_core.cli.options import add_options, values_of
from lgm_core.data import DataError, load
from lgm_core.detection.settings import DetectSettings
from lgm_core.runs.reader import RunReader, StoreError
from lgm_core.training.settings import SettingsError, parse

_PROG = "python -m lgm_core detect"


def add_parser(commands: Any) -> None:
    """Adds the command to the parser."""
    parser = commands.add_parser(
        "detect",
        help="attack a trained run and judge the detectors",
        description="Attacks a trained run, or shows it strange inputs, and judges the scores.",
    )
    parser.add_argument("--run", dest="folder", metavar="FOLDER", required=True, type=Path,
                        help="the folder of an ended run, as train printed it")  # fmt: skip
    add_options(parser, DetectSettings)
    parser.add_argument("--json", action="store_true", help="print the result as one JSON line")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prints the figures of one study; returns the exit code."""
    # Only now: the parser's help needs neither torch nor scikit-learn.
    from lgm_core.detection.study import Subject, study
    from lgm_core.detection.targets import check_target
    from lgm_core.runs.model import load_classifier

    try:
        if not options.folder.is_dir():
            raise StoreError(f"--run is {str(options.folder)!r}; allowed: a folder that is there.")
        settings = parse(values_of(options, DetectSettings), DetectSettings)
        reader = RunReader(options.folder.name, options.folder)
        trained = reader.digits_settings()
        dataset = load(trained.data)
        check_target(settings, dataset)
        classifier = load_classifier(reader, trained, dataset.num_classes)
    except (SettingsError, DataError, StoreError) as error:
        print(f"{_PROG}: {error}", file=sys.stderr)
        return 2
    with tqdm(unit=" steps", file=sys.stderr) as bar:

        def tell(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        result = study(Subject(classifier, dataset), settings, progress=tell).summary()
    target = settings.target if settings.attacks else None
    head = {
        "run": str(options.folder),
        "loss": trained.loss,
        "feature_dim": trained.feature_dim,
        "inputs": settings.inputs,
        "attack": settings.attack if settings.inputs == "adversarial" else None,
        "epsilon": settings.epsilon,
        "restarts": settings.restarts,
        "target": target,
    }
    if options.json:
        print(json.dumps(head | result, allow_nan=False))
    else:
        print(_table(result, target))
    return 0


def _table(result: dict[str, Any], target: int | None) -> str:
    lines = [f"accuracy clean {100 * result['accuracy_clean']:.2f} %"]
    if result["accuracy_attacked"] is not None:
        lines[0] += f", attacked {100 * result['accuracy_attacked']:.2f} %"
    if target is not None:
        lines[0] += f", read as {target} {100 * result['attack_success']:.2f} %"
    lines.append(f"{'score':<16} {'AUROC':>22} {'FPR95':>22}")
    for name, row in result["scores"].items():
        cells = (
            f"{row[field]['value']:.3f} ({row[field]['low']:.3f} to {row[field]['high']:.3f})"
            for field in ("auroc", "fpr95")
        )
        lines.append(f"{name:<16} " + " ".join(f"{cell:>22}" for cell in cells))
    return "\n".join(lines)
