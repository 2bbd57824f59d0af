"""The classifier of citations: a linear model on cues and words, with calibrated probabilities."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from lgm_core.evidence.classify.context import Context
from lgm_core.evidence.classify.drills import drills
from lgm_core.evidence.classify.features import features_of
from lgm_core.evidence.classify.labelled import Example, load_practice
from lgm_core.evidence.classify.ngrams import Features
from lgm_core.evidence.classify.verdict import Verdict
from lgm_core.evidence.classify.words import deciding
from lgm_core.evidence.paper import EvidenceError, Label

PENALTY = 0.1  #: inverse strength of the penalty, chosen by cross-validation like the next two
NGRAM_WEIGHT = 18.0  #: of the words beside the cues'
DRILL_WEIGHT = 0.5  #: of a drill beside a labelled statement
HARD_WEIGHT = 0.4  #: of a hard statement to practise on; in papers most are plain
LEAST_ROWS = 3  #: that have a feature; a rarer one says nothing of other statements
FOLDS = 5
_BEGINNING = 6  #: words by which near-duplicates are known cheaply


class Labelled(Protocol):
    """A statement to learn from."""

    @property
    def text(self) -> str:
        """The citing sentence, by which near-duplicates are known."""

    @property
    def label(self) -> Label:
        """What is right."""

    @property
    def context(self) -> Context:
        """As the classifier reads it."""


def _cues(rows: Sequence[Features]) -> list[dict[str, float]]:
    return [row.cues for row in rows]


def _ngrams(row: Features) -> list[str]:
    return row.ngrams


@dataclass(frozen=True)
class Columns:
    """What the model weighs: features by name, and n-grams."""

    cues: list[str]  #: names of features that have a value of their own, in order
    words: list[str]  #: n-grams, in order
    idf: NDArray[np.float64]  #: [W] the inverse document frequency of each n-gram

    @classmethod
    def of(cls, rows: Sequence[Features]) -> Columns:
        """What at least a few of the rows have."""
        counts = Counter(name for row in rows for name in row.cues)
        cues = sorted(name for name, count in counts.items() if count >= LEAST_ROWS)
        words = TfidfVectorizer(analyzer=_ngrams, min_df=LEAST_ROWS).fit(rows)
        return cls(cues, words.get_feature_names_out().tolist(), words.idf_)

    def union(self) -> FeatureUnion:
        """Makes a matrix of rows, the cues' columns before those of the words."""
        cues = DictVectorizer().fit([dict.fromkeys(self.cues, 1.0)])
        words = TfidfVectorizer(analyzer=_ngrams, vocabulary=self.words, sublinear_tf=True)
        words.idf_ = self.idf
        return FeatureUnion(
            [("cues", make_pipeline(FunctionTransformer(_cues), cues)), ("words", words)],
            transformer_weights={"words": NGRAM_WEIGHT},
        )


def _folds(texts: Sequence[str], truth: NDArray[np.str_], seed: int) -> NDArray[np.int64]:
    """The fold of each statement: the labels spread over all, equal beginnings in one."""
    chance = random.Random(seed)
    groups = [" ".join(text.split()[:_BEGINNING]) for text in texts]
    order = {
        group: (str(label), chance.random()) for group, label in zip(groups, truth, strict=True)
    }
    fold = {group: rank % FOLDS for rank, group in enumerate(sorted(order, key=order.__getitem__))}
    return np.array([fold[group] for group in groups])


