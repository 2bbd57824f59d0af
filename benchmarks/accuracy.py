"""How well and how fast the small network learns: mean of three seeds, through the library.

``bundled``: 20 epochs as the page trains them. ``full``: needs the MNIST files (``LGM_DATA_DIR``
or the cache); one seed each unless ``--seeds 3`` is given.
"""

from __future__ import annotations

import argparse
from statistics import mean

from benchmarks._report import report
from lgm_core.data import DataError, load
from lgm_core.runs.processes import cores
from lgm_core.training.loop import Trainer
from lgm_core.training.settings import TrainSettings
from lgm_core.training.threads import useful_threads

CASES = {
    "bundled_2d": TrainSettings(alpha=1.0, lambda_=0.1, feature_dim=2, epochs=20),
    "full_2d": TrainSettings(
        alpha=1.0, lambda_=0.1, feature_dim=2, data="full",
        epochs=6, batch_size=128, learning_rate=0.01,
    ),
    "full_64d": TrainSettings(
        alpha=0.3, lambda_=0.1, feature_dim=64, data="full",
        epochs=6, batch_size=128, learning_rate=0.005,
    ),
}  # fmt: skip
BARS = {
    "bundled_2d_test_accuracy": ">= 0.95",
    "bundled_2d_train_seconds": "<= 25",
    "full_2d_test_accuracy": ">= 0.985",
    "full_2d_train_seconds": "<= 90",
    "full_64d_test_accuracy": ">= 0.992",
    "full_64d_train_seconds": "<= 90",
}


def train(settings: TrainSettings) -> dict[str, float]:
    """The result of one run."""
    trainer = Trainer(settings, threads=useful_threads(settings, cores()))
    for _ in trainer.run():
        pass
    return trainer.result()


def main() -> None:
    """Trains each case and reports the means over the seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    figures: dict[str, object] = {"seeds": options.seeds}
    for case in options.cases:
        settings = CASES[case]
        try:
            load(settings.data)
        except DataError as error:
            figures[case] = str(error)
            continue
        runs = [train(settings.model_copy(update={"seed": seed})) for seed in range(options.seeds)]
        for name in ("test_accuracy", "train_seconds", "images_per_second"):
            figures[f"{case}_{name}"] = round(mean(run[name] for run in runs), 5)
        figures[f"{case}_accuracies"] = [run["test_accuracy"] for run in runs]
    report("accuracy", figures, BARS)


if __name__ == "__main__":
    main()
