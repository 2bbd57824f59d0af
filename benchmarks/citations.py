"""How well citations are told apart: supporting, contrasting, mentioning.

The classifier learns from the training two thirds of the lab's labelled statements and is
measured on the held-out third, beside a majority and a keyword baseline. ``--write`` puts the
figures into ``docs/results.md``.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks._citations_page import SECTION, citations_section
from benchmarks._report import report
from benchmarks._results_page import PAGE, with_section
from lgm_core.evidence.classify.evaluate import evaluate
from lgm_core.evidence.classify.labelled import (
    FIRST_FIELDS,
    Example,
    load_labelled,
    load_practice,
    split,
)
from lgm_core.evidence.classify.model import Classifier
from lgm_core.evidence.classify.training import (
    baselines,
    figures,
    leave_one_field_out,
    measured,
)
from lgm_core.evidence.paper import Label

BARS = {
    "macro_f1": ">= 0.85",
    "ece": "<= 0.08",
    "seconds_for_1000": "<= 1",
    "fit_cpu_seconds": "<= 3",
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


def parts_of(examples: Sequence[Example]) -> dict[str, list[Example]]:
    """The first fields and the everyday ones, the plain statements and the hard ones."""
    return {
        "first": [e for e in examples if e.field in FIRST_FIELDS],
        "everyday": [e for e in examples if e.field not in FIRST_FIELDS],
        "plain": [e for e in examples if not e.hard],
        "hard": [e for e in examples if e.hard],
    }


def fields_left_out(examples: Sequence[Example], held_out: Sequence[Example]) -> dict[str, Any]:
    """Macro F1 where the field was not learnt from: by field, and over the held-out third alone."""
    pairs = list(zip(examples, leave_one_field_out(examples), strict=True))
    by_field = {
        name: evaluate(*_labels(pair for pair in pairs if pair[0].field == name)).macro_f1
        for name in sorted({example.field for example in examples})
    }
    apart = {example.text for example in held_out}
    return {
        "by_field_left_out": by_field,
        "field_left_out_macro_f1": sum(by_field.values()) / len(by_field),
        "field_left_out_macro_f1_held_out": evaluate(
            *_labels(pair for pair in pairs if pair[0].text in apart)
        ).macro_f1,
    }


def _labels(pairs: Iterable[tuple[Example, Label]]) -> tuple[list[Label], list[Label]]:
    true, given = zip(*((example.label, label) for example, label in pairs), strict=True)
    return list(true), list(given)


def measure() -> dict[str, Any]:
    """Every figure by its name."""
    examples = load_labelled()
    train, held_out = split(examples)
    start = time.process_time()
    Classifier.fit(examples)
    fit_seconds = time.process_time() - start
    classifier = Classifier.fit(train)
    found = figures(measured(classifier, held_out))
    for name, some in parts_of(held_out).items():
        found[f"of_{name}"] = len(some)
        found[f"macro_f1_{name}"] = measured(classifier, some).macro_f1
        found[f"keyword_macro_f1_{name}"] = baselines(train, some)["keyword_macro_f1"]
        found[f"majority_macro_f1_{name}"] = baselines(train, some)["majority_macro_f1"]
    found |= baselines(train, held_out)
    found |= fields_left_out(examples, held_out)
    found |= {
        "statements": len(examples),
        "trained_on": len(train),
        "practised_on": len(load_practice()),
        "held_out": len(held_out),
        "fit_cpu_seconds": fit_seconds,
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