class Classifier:
    """Learns from labelled statements and judges citations. Make one with :meth:`fit`."""

    def __init__(self, columns: Columns, model: LogisticRegression, temperature: float) -> None:
        self.columns = columns
        self.model = model
        self.temperature = temperature  #: the logits are divided by it; fitted out of fold
        self._pipeline = Pipeline([("features", columns.union()), ("model", model)])
        self._labels: list[Label] = [str(name) for name in model.classes_]  # type: ignore[misc]
        self._names = [*columns.cues, *columns.words]

    @classmethod
    def fit(
        cls,
        examples: Sequence[Labelled],
        seed: int = 0,
        practice: Sequence[Example] | None = None,
    ) -> Classifier:
        """Learns weights from all examples, and a temperature from folds they were not in.

        Drills and further statements are practised beside them. Labels are not weighted:
        mentioning, the most frequent one in the labelled set and far more so in papers, keeps
        its lead.

        Args:
            examples: labelled statements; those that begin alike stay in one fold.
            seed: of the folds.
            practice: statements to learn from in every fold; the lab's own if not given.

        Raises:
            EvidenceError: a label has fewer examples than there are folds (5).
        """
        truth = np.array([example.label for example in examples])
        labels, counts = np.unique(truth, return_counts=True)
        if len(labels) < 3 or counts.min() < FOLDS:
            raise EvidenceError(f"Training needs at least {FOLDS} statements of each label.")
        further = load_practice() if practice is None else practice
        beside = [*drills(), *further]
        rows = [features_of(example.context) for example in [*examples, *beside]]
        columns = Columns.of(rows)
        matrix = columns.union().transform(rows).tocsr()
        targets = np.array([*truth, *(example.label for example in beside)])
        weights = np.array([
            *np.ones(len(truth)),
            *(DRILL_WEIGHT for _ in drills()),
            *(HARD_WEIGHT if example.hard else 1.0 for example in further),
        ])  # fmt: skip

        def learnt(some: NDArray[np.bool_]) -> LogisticRegression:
            model = LogisticRegression(C=PENALTY, max_iter=400, tol=1e-3)
            return model.fit(matrix[some], targets[some], sample_weight=weights[some])

        folds = _folds([example.text for example in examples], truth, seed)
        everywhere = np.full(len(beside), True)
        logits = np.zeros((len(truth), len(labels)))
        # Matrices so small are multiplied faster by one thread than by several that wait.
        with threadpool_limits(1):
            for fold in range(FOLDS):
                apart = np.flatnonzero(folds == fold)
                if len(apart):
                    model = learnt(np.concatenate([folds != fold, everywhere]))
                    logits[apart] = model.decision_function(matrix[apart])
            whole = learnt(np.full(len(targets), True))
        return cls(columns, whole, _temperature(logits, np.searchsorted(labels, truth)))

    def classify(self, contexts: Sequence[Context]) -> list[Verdict]:
        """Judges each context by itself."""
        if not contexts:
            return []
        rows = [features_of(context) for context in contexts]
        matrix = self._pipeline["features"].transform(rows).tocsr()
        model = self._pipeline["model"]
        probabilities = _softmax(model.decision_function(matrix) / self.temperature)
        order = np.argsort(-probabilities, axis=1, kind="stable")
        verdicts = []
        for i in range(len(rows)):
            best, next_best = order[i, 0], order[i, 1]
            line = slice(matrix.indptr[i], matrix.indptr[i + 1])
            columns = matrix.indices[line]
            shares = matrix.data[line] * (model.coef_[best] - model.coef_[next_best])[columns]
            named = [(self._names[c], float(s)) for c, s in zip(columns, shares, strict=True)]
            by_label = {
                label: float(p) for label, p in zip(self._labels, probabilities[i], strict=True)
            }
            words = deciding(rows[i], named)
            label = self._labels[best]
            verdicts.append(Verdict(label, by_label[label], by_label, words))
        return verdicts


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    out: NDArray[np.float64] = shifted / shifted.sum(axis=1, keepdims=True)
    return out


def _temperature(logits: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """The one that makes the truth most likely."""

    def loss(log_temperature: float) -> float:
        rows = _softmax(logits / np.exp(log_temperature))
        return float(-np.log(rows[np.arange(len(truth)), truth] + 1e-12).mean())

    found: Any = minimize_scalar(loss, bounds=(-2.0, 2.0), method="bounded")
    return float(np.exp(found.x))
