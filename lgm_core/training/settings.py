"""What defines a run: the one table that drives validation, URLs, widgets, options and help.

A :class:`TrainSettings` holds everything needed to repeat a run. :class:`Knobs` holds the
part that may change while the run trains. Ranges, defaults and help texts stand in the fields
and nowhere else: the command line, the query string and the page read them from here.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

LossName = Literal["softmax", "lgm", "center", "l-softmax", "sphereface", "cosface", "arcface"]
Covariance = Literal["identity", "isotropic", "diagonal"]
MarginSchedule = Literal["constant", "stepped"]
Decay = Literal["none", "cosine"]
NetworkName = Literal["live", "batchnorm", "paper"]

M = TypeVar("M", bound=BaseModel)

#: Losses that model the density of the features, so that a log-likelihood exists.
DENSITY_LOSSES: frozenset[str] = frozenset({"lgm"})

DATA_PATTERN = r"^(bundled|full|own-[0-9a-f]{16})$"


class SettingsError(ValueError):
    """A setting has a value that is not allowed; the message names it and the allowed ones."""


class _Frozen(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True
    )


class Knobs(_Frozen):
    """What may change between two training steps of a running run."""

    alpha: float = Field(
        1.0,
        ge=0.0,
        le=3.0,
        title="margin α",
        description="Margin: the distance to the true class counts (1 + α) times.",
    )
    lambda_: float = Field(
        0.1,
        ge=0.0,
        le=2.0,
        alias="lambda",
        title="likelihood weight λ",
        description="Weight of the likelihood loss, which pulls features to their class mean.",
    )
    learning_rate: float = Field(
        0.004,
        ge=1e-5,
        le=0.1,
        title="learning rate",
        description="Step size of Adam.",
    )


class SharedSettings(Knobs):
    """All that a run needs besides its loss, the seed included."""

    covariance: Covariance = Field(
        "identity",
        title="covariance Σ",
        description="Covariance of each Gaussian: fixed identity, one learned variance a class, "
        "or a learned diagonal.",
    )
    margin_schedule: MarginSchedule = Field(
        "constant",
        title="margin schedule",
        description="Margin from the first step on, or growing in steps as the authors let it: "
        "0.1, doubled on a schedule, capped at 0.3.",
    )
    feature_dim: int = Field(
        2,
        ge=2,
        le=128,
        title="feature dimension D",
        description="Number of features the network ends in.",
    )
    network: NetworkName = Field(
        "live",
        title="network",
        description="Small network that trains live, the same with batch normalisation, or the "
        "paper's six convolutions.",
    )
    data: Annotated[str, Field(pattern=DATA_PATTERN)] = Field(
        "bundled",
        title="digits",
        description="5,000 bundled MNIST digits, the full 70,000, or a set of your own (own-…).",
    )
    decay: Decay = Field(
        "cosine",
        title="learning-rate decay",
        description="The learning rate as set, or falling to 0 along a cosine by the last epoch.",
    )
    batch_size: int = Field(
        50,
        ge=8,
        le=1024,
        title="batch size",
        description="Digits per training step.",
    )
    epochs: int = Field(
        20,
        ge=1,
        le=500,
        title="epochs",
        description="Passes over the training digits.",
    )
    seed: int = Field(
        0,
        ge=0,
        le=2**31 - 1,
        title="seed",
        description="Fixes the starting weights and the order of the digits.",
    )

    @property
    def knobs(self) -> Knobs:
        """The live part of these settings, as the run starts with it."""
        return Knobs(**{name: getattr(self, name) for name in Knobs.model_fields})


class TrainSettings(SharedSettings):
    """Everything needed to repeat a training run."""

    loss: LossName = Field(
        "lgm",
        title="loss",
        description="Loss on top of the features.",
    )

    @property
    def has_density(self) -> bool:
        """Whether the loss models the density of the features."""
        return self.loss in DENSITY_LOSSES


#: Short names for links and the command line, where they differ from the field's.
_SHORT = {
    "lambda_": "lambda",
    "learning_rate": "lr",
    "margin_schedule": "schedule",
    "feature_dim": "dim",
    "batch_size": "batch",
    "people": "data",
    "localiser_rate": "localiser-lr",
}


def public_name(field: str) -> str:
    """A field's name in links and on the command line: ``feature_dim`` is ``dim``."""
    return _SHORT.get(field, field)


def to_public(settings: BaseModel) -> dict[str, Any]:
    """The settings by their public names."""
    return {public_name(name): getattr(settings, name) for name in type(settings).model_fields}


def choices(field: str, model: type[BaseModel] = TrainSettings) -> tuple[str, ...] | None:
    """The allowed words of a field, or None where it is a number or a pattern."""
    words = get_args(model.model_fields[field].annotation)
    return tuple(words) if words and all(isinstance(w, str) for w in words) else None


def bounds(field: str, model: type[BaseModel] = TrainSettings) -> tuple[float, float] | None:
    """Lowest and highest allowed value of a numeric field, or None."""
    low = high = None
    for rule in model.model_fields[field].metadata:
        low = getattr(rule, "ge", low)
        high = getattr(rule, "le", high)
    return None if low is None or high is None else (low, high)


def allowed(field: str, model: type[BaseModel] = TrainSettings) -> str:
    """The allowed values of a field in words, for help texts and error messages."""
    if words := choices(field, model):
        return ", ".join(words)
    if limits := bounds(field, model):
        low, high = (f"{x:,}" if isinstance(x, int) else f"{x:g}" for x in limits)
        optional = type(None) in get_args(model.model_fields[field].annotation)
        return f"{low} to {high}" + (", or none" if optional else "")
    if field == "data":
        return "bundled, full, own-… (a set of your own)"
    if field == "people":
        return "orl, synthetic, olivetti, lfw, own-… (a set of your own)"
    return "true or false"


def explain(error: ValidationError, model: type[BaseModel] = TrainSettings) -> dict[str, str]:
    """One plain sentence a bad field: the value that came and the ones that are allowed."""
    by_alias = {info.alias: name for name, info in model.model_fields.items() if info.alias}
    sentences: dict[str, str] = {}
    for item in error.errors(include_url=False, include_context=False):
        shown = str(item["loc"][0]) if item["loc"] else "settings"
        field = by_alias.get(shown, shown)
        if field in model.model_fields:
            value = _short(item["input"])
            words = f"{public_name(field)} is {value}; allowed: {allowed(field, model)}."
            sentences[field] = words
        else:
            sentences[shown] = f"{_short(shown)} is not a setting."
    return sentences


def parse(values: dict[str, Any], model: type[M]) -> M:
    """Settings of type ``model`` from untrusted values by public name.

    Raises:
        SettingsError: with one plain sentence a bad value.
    """
    settings, problems = read(values, model, strict=True)
    if problems:
        raise SettingsError(" ".join(problems))
    return settings


def read(values: dict[str, Any], model: type[M], *, strict: bool = False) -> tuple[M, list[str]]:
    """Settings from untrusted values by public name, and a sentence for each bad one.

    A bad value gives way to the default. An unknown name is a problem only where ``strict``.
    """
    fields = {public_name(name): name for name in model.model_fields}
    problems = [f"{_short(name)} is not a setting." for name in values if name not in fields]
    known = {fields[name]: value for name, value in values.items() if name in fields}
    problems = problems if strict else []
    try:
        return model.model_validate(known), problems
    except ValidationError as error:
        bad = explain(error, model)
        good = {name: value for name, value in known.items() if name not in bad}
        return model.model_validate(good), problems + list(bad.values())


def _short(value: object, limit: int = 40) -> str:
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
