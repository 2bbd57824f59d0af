"""Does learned alignment help people never seen? ORL, five seeds, with and without a transformer.

Perturbation +-30 degrees, +-25 % scale, +-25 % shift, 800 steps at 48 x 48: the default settings.
``--transform NAME`` takes another family, ``--seeds N`` fewer seeds. Some eight minutes.
"""

from __future__ import annotations

import argparse
import sys
from statistics import mean
from typing import Any

from benchmarks._report import report
from lgm_core.alignment.loop import AlignTrainer
from lgm_core.alignment.settings import AlignSettings
from lgm_core.data.people import load_people
from lgm_core.runs.processes import cores

BARS = {
    "misalignment_ratio": "<= 0.60",
    "auroc_gain": ">= 0.012",
    "seeds_with_gain": ">= 4 of 5",
    "train_seconds": "<= 75",
}


def result(settings: AlignSettings) -> dict[str, Any]:
    """Trains once; the figures of the ended run."""
    print(f"{settings.transform}, seed {settings.seed}", file=sys.stderr)
    trainer = AlignTrainer(settings, load_people(settings.people), threads=cores())
    for _ in trainer.run():
        pass
    return trainer.result()


def main() -> None:
    """Trains both for each seed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--transform", default=AlignSettings().transform)
    parser.add_argument("--loss", default=AlignSettings().loss)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_known_args()[0]
    runs: dict[str, list[dict[str, Any]]] = {"none": [], options.transform: []}
    for seed in range(options.seeds):
        for transform, results in runs.items():
            settings = AlignSettings.model_validate(
                {"transform": transform, "loss": options.loss, "seed": seed}
            )
            results.append(result(settings))
    without, aligned = runs["none"], runs[options.transform]
    gains = [
        a["verification_auroc"] - b["verification_auroc"]
        for a, b in zip(aligned, without, strict=True)
    ]
    ratios = [a["misalignment_after"] / a["misalignment_before"] for a in aligned]
    figures = {
        "transform": options.transform,
        "loss": options.loss,
        "misalignment_ratio": round(mean(ratios), 3),
        "misalignment_ratios": [round(ratio, 3) for ratio in ratios],
        "auroc_gain": round(mean(gains), 4),
        "auroc_gains": [round(gain, 4) for gain in gains],
        "seeds_with_gain": sum(gain > 0 for gain in gains),
        "auroc_with": [round(a["verification_auroc"], 4) for a in aligned],
        "auroc_without": [round(b["verification_auroc"], 4) for b in without],
        "eer_with": [round(a["eer"], 4) for a in aligned],
        "eer_without": [round(b["eer"], 4) for b in without],
        "train_seconds": round(max(a["train_seconds"] for a in aligned), 1),
        "train_seconds_without": round(max(b["train_seconds"] for b in without), 1),
    }
    report("alignment", figures, BARS)


if __name__ == "__main__":
    main()
