"""How well labels and probabilities fit the truth; plain baselines to compare with."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lgm_core.evidence.paper import LABELS, Label

BINS = 10


@dataclass(frozen=True)
class Score:
    """Of one label: shares from 0 to 1, 0 where they would divide by nothing."""

    precision: float
    recall: float
    f1: float
    support: int  #: how many carry the label


@dataclass(frozen=True)
class Evaluation:
    """Figures of labels against the truth."""

    confusion: dict[Label, dict[Label, int]]  #: true label, then given label
    scores: dict[Label, Score]
    macro_f1: float  #: over the labels that are true or given at least once
    accuracy: float
    ece: float | None  #: None without probabilities
    brier: float | None


def evaluate(
    true: Sequence[Label],
    given: Sequence[Label],
    probabilities: Sequence[Mapping[Label, float]] | None = None,
) -> Evaluation:
    """Compares labels, and probabilities if there are any, with the truth.

    Args:
        true: the labels that are right.
        given: the labels to judge, in the same order.
        probabilities: of every label, in the same order.

    Raises:
        ValueError: the lengths differ, or there is nothing to compare.
    """
    if not true or len(true) != len(given):
        raise ValueError(f"{len(given)} labels cannot be compared with {len(true)} true ones")
    pairs = Counter(zip(true, given, strict=True))
    confusion = {t: {g: pairs[t, g] for g in LABELS} for t in LABELS}
    scores = {label: _score(confusion, label) for label in LABELS}
    counted = [score.f1 for label, score in scores.items() if label in {*true, *given}]
    right = [t == g for t, g in zip(true, given, strict=True)]
    return Evaluation(
        confusion,
        scores,
        sum(counted) / len(counted),
        sum(right) / len(right),
        None if probabilities is None else expected_calibration_error(true, probabilities),
        None if probabilities is None else brier(true, probabilities),
    )


def _score(confusion: Mapping[Label, Mapping[Label, int]], label: Label) -> Score:
    hits = confusion[label][label]
    support = sum(confusion[label].values())
    given = sum(row[label] for row in confusion.values())
    f1 = 2 * hits / (support + given) if support + given else 0.0
    return Score(hits / given if given else 0.0, hits / support if support else 0.0, f1, support)


def expected_calibration_error(
    true: Sequence[Label], probabilities: Sequence[Mapping[Label, float]]
) -> float:
    """Mean distance between the top label's probability and how often it is right, 0 to 1.

    Ten bins of equal width, each weighted by how many fall into it; 1/10 falls into the second.
    """
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for label, row in zip(true, probabilities, strict=True):
        top = max(LABELS, key=lambda name: row[name])
        bins[min(int(row[top] * BINS), BINS - 1)].append((row[top], top == label))
    gaps = [abs(sum(p for p, _ in found) - sum(hit for _, hit in found)) for found in bins]
    return sum(gaps) / len(true)


def brier(true: Sequence[Label], probabilities: Sequence[Mapping[Label, float]]) -> float:
    """Mean squared distance between the probabilities and the truth, 0 to 2."""
    total = sum(
        (row[name] - (name == label)) ** 2
        for label, row in zip(true, probabilities, strict=True)
        for name in LABELS
    )
    return total / len(true)


def majority_baseline(train: Sequence[Label], count: int) -> list[Label]:
    """The most frequent label of ``train``, ``count`` times."""
    return [Counter(train).most_common(1)[0][0]] * count


_AGAINST = re.compile(
    r"in contrast|contrary|unlike|inconsistent|contradict|disagree|differs? from|conflict|"
    r"fail(?:ed|s)? to|not replicate|at odds|discrepan|challenge|refute",
    re.IGNORECASE,
)
_FOR = re.compile(
    r"consistent with|in (?:line|agreement|accordance) with|agrees? with|confirm|support|"
    r"replicate|corroborate|similar to|as (?:expected|predicted)|in keeping with",
    re.IGNORECASE,
)


def keyword_baseline(texts: Sequence[str]) -> list[Label]:
    """What a short list of obvious phrases says: against, else for, else mentioning."""
    return [_keyword_label(text) for text in texts]


def _keyword_label(text: str) -> Label:
    if _AGAINST.search(text):
        return "contrasting"
    return "supporting" if _FOR.search(text) else "mentioning"
