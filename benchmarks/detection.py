"""What detects what: attacks and strange inputs against every score, full MNIST, D = 64.

Needs the MNIST files (``LGM_DATA_DIR`` or the cache). Trains softmax and L-GM for each seed, half
an hour in all on two cores, or takes the runs of an earlier call from the store
(``LGM_RUNS_DIR``); attacks are computed anew at every call. ``--write`` remakes
``docs/results.md``, with ``--network live`` the page beside it.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator
from statistics import mean
from typing import Any

from benchmarks._report import report
from benchmarks._results_page import PAGES, results_page, section_of, with_section
from lgm_core.data import load
from lgm_core.detection.settings import DetectSettings
from lgm_core.detection.study import Study, Subject, study
from lgm_core.runs.model import load_classifier
from lgm_core.runs.processes import cores
from lgm_core.runs.reader import RunReader
from lgm_core.runs.store import Store
from lgm_core.training.frame import encode
from lgm_core.training.loop import Trainer
from lgm_core.training.settings import LossName, NetworkName, TrainSettings
from lgm_core.training.threads import useful_threads

EPSILONS = (0.1, 0.2, 0.3)
KINDS = ("noise", "gaussian", "rotated", "inverted", "occluded", "faces")
WEIGHTS = (0.0, 0.1, 1.0, 10.0, 100.0)
LOSSES: tuple[LossName, ...] = ("softmax", "lgm")
BARS = {
    "pgd_0.1_auroc_lgm_log_likelihood": ">= 0.94",
    "pgd_0.2_auroc_lgm_log_likelihood": ">= 0.96",
    "pgd_0.3_auroc_lgm_log_likelihood": ">= 0.98",
    "adaptive_beats_pgd_at_every_epsilon": "true",
}


def settings(loss: LossName, seed: int, network: NetworkName) -> TrainSettings:
    """The same for both losses; long, because the classes go on tightening."""
    return TrainSettings(
        loss=loss,
        alpha=0.3,
        lambda_=1.0,
        feature_dim=64,
        network=network,
        data="full",
        epochs=30,
        batch_size=128,
        learning_rate=0.01,
        seed=seed,
    )


def trained(store: Store, wanted: TrainSettings) -> RunReader:
    """A finished run of these settings: one of the store's, or a new one."""
    for run_id in reversed(store.run_ids()):
        reader = store.open(run_id)
        ended = (reader.result() or {}).get("state") == "finished"
        if ended and reader.settings() == wanted:
            return reader
    print(f"trains {wanted.loss}, seed {wanted.seed}", file=sys.stderr)
    trainer = Trainer(wanted, threads=useful_threads(wanted, cores()))
    with store.create(wanted) as writer:
        for frame in trainer.run():
            if frame.scalars.keyframe:
                writer.append(encode(frame))
        result = trainer.result() | {"state": "finished", "message": None}
        writer.finish(result, trainer.state_dict())
        return store.open(writer.run_id)


def questions() -> Iterator[tuple[str, DetectSettings]]:
    """What every model is asked."""
    for attack in ("fgsm", "pgd"):
        for epsilon in EPSILONS:
            asked = DetectSettings.model_validate({"attack": attack, "epsilon": epsilon})
            yield f"{attack}_{epsilon}", asked
    for kind in KINDS:
        yield kind, DetectSettings.model_validate({"inputs": kind})


def adaptive(epsilon: float, weight: float) -> DetectSettings:
    """The attack that knows the detector; half the digits, three classes each."""
    return DetectSettings(
        attack="adaptive", epsilon=epsilon, weight=weight, steps=40, count=ADAPTIVE_COUNT
    )


ADAPTIVE_COUNT = 500


def measure(seeds: int, network: NetworkName) -> dict[str, list[float]]:
    """Every figure by its name, one value a seed."""
    store, data = Store(), load("full")
    found: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        found.setdefault(name, []).append(value)

    for seed in range(seeds):
        for loss in LOSSES:
            wanted = settings(loss, seed, network)
            reader = trained(store, wanted)
            subject = Subject(load_classifier(reader, wanted, data.num_classes), data)
            note(f"{loss}_test_accuracy", (reader.result() or {})["test_accuracy"])
            for name, asked in questions():
                _note_study(note, name, loss, study(subject, asked))
                print(loss, seed, name, file=sys.stderr)
            if loss == "lgm":
                _note_adaptive(note, subject)
    return found


def _note_study(note: Any, name: str, loss: str, result: Study) -> None:
    if result.attacked is not None:
        note(f"{name}_success_{loss}", float(result.attacked.success.double().mean()))
    for score, figures in result.detections().items():
        note(f"{name}_auroc_{loss}_{score}", figures.auroc.value)
        note(f"{name}_fpr95_{loss}_{score}", figures.fpr95.value)


def _note_adaptive(note: Any, subject: Subject) -> None:
    for epsilon in EPSILONS:
        plain = DetectSettings(attack="pgd", epsilon=epsilon, steps=40, count=ADAPTIVE_COUNT)
        note(f"plain_{epsilon}_undetected", study(subject, plain).undetected("log_likelihood"))
        for weight in WEIGHTS:
            result = study(subject, adaptive(epsilon, weight))
            undetected = result.undetected("log_likelihood")
            note(f"adaptive_{epsilon}_weight_{weight:g}_undetected", undetected)
            auroc = result.detections()["log_likelihood"].auroc.value
            note(f"adaptive_{epsilon}_weight_{weight:g}_auroc", auroc)


def main() -> None:
    """Measures, reports, and writes the page if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--network", choices=tuple(PAGES), default="batchnorm")
    parser.add_argument("--write", action="store_true", help="remake docs/results.md")
    options = parser.parse_args()
    found = measure(options.seeds, options.network)
    figures: dict[str, object] = {name: round(mean(values), 4) for name, values in found.items()}
    figures["adaptive_beats_pgd_at_every_epsilon"] = all(
        max(mean(found[f"adaptive_{epsilon}_weight_{w:g}_undetected"]) for w in WEIGHTS)
        > mean(found[f"plain_{epsilon}_undetected"])
        for epsilon in EPSILONS
    )
    if options.write:
        path = PAGES[options.network]
        page = results_page(found, options.seeds, options.network)
        # The part on citations is another benchmark's, see benchmarks/citations.py.
        citations = section_of(path.read_text(encoding="utf-8"), "citations")
        if citations is not None:
            page = with_section(page, "citations", citations)
        path.write_text(page, encoding="utf-8")
    finite = {k: v for k, v in figures.items() if not isinstance(v, float) or math.isfinite(v)}
    report("detection", {"seeds": options.seeds} | finite, BARS)


if __name__ == "__main__":
    main()
