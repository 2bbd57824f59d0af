"""The classifier: function and not sentiment, calibrated, the same every time, fast."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from lgm_core.evidence.classify.context import Context
from lgm_core.evidence.classify.drills import drills
from lgm_core.evidence.classify.evaluate import evaluate, keyword_baseline
from lgm_core.evidence.classify.labelled import (
    FIRST_FIELDS,
    Example,
    load_labelled,
    load_practice,
    split,
)
from lgm_core.evidence.classify.model import Classifier
from lgm_core.evidence.classify.own import the_classifier
from lgm_core.evidence.classify.training import measured
from lgm_core.evidence.paper import LABELS, EvidenceError, Label


@pytest.fixture(scope="module")
def halves() -> tuple[list[Example], list[Example]]:
    return split(load_labelled())


@pytest.fixture(scope="module")
def classifier(halves: tuple[list[Example], list[Example]]) -> Classifier:
    return Classifier.fit(halves[0])


def label(classifier: Classifier, sentence: str, **around: str) -> Label:
    (verdict,) = classifier.classify([Context(sentence, **around)])  # type: ignore[arg-type]
    return verdict.label


# Fields and wording that stand neither in the labelled statements nor in the drills.
@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Consistent with Abel [CITE], we found that caffeine delays fatigue.", "supporting"),
        ("Unlike Abel [CITE], we observed no delay of fatigue.", "contrasting"),
        ("Abel [CITE] observed a delay of fatigue.", "mentioning"),
        ("Our measurements are consistent with those of [CITE].", "supporting"),
        ("Our measurements are not consistent with those of [CITE].", "contrasting"),
        ("Our measurements are inconsistent with those of [CITE].", "contrasting"),
        ("Our measurements are not inconsistent with those of [CITE].", "supporting"),
        ("We replicated the lunar effect of [CITE] in two colonies.", "supporting"),
        ("We failed to replicate the lunar effect of [CITE].", "contrasting"),
        ("Our yields support the hypothesis of [CITE].", "supporting"),
        ("Our yields do not support the hypothesis of [CITE].", "contrasting"),
        (
            "Ruiz [CITE] reported yields that are consistent with those of Ota [OTHER].",
            "mentioning",
        ),
        ("Our yields agree with [CITE] but contradict [OTHER].", "supporting"),
        ("Our yields agree with [OTHER] but contradict [CITE].", "contrasting"),
        ("Unlike [OTHER], but in line with [CITE], we found a rise.", "supporting"),
        ("Unlike [CITE], but in line with [OTHER], we found a rise.", "contrasting"),
        ("While Ruiz [CITE] found a rise, Ota [OTHER] found a fall.", "mentioning"),
        ("We used the titration kit of [CITE] for every sample.", "mentioning"),
        ("The excellent and influential book of [CITE] opened the field.", "mentioning"),
        ("Unlike [CITE], our model uses a tree.", "mentioning"),
        ("We test whether the effect reported by [CITE] holds in bees.", "mentioning"),
        ("In contrast to the controls, patients filled in the diary of [CITE].", "mentioning"),
        ("Samples were fixed as described previously12,13.", "mentioning"),
        ("This is in line with earlier reports12,13.", "supporting"),
        ("Gout is a common form of arthritis (Bly, 2001; Ito et al., 2003).", "mentioning"),
        ("This contrasts with Ito et al. (2003), who saw a fall.", "contrasting"),
        ("Our yields support Ota [OTHER] and contradict Ruiz [CITE].", "contrasting"),
        ("Our yields refute the theory of Ruiz [CITE].", "contrasting"),
        ("The exponent of Ruiz [CITE] lies outside our interval.", "contrasting"),
        ("We use a margin of 0.3 as in Ruiz [CITE].", "mentioning"),
        ("We confirm receipt of the samples of Ruiz [CITE].", "mentioning"),
    ],
)
def test_rhetorical_function(classifier: Classifier, sentence: str, expected: Label) -> None:
    assert label(classifier, sentence) == expected


def test_deciding_words_lie_on_the_cue(classifier: Classifier) -> None:
    for sentence, cue in (
        ("The yields of 2003, as it happens, are in  line with Ruiz [CITE].", "in  line with"),
        ("This is contrary to the report of Ruiz et al. (2003) on maize.", "contrary to"),
        ("We used the titration kit of [CITE].", "We used"),
    ):
        (verdict,) = classifier.classify([Context(sentence)])
        start = sentence.index(cue)
        assert any(a < start + len(cue) and b > start for a, b in verdict.words), verdict.words
        assert len(verdict.words) <= 4
        assert all(x[1] < y[0] for x, y in zip(verdict.words, verdict.words[1:], strict=False))
        for a, b in verdict.words:
            assert not (a and sentence[a - 1].isalnum() and sentence[a].isalnum())
            assert not (b < len(sentence) and sentence[b - 1].isalnum() and sentence[b].isalnum())


def test_probabilities_are_those_of_the_label(classifier: Classifier) -> None:
    contexts = [example.context for example in load_labelled()[:100]]
    for verdict in classifier.classify(contexts):
        assert set(verdict.probabilities) == set(LABELS)
        assert sum(verdict.probabilities.values()) == pytest.approx(1)
        assert verdict.probability == max(verdict.probabilities.values())
        assert verdict.probabilities[verdict.label] == verdict.probability


def test_figures_of_the_held_out_third(
    classifier: Classifier, halves: tuple[list[Example], list[Example]]
) -> None:
    held_out = halves[1]
    result = measured(classifier, held_out)
    keywords = keyword_baseline([example.text for example in held_out])
    baseline = evaluate([example.label for example in held_out], keywords)
    assert result.ece is not None
    assert result.ece <= 0.08
    assert result.macro_f1 >= baseline.macro_f1 + 0.25
    assert result.macro_f1 >= 0.85
    # Where statements were written to be hard, the floors are what the published figures were
    # reached with, less what another seed may take away.
    parts = {
        0.90: [example for example in held_out if example.field not in FIRST_FIELDS],
        0.91: [example for example in held_out if not example.hard],
        0.72: [example for example in held_out if example.field in FIRST_FIELDS],
        0.63: [example for example in held_out if example.hard],
    }
    for floor, part in parts.items():
        assert measured(classifier, part).macro_f1 >= floor


def test_the_order_and_the_company_do_not_matter(classifier: Classifier) -> None:
    contexts = [example.context for example in load_labelled()[:40]]
    together = classifier.classify(contexts)
    assert together[::-1] == classifier.classify(contexts[::-1])
    alone = [classifier.classify([context])[0] for context in contexts]
    assert [v.label for v in alone] == [v.label for v in together]
    assert [v.words for v in alone] == [v.words for v in together]


def test_two_fits_are_the_same() -> None:
    some = load_labelled()[::4]
    beside = load_practice()[::9]
    one, two = (Classifier.fit(some, seed=3, practice=beside) for _ in range(2))
    contexts = [example.context for example in load_labelled()[1:60:2]]
    first = [list(v.probabilities.values()) for v in one.classify(contexts)]
    second = [list(v.probabilities.values()) for v in two.classify(contexts)]
    assert np.array_equal(first, second)
    assert one.temperature == two.temperature


def test_nothing_and_strange_text(classifier: Classifier) -> None:
    assert classifier.classify([]) == []
    texts = ["", "   ", "[CITE]", "中文句子 [1]。", "\x00\u202e", "(" * 3_000, "a " * 50_000]
    for text, verdict in zip(texts, classifier.classify([Context(t) for t in texts]), strict=True):
        assert verdict.label in LABELS
        assert all(0 <= a < b <= len(text) for a, b in verdict.words)


def test_too_few_statements_are_refused() -> None:
    with pytest.raises(EvidenceError, match="at least 5 statements of each label"):
        Classifier.fit([Example("We agree with [CITE].", "supporting")] * 9)


def test_the_labs_own_is_fitted_once_for_all_threads() -> None:
    got: list[Classifier] = []
    threads = [threading.Thread(target=lambda: got.append(the_classifier())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 4
    assert len(set(map(id, got))) == 1


def test_fitting_takes_little_work() -> None:
    examples = load_labelled()
    # Thrice the published time, for a slower machine that is busy with other work.
    start = time.process_time()
    Classifier.fit(examples)
    assert time.process_time() - start <= 12


def test_a_thousand_statements_take_little_work(classifier: Classifier) -> None:
    examples = load_labelled()
    contexts = [examples[i % len(examples)].context for i in range(1_000)]
    # Work of this process, not time on the wall: other work on the machine does not count.
    start = time.process_time()
    classifier.classify(contexts)
    assert time.process_time() - start <= 1.5


def test_drills_are_sentences_of_every_label() -> None:
    made = drills()
    assert drills() is made
    assert {example.label for example in made} == set(LABELS)
    for example in made:
        assert "[CITE]" in example.text
        assert "{" not in example.text
    assert len({example.text for example in made}) == len(made)
