"""Claims measured on real short runs, each statistic worked out again from the stored weights."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from lgm_core.data import load
from lgm_core.detection.study import Subject, study
from lgm_core.evidence.claim import Claim, claim
from lgm_core.evidence.finished import finished_run, untouched
from lgm_core.evidence.interval import mean_interval, verdict
from lgm_core.evidence.local_runner import LocalRunner
from lgm_core.evidence.measure import Cancelled, Progress, Row, measure
from lgm_core.evidence.paper import EvidenceError
from lgm_core.networks.classifier import Classifier, to_pixels
from lgm_core.runs.model import load_classifier
from lgm_core.runs.store import Store
from lgm_core.training.frame import decode, encode
from lgm_core.training.loop import Trainer
from lgm_core.training.settings import TrainSettings
from tests.evidence.measuring import PAIR, SEEDS, asked, detection, digits, faces, small

MARGINS = {"margin 1": digits(), "no margin": digits(alpha=0.0)}


class Detected(NamedTuple):
    """What measuring detection has brought."""

    steps: list[Progress]
    heard: list[Progress]
    row: Row


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> LocalRunner:
    """One for all: what one test has trained, the next one finds."""
    return LocalRunner(Store(tmp_path_factory.mktemp("evidence") / "runs"))


@pytest.fixture(scope="module")
def detected(runner: LocalRunner) -> Detected:
    claim, heard = detection(), list[Progress]()
    events = measure(claim, claim.variants[0], SEEDS[:1], runner, tell=heard.append)
    *steps, row = events
    assert all(isinstance(step, Progress) for step in steps)
    assert isinstance(row, Row)
    return Detected([step for step in steps if isinstance(step, Progress)], heard, row)


def row_of(claim: Claim, runner: LocalRunner, seeds=SEEDS[:1]) -> Row:
    *_, row = measure(claim, claim.variants[0], seeds, runner)
    assert isinstance(row, Row)
    return row


def classifier(runner: LocalRunner, run_id: str) -> Classifier:
    reader = runner.store.open(run_id)
    return load_classifier(reader, reader.digits_settings(), 10)


def pairs(row: Row) -> Iterator[tuple[str, ...]]:
    return zip(*row.run_ids.values(), strict=True)


@cache
def subject(runner: LocalRunner, run_id: str) -> Subject:
    """The model of a run as this test has loaded it."""
    return Subject(classifier(runner, run_id), load("bundled"))


def test_detection_is_the_difference_of_two_areas_over_the_same_digits(runner, detected):
    lgm, softmax = next(pairs(detected.row))
    areas = []
    for run_id, score in ((lgm, "log_likelihood"), (softmax, "max_probability")):
        found = study(subject(runner, run_id), asked(epsilon=0.3, seed=SEEDS[0]))
        normal, strange = found.clean_scores[score], found.abnormal_scores[score]
        truth = np.repeat([1, 0], [len(normal), len(strange)])
        areas.append(roc_auc_score(truth, np.concatenate([normal, strange])))
    assert detected.row.values[0] == pytest.approx(areas[0] - areas[1], abs=1e-6)


def test_progress_counts_every_training_and_study(detected):
    steps, heard, row = detected
    assert [step.done for step in steps] == [0, 1, 2]
    assert {step.total for step in [*steps, *heard]} == {3}
    assert steps[0].doing == "Trains L-GM and softmax, seed 1: runs 1 and 2 of 2"
    assert steps[1].doing == "Asks L-GM, seed 1: FGSM, run 1 of 2"
    within = [progress.done for progress in heard]
    assert within == sorted(within)
    assert any(0 < done < 1 for done in within)
    assert steps[-1].run_ids == tuple(run for pair in pairs(row) for run in pair)


def test_accuracy_and_likelihood_are_those_of_the_stored_weights(runner, detected):
    data = load("bundled")
    images, labels = to_pixels(torch.from_numpy(data.test_images)), data.test_labels
    row = row_of(small("lgm-classifies", PAIR), runner, SEEDS)
    # Nothing is trained twice.
    assert {label: ids[:1] for label, ids in row.run_ids.items()} == detected.row.run_ids
    assert (row.seeds, len(row.values)) == (SEEDS, len(SEEDS))
    assert row.mean == pytest.approx(statistics.fmean(row.values))
    assert row.interval == mean_interval(row.values)
    assert row.verdict == verdict(row.interval, claim("lgm-classifies").variants[0].rule)
    assert json.loads(row.model_dump_json()) == row.model_dump(mode="json")
    assert Row.model_validate_json(row.model_dump_json()) == row
    for value, runs in zip(row.values, pairs(row), strict=True):
        right = [
            float((classifier(runner, run).look(images)[1].argmax(1).numpy() == labels).mean())
            for run in runs
        ]
        assert value == pytest.approx(100 * (right[0] - right[1]), abs=1e-4)

    row = row_of(small("likelihood-shapes", MARGINS), runner)
    for value, runs in zip(row.values, pairs(row), strict=True):
        means = []
        for run in runs:
            model = classifier(runner, run)
            features = model.look(images)[0].detach().numpy().astype(np.float64)
            own = model.loss.state_dict()["means"].numpy().astype(np.float64)[labels]
            squared = ((features - own) ** 2).sum(1)
            means.append(float((-0.5 * squared - np.log(2 * np.pi)).mean()))
        assert value == pytest.approx(means[0] - means[1], rel=1e-3, abs=1e-3)


def test_tightness_is_spread_over_separation_of_the_last_frame(runner):
    row = row_of(small("margin-tightens", MARGINS), runner)
    data = load("bundled")
    labels = data.train_labels[data.displayed]
    for value, ids in zip(row.values, pairs(row), strict=True):
        ratios = []
        for run in ids:
            reader = runner.store.open(run)
            points = decode(reader.frame(reader.count() - 1)).points.astype(np.float64)
            means = np.stack([points[labels == k].mean(0) for k in range(10)])
            spread = np.sqrt(((points - means[labels]) ** 2).sum(1).mean())
            apart = [np.linalg.norm(means[i] - means[j]) for i in range(10) for j in range(i)]
            ratios.append(spread / np.mean(apart))
        assert value == pytest.approx(100 * (1 - ratios[0] / ratios[1]), rel=1e-3, abs=1e-2)


def test_undetected_digits_of_the_plain_attack_less_those_of_the_adaptive_one(runner):
    questions = {"plain": asked(attack="pgd"), "adaptive": asked(attack="adaptive", weight=10)}
    claim = small("detection-survives-adaptive", {"L-GM": digits()}, questions)
    row = row_of(claim, runner)
    ((run,),) = pairs(row)
    shares, model = [], subject(runner, run)
    for question in questions.values():
        found = study(model, question.model_copy(update={"seed": row.seeds[0]}))
        clean = np.sort(found.clean_scores["log_likelihood"])
        passed = found.abnormal_scores["log_likelihood"] >= np.quantile(clean, 0.05)
        assert found.attacked is not None
        shares.append((passed & found.attacked.success.numpy()).mean())
    # Where the quantile lies between two scores is a matter of definition: two digits' worth.
    assert row.values[0] == pytest.approx(100 * (shares[0] - shares[1]), abs=4)


def test_alignment_and_verification_are_of_one_pair_of_runs(runner):
    runs = {"with transformer": faces(), "without": faces(transform="none")}
    row = row_of(small("alignment-from-identity", runs), runner)
    again = row_of(small("alignment-helps-verification", runs), runner)
    assert again.run_ids == row.run_ids
    with_it, without = (runner.store.open(ids[0]).result() for ids in row.run_ids.values())
    assert without["misalignment_after"] == without["misalignment_before"]
    ratio = with_it["misalignment_after"] / with_it["misalignment_before"]
    assert row.values == pytest.approx([100 * (1 - ratio)])
    gain = with_it["verification_auroc"] - without["verification_auroc"]
    assert again.values == pytest.approx([gain])
    assert (row.interval, row.verdict) == (None, "inconclusive")
    assert "more seeds" in row.reason


def test_settings_that_differ_are_rows_that_differ(runner, detected):
    other = row_of(small("likelihood-detects", PAIR, {"FGSM": asked(epsilon=0.1)}), runner)
    assert other.run_ids == detected.row.run_ids
    assert other.settings != detected.row.settings
    assert other.values[0] != detected.row.values[0]


class Impatient(LocalRunner):
    """Wants no more after so many trainings."""

    patience = 1

    def train(self, wanted, tell):
        self.patience -= 1
        return super().train(wanted, tell)

    def cancelled(self) -> bool:
        return self.patience <= 0


def test_a_cancelled_measurement_ends_at_its_next_step_without_a_row(runner):
    claim = detection()
    steps = measure(claim, claim.variants[0], SEEDS, Impatient(runner.store))
    assert isinstance(next(steps), Progress)
    with pytest.raises(Cancelled, match="cancelled"):
        next(steps)


@pytest.mark.parametrize("seeds", [(), (1, 1), (-1,), (2**31,), range(21)])
def test_seeds_that_are_not_allowed_are_one_sentence_and_train_nothing(tmp_path, seeds):
    claim, runner = detection(), LocalRunner(Store(tmp_path))
    with pytest.raises(EvidenceError, match=r"seed.*allowed"):
        next(measure(claim, claim.variants[0], seeds, runner))
    assert Store(tmp_path).run_ids() == []


def test_a_run_whose_knobs_were_turned_is_not_evidence_for_its_settings(tmp_path):
    store, settings = Store(tmp_path), digits(seed=5)
    assert finished_run(store, settings) is None
    trainer = Trainer(settings)
    first = next(trainer.run())
    turned = replace(first, scalars=first.scalars.model_copy(update={"alpha": 2.5}))
    for last in (turned, first):
        with store.create(settings) as writer:
            for frame in (first, last):
                writer.append(encode(frame))
            writer.finish(trainer.result() | {"state": "finished"}, trainer.state_dict())
        assert untouched(store.open(writer.run_id)) is (last is first)
        expected = writer.run_id if last is first else None
        assert finished_run(store, settings) == expected


def test_the_shipped_pair_stands_for_its_settings(tmp_path):
    from lgm_core import pretrained
    from lgm_core.detection.dimensions import settings_for

    wanted: list[TrainSettings] = [settings_for("lgm", 64), settings_for("softmax", 64)]
    runner = LocalRunner(Store(tmp_path))
    assert runner.train(wanted, lambda share: None) == [pretrained.LGM, pretrained.SOFTMAX]
    assert runner.figures(pretrained.LGM)["spread"] > 0


def test_what_goes_wrong_in_a_run_is_one_sentence(tmp_path, runner):
    with pytest.raises(EvidenceError, match="no such run"):
        LocalRunner(Store(tmp_path)).figures("0" * 16)
    with pytest.raises(EvidenceError, match="own-"):
        LocalRunner(Store(tmp_path)).train([digits(data="own-" + "0" * 16)], lambda share: None)
