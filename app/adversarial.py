"""The page of strange inputs: models and question from the sidebar, the rest in the panel."""

from __future__ import annotations

import streamlit as st

from app import pairs
from app.broadcast import find_run
from app.engine import engine
from app.panels.strange import Model, strange_inputs
from app.sidebar import WORDS as TRAINING_WORDS
from lgm_core import pretrained
from lgm_core.detection.settings import DetectSettings
from lgm_core.runs.engine import Run
from lgm_core.training.settings import bounds

_PREFIX = "strange-inputs."
_SHIPPED, _OWN = "Shipped pair, D = 64", "Your newest pair"

#: How the words of a setting read on the page.
WORDS = {
    "inputs": {
        "adversarial": "Attacked digits",
        "noise": "Noise",
        "gaussian": "Noise, as bright as digits",
        "rotated": "Rotated digits",
        "inverted": "Inverted digits",
        "occluded": "Occluded digits",
        "faces": "Faces",
    },
    "attack": {
        "fgsm": "FGSM, one step",
        "bim": "BIM, small steps",
        "pgd": "PGD, from random starts",
        "adaptive": "Adaptive: knows the detector",
        "deepfool": "DeepFool",
        "cw": "Carlini-Wagner",
    },
}

_WORDS = (
    "Drag a threshold: what lies left of it is called strange.\n"
    "A high likelihood is no proof of a clean input: an attacker who knows the detector can "
    "raise it. Choose the adaptive attack and look again."
)


def page() -> None:
    """Draws the page."""
    # While the browser still loads the page's scripts, its answers' processes load theirs.
    engine().bench.warm_up()
    with st.sidebar:
        models = _models()
        settings = _settings()
        st.caption(f"Dimension {_dimension(models)}.")
    if not models:
        st.stop()
    shown = WORDS["inputs"][settings.inputs].lower()
    strange_inputs(models=models, settings=settings.model_dump(), strange=shown, words=_WORDS)


def _models() -> list[Model]:
    own = _own_pair()
    choices = [_SHIPPED, *([_OWN] if own else [])]
    chosen = st.selectbox("Models", choices, key=_PREFIX + "models")
    if chosen == _OWN and own:
        names = [TRAINING_WORDS["loss"][run.settings.loss] for run in own]
        return [Model(run.id, name) for run, name in zip(own, names, strict=True)]
    return [Model(pretrained.SOFTMAX, "Softmax"), Model(pretrained.LGM, "L-GM")]


def _own_pair() -> tuple[Run, ...]:
    """The visitor's runs, once both have ended with weights."""
    pair = pairs.current()
    runs = pairs.runs(pair) if pair else ()
    ended = len(runs) == 2 and all(
        (run.reader.folder / "weights.safetensors").is_file() for run in runs
    )
    return runs if ended else ()


def _dimension(models: list[Model]) -> int:
    run = find_run(models[0].id)
    return run.settings.feature_dim if run else 0


def _settings() -> DetectSettings:
    fields = DetectSettings.model_fields
    inputs = st.selectbox(
        "Input",
        list(WORDS["inputs"]),
        format_func=WORDS["inputs"].__getitem__,
        key=_PREFIX + "inputs",
        help=fields["inputs"].description,
    )
    values: dict[str, object] = {"inputs": inputs}
    if inputs == "adversarial":
        values["attack"] = st.selectbox(
            "Attack",
            list(WORDS["attack"]),
            format_func=WORDS["attack"].__getitem__,
            key=_PREFIX + "attack",
            help=fields["attack"].description,
        )
        values["epsilon"] = st.slider(
            "Size ε",
            0.0,
            0.5,
            0.2,
            0.01,
            key=_PREFIX + "epsilon",
            help=fields["epsilon"].description,
        )
        if values["attack"] in ("bim", "pgd", "adaptive"):
            low, high = bounds("steps", DetectSettings) or (1, 200)
            values["steps"] = st.number_input(
                "Steps",
                int(low),
                int(high),
                20,
                key=_PREFIX + "steps",
                help=fields["steps"].description,
            )
        if values["attack"] == "adaptive":
            values["weight"] = st.slider(
                "Weight of the detector",
                0.0,
                10.0,
                1.0,
                0.5,
                key=_PREFIX + "weight",
                help=fields["weight"].description,
            )
    values["count"] = st.select_slider(
        "Digits",
        [50, 100, 200, 500, 1000],
        1000,
        key=_PREFIX + "count",
        help=fields["count"].description,
    )
    return DetectSettings.model_validate(values)
