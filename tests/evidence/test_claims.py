"""The claims as data: whole, measurable, and each with a setting that can be waited for."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from pydantic import ValidationError

from lgm_core.alignment.settings import AlignSettings
from lgm_core.detection.settings import DetectSettings
from lgm_core.evidence.claim import LIVE_SECONDS, Claim, claim, load_claims
from lgm_core.evidence.paper import EvidenceError
from lgm_core.evidence.statistics import KINDS
from lgm_core.training.settings import TrainSettings

ROOT = Path(__file__).resolve().parents[2]
FOLDER = files("lgm_core.evidence") / "claims"


def raw(claim_id: str) -> dict:
    """A claim's file."""
    (path,) = (e for e in FOLDER.iterdir() if e.name.endswith(f"-{claim_id}.json"))
    return json.loads(path.read_text(encoding="utf-8"))


def test_every_kind_of_measurement_has_a_claim_and_ids_are_the_files_names():
    claims = load_claims()
    assert {known.kind for known in claims} == set(KINDS)
    names = sorted(e.name for e in FOLDER.iterdir() if e.name.endswith(".json"))
    assert names == [f"{n}-{known.id}.json" for n, known in enumerate(claims, 1)]
    assert len({known.id for known in claims}) == len(claims)


def test_the_works_are_the_two_papers_and_known_as_references():
    works = {known.work for known in load_claims()}
    assert {(work.arxiv, work.year) for work in works} == {
        ("1803.02988", 2018),
        ("1701.07174", 2017),
    }
    for work in works:
        reference = work.reference()
        assert (reference.title, reference.authors) == (work.title, work.authors)
        assert (reference.doi, reference.arxiv) == (work.doi, work.arxiv)
        assert reference.doi is None or reference.doi == reference.doi.lower()


@pytest.mark.parametrize("known", load_claims(), ids=lambda known: known.id)
def test_each_claim_can_be_measured_live_and_at_length(known: Claim):
    assert known.live_variants
    assert all(variant.seconds <= LIVE_SECONDS for variant in known.live_variants)
    assert any(variant.seconds > LIVE_SECONDS for variant in known.variants)
    kind = KINDS[known.kind]
    for variant in known.variants:
        runs, studies = variant.seeded(7)
        assert len(runs) == kind.runs
        assert len(studies) == kind.studies
        assert all(isinstance(run, kind.trains) for run in runs)
        assert {run.seed for run in runs} | {study.seed for study in studies} == {7}
        # A pair differs in what the claim speaks of and in nothing else.
        if len(runs) == 2:
            first, second = (run.model_dump() for run in runs)
            differing = {name for name in first if first[name] != second[name]}
            assert len(differing) == 1, variant.name
            assert differing <= {"loss", "alpha", "lambda_", "transform"}
        if len(studies) == 2:
            plain, adaptive = studies
            assert (plain.attack, adaptive.attack) == ("pgd", "adaptive")
            assert (plain.epsilon, plain.count, plain.steps) == (
                adaptive.epsilon, adaptive.count, adaptive.steps,
            )  # fmt: skip


@pytest.mark.parametrize("known", load_claims(), ids=lambda known: known.id)
def test_files_name_every_setting_so_that_no_default_can_change_a_claim(known: Claim):
    wanted = {
        frozenset(model().model_dump(by_alias=True, exclude={"seed"}))
        for model in (TrainSettings, AlignSettings)
    }
    for variant in raw(known.id)["variants"]:
        assert all(frozenset(run) in wanted for run in variant["runs"].values())
        for study in variant.get("studies", {}).values():
            assert set(study) == set(DetectSettings().model_dump(exclude={"seed"}))


def test_no_two_variants_of_a_claim_have_the_same_settings():
    for known in load_claims():
        settings = [json.dumps(v.settings(), sort_keys=True) for v in known.variants]
        assert len(set(settings)) == len(settings), known.id


def test_settings_of_a_variant_are_its_own_without_the_seed():
    variant = claim("likelihood-detects").variant("d = 64, pgd 0.2")
    assert variant.name == "D = 64, PGD 0.2"
    settings = variant.settings()
    assert settings == json.loads(json.dumps(settings))
    assert "seed" not in json.dumps(settings)
    for label, run in variant.runs.items():
        back = TrainSettings.model_validate(settings["runs"][label] | {"seed": run.seed})
        assert back == run


@pytest.mark.parametrize("name", ["", "x" * 500, "Likelihood-Detects"])
def test_an_unknown_claim_is_one_sentence_with_the_known_ones(name: str):
    with pytest.raises(EvidenceError) as caught:
        claim(name)
    told = str(caught.value)
    assert "likelihood-detects" in told
    assert "detection-survives-adaptive" in told
    assert len(told) < 400


def test_an_unknown_variant_is_one_sentence_with_the_known_ones():
    with pytest.raises(EvidenceError, match=r"'D = 3'; allowed for lgm-classifies: D = 2; D = 64"):
        claim("lgm-classifies").variant("D = 3")


def spoilt(change) -> dict:
    data = raw("likelihood-detects")
    change(data)
    return data


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d["variants"][0]["runs"].pop("softmax"), "needs 2 and 1"),
        (lambda d: d["variants"][0].pop("studies"), "needs 2 and 1"),
        (lambda d: d.update(kind="alignment"), "needs 2 and 0"),
        (lambda d: d.update(kind="telepathy"), "kind"),
        (lambda d: d["variants"][0].update(name=d["variants"][1]["name"]), "same name"),
        (lambda d: d["variants"][0]["runs"]["L-GM"].update(alpha=9), "alpha"),
        (lambda d: d["variants"][0]["rule"].update(contrasting_below=1), "contrasting_below"),
        (lambda d: d.update(variants=[]), "variants"),
        (lambda d: d.update(colour="red"), "colour"),
    ],
)
def test_a_claim_that_cannot_be_measured_is_refused(change, words):
    with pytest.raises(ValidationError, match=words):
        Claim.model_validate(spoilt(change))


def test_faces_do_not_measure_what_digits_must():
    data = raw("alignment-from-identity") | {"kind": "accuracy"}
    with pytest.raises(ValidationError, match="other data"):
        Claim.model_validate(data)


def test_the_server_can_list_claims_without_loading_torch():
    code = (
        "import sys; from lgm_core.evidence import claim, engine_runner, measure; "
        "claim.load_claims(); "
        "sys.exit(any(m in sys.modules for m in ('torch', 'sklearn', 'scipy')))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0
