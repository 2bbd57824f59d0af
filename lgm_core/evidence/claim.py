"""Claims of the papers that the lab teaches, and what would test each: data, and its form."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from lgm_core.detection.settings import DetectSettings
from lgm_core.evidence.interval import Rule
from lgm_core.evidence.paper import EvidenceError, Reference
from lgm_core.evidence.statistics import KINDS, KindName
from lgm_core.runs.kinds import RunSettings

#: A variant that takes three seeds no longer than this many seconds is offered live.
LIVE_SECONDS = 120


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Work(_Frozen):
    """The paper that makes the claim."""

    title: str
    authors: tuple[str, ...]  #: "Family, Given", in order
    year: int
    venue: str
    doi: str | None = None
    arxiv: str

    def reference(self) -> Reference:
        """The same as an entry of a bibliography, so that papers that cite it can be found."""
        return Reference(
            self.arxiv, self.title, self.authors, self.year, self.venue, self.doi, self.arxiv
        )


def _labelled(runs: dict[str, Any]) -> dict[str, Any]:
    if not all(label.strip() for label in runs):
        raise ValueError("every run and study has a label")
    return runs


class Variant(_Frozen):
    """One setting under which a claim is tested: everything that is needed to repeat it.

    The seeds of ``runs`` and ``studies`` are replaced by the seed that is measured.
    """

    name: str = Field(min_length=1)
    #: By label; the run that the claim speaks well of comes first.
    runs: Annotated[dict[str, RunSettings], AfterValidator(_labelled)]
    #: By label; each is asked of every run.
    studies: Annotated[dict[str, DetectSettings], AfterValidator(_labelled)] = {}
    statistic: str = Field(min_length=1, description="What the one number a seed is.")
    unit: str = Field(min_length=1)
    rule: Rule
    seconds: int = Field(
        gt=0, description="About so long three seeds take on two cores, nothing known before."
    )

    @property
    def live(self) -> bool:
        """Whether it is quick enough to be waited for."""
        return self.seconds <= LIVE_SECONDS

    def seeded(self, seed: int) -> tuple[list[RunSettings], list[DetectSettings]]:
        """What is trained for one seed, and what each of these runs is asked."""
        return (
            [settings.model_copy(update={"seed": seed}) for settings in self.runs.values()],
            [settings.model_copy(update={"seed": seed}) for settings in self.studies.values()],
        )

    def settings(self) -> dict[str, Any]:
        """Everything but the seeds, ready for JSON: rows that differ in it are other rows."""

        def plain(settings: BaseModel) -> dict[str, Any]:
            return settings.model_dump(mode="json", by_alias=True, exclude={"seed"})

        return {
            "runs": {label: plain(settings) for label, settings in self.runs.items()},
            "studies": {label: plain(settings) for label, settings in self.studies.items()},
        }


_Group = Annotated[tuple[Annotated[str, Field(min_length=3)], ...], Field(min_length=1)]


class Claim(_Frozen):
    """What a paper says, and the measurement that tests it."""

    id: str = Field(pattern=r"^[a-z]+(-[a-z]+)*$")
    statement: str = Field(min_length=1)
    work: Work
    why: str = Field(min_length=1, description="What the measurement does.")
    #: Beginnings of words by which statements that speak of it are known: one of each group.
    terms: tuple[_Group, ...] = Field(min_length=1)
    kind: KindName
    variants: tuple[Variant, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _measurable(self) -> Claim:
        kind = KINDS[self.kind]
        for variant in self.variants:
            found = len(variant.runs), len(variant.studies)
            if found != (kind.runs, kind.studies):
                raise ValueError(
                    f"{variant.name} has {found[0]} runs and {found[1]} studies; "
                    f"{self.kind} needs {kind.runs} and {kind.studies}"
                )
            if not all(isinstance(run, kind.trains) for run in variant.runs.values()):
                raise ValueError(f"{variant.name} trains on other data than {self.kind} needs")
        if len({variant.name for variant in self.variants}) < len(self.variants):
            raise ValueError("two variants have the same name")
        return self

    @property
    def live_variants(self) -> tuple[Variant, ...]:
        """Those that are quick enough to be waited for."""
        return tuple(variant for variant in self.variants if variant.live)

    def variant(self, name: str) -> Variant:
        """The variant of this name, in whatever case.

        Raises:
            EvidenceError: if there is none; names those that there are.
        """
        for variant in self.variants:
            if variant.name.casefold() == name.strip().casefold():
                return variant
        names = "; ".join(variant.name for variant in self.variants)
        raise EvidenceError(f"The variant is {_short(name)}; allowed for {self.id}: {names}.")


@cache
def load_claims() -> tuple[Claim, ...]:
    """Every claim, in the order of their files' names."""
    folder = files("lgm_core.evidence") / "claims"
    found = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".json")),
        key=lambda entry: entry.name,
    )
    return tuple(Claim.model_validate_json(entry.read_text(encoding="utf-8")) for entry in found)


def claim(claim_id: str) -> Claim:
    """The claim of this id.

    Raises:
        EvidenceError: if there is none; names those that there are.
    """
    for known in load_claims():
        if known.id == claim_id:
            return known
    names = ", ".join(known.id for known in load_claims())
    raise EvidenceError(f"The claim is {_short(claim_id)}; allowed: {names}.")


def _short(text: str, limit: int = 60) -> str:
    shown = repr(text)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"
