"""How well citations are told apart: supporting, contrasting, mentioning.

The classifier learns from the training two thirds of the lab's labelled statements and is
measured on the held-out third, beside a majority and a keyword baseline. ``--write`` puts the
figures into ``docs/results.md``.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

from benchmarks._citations_page import SECTION, citations_section
from benchmarks._report import report
from benchmarks._results_page import PAGE, with_section
from lgm_core.evidence.classify.labelled import load_labelled, split
from lgm_core.evidence.classify.model import Classifier
from lgm_core.evidence.classify.training import (
    baselines,
    figures,
    leave_one_field_out,
    measured,
)

BARS = {
    "macro_f1": ">= 0.85",
    "ece": "<= 0.08",
    "seconds_for_1000": "<= 1",
}
_COUNT = 1_000


def seconds_to_classify(classifier: Classifier) -> float:
    """For a thousand statements with their neighbours, none of them read before; best of three."""
    examples = load_labelled()
    many = [examples[i % len(examples)] for i in range(_COUNT)]
    best = float("inf")
    for _ in range(3):
        contexts = [example.context for example in many]
        start = time.perf_counter()
        classifier.classify(contexts)
        best = min(best, time.perf_counter() - start)
    return best


def measure() -> dict[str, Any]:
    """Every figure by its name."""
    examples = load_labelled()
    train, held_out = split(examples)
    start = time.perf_counter()
    classifier = Classifier.fit(train)
    fit_seconds = time.perf_counter() - start
    found = figures(measured(classifier, held_out))
    for name, hard in (("plain", False), ("hard", True)):
        some = [example for example in held_out if example.hard is hard]
        found[f"macro_f1_{name}"] = measured(classifier, some).macro_f1
    found |= baselines(train, held_out)
    by_field = leave_one_field_out(examples)
    found["field_left_out_macro_f1"] = sum(by_field.values()) / len(by_field)
    found["by_field_left_out"] = by_field
    found |= {
        "statements": len(examples),
        "trained_on": len(train),
        "held_out": len(held_out),
        "fit_seconds": fit_seconds,
        "seconds_for_1000": seconds_to_classify(classifier),
    }
    return found


def main() -> None:
    """Measures, reports, and writes the section if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true", help="remake the part of docs/results.md")
    options = parser.parse_args()
    found = measure()
    if options.write:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(with_section(page, SECTION, citations_section(found)), encoding="utf-8")
    report("citations", found, BARS)


if __name__ == "__main__":
    main()
