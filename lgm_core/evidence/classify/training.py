"""Training as a command: on the lab's statements, and on public ones if a person has some."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lgm_core.evidence.classify.evaluate import (
    Evaluation,
    evaluate,
    keyword_baseline,
    majority_baseline,
)
from lgm_core.evidence.classify.labelled import Example, load_labelled, load_practice, split
from lgm_core.evidence.classify.model import Classifier, Labelled
from lgm_core.evidence.classify.scicite import PublicExample, load_scicite
from lgm_core.evidence.paper import LABELS, Label


def train_and_report(paths: Sequence[Path | str] = (), seed: int = 0) -> dict[str, Any]:
    """Trains on the training two thirds and the files given, measures on the held-out third.

    Args:
        paths: SciCite-format JSONL files; see :mod:`.scicite`.
        seed: of the folds.

    Returns:
        How many statements were used, and macro F1, calibration error and more, with baselines.

    Raises:
        EvidenceError: a file cannot be read.
    """
    train, held_out = split(load_labelled())
    public: list[PublicExample] = [example for path in paths for example in load_scicite(path)]
    learnt: list[Labelled] = [*train, *public]
    classifier = Classifier.fit(learnt, seed)
    result = measured(classifier, held_out)
    counts = {label: sum(e.label == label for e in learnt) for label in LABELS}
    return {
        "trained_on": len(learnt),
        "of_them_public": len(public),
        "practised_on": len(load_practice()),
        "trained_by_label": counts,
        "held_out": len(held_out),
        "temperature": classifier.temperature,
        **figures(result),
        **baselines(train, held_out),
    }


def measured(classifier: Classifier, examples: Sequence[Example]) -> Evaluation:
    """The classifier's labels and probabilities against those of ``examples``."""
    verdicts = classifier.classify([example.context for example in examples])
    return evaluate(
        [example.label for example in examples],
        [verdict.label for verdict in verdicts],
        [verdict.probabilities for verdict in verdicts],
    )


def figures(result: Evaluation) -> dict[str, Any]:
    """An evaluation as plain values."""
    return {
        "macro_f1": result.macro_f1,
        "accuracy": result.accuracy,
        "ece": result.ece,
        "brier": result.brier,
        "confusion": result.confusion,
        "by_label": {
            label: {"precision": s.precision, "recall": s.recall, "f1": s.f1, "count": s.support}
            for label, s in result.scores.items()
        },
    }


def baselines(train: Sequence[Example], held_out: Sequence[Example]) -> dict[str, float]:
    """Macro F1 of the most frequent label and of a short list of keywords."""
    truth = [example.label for example in held_out]
    majority = majority_baseline([example.label for example in train], len(truth))
    keywords = keyword_baseline([example.text for example in held_out])
    return {
        "majority_macro_f1": macro_f1_of_all(evaluate(truth, majority)),
        "keyword_macro_f1": macro_f1_of_all(evaluate(truth, keywords)),
    }


def macro_f1_of_all(result: Evaluation) -> float:
    """Mean F1 over all three labels, given or not."""
    return sum(score.f1 for score in result.scores.values()) / len(LABELS)


def leave_one_field_out(examples: Sequence[Example], seed: int = 0) -> list[Label]:
    """The label that each example is given by a classifier that saw the other fields only."""
    given: dict[int, Label] = {}
    practice = load_practice()
    for name in sorted({example.field for example in examples}):
        inside = [i for i, example in enumerate(examples) if example.field == name]
        classifier = Classifier.fit(
            [e for e in examples if e.field != name],
            seed,
            [e for e in practice if e.field != name],
        )
        verdicts = classifier.classify([examples[i].context for i in inside])
        given |= {i: verdict.label for i, verdict in zip(inside, verdicts, strict=True)}
    return [given[i] for i in range(len(examples))]
