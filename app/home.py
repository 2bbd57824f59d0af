"""The landing page: what this is, a card for each page, and one click to the demonstration."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import streamlit as st

from app import pairs
from app.feature_space import PLAY
from app.panels.feature_space import PanelRun
from app.panels.thumbnail import thumbnail
from app.showcase import showcase
from app.sidebar import WORDS
from app.style import hide_sidebar
from lgm_core.runs.engine import DigitsRun

_ROOT = Path(__file__).parent.parent
_FEATURE_SPACE = _ROOT / "pages" / "feature_space.py"
_STRANGE_INPUTS = _ROOT / "pages" / "adversarial.py"
_FACES = _ROOT / "pages" / "face_alignment.py"
_EVIDENCE = _ROOT / "pages" / "evidence.py"


def page() -> None:
    """Draws the landing page."""
    hide_sidebar()
    st.title("What does a loss function do to a feature space?")
    st.markdown(
        "Two small networks learn to read handwritten digits in front of you, from the same "
        "starting weights and the same batches. One is trained with softmax, the other with the "
        "large-margin Gaussian mixture loss. Watch the features move while you turn the margin "
        "and the likelihood weight.",
        width=820,
    )
    _feature_space_card()
    for card in _CARDS:
        _draw(card)
    st.caption(
        "Wan, Zhong, Li, Chen: Rethinking Feature Distribution for Loss Functions in Image "
        "Classification, CVPR 2018. Zhong, Chen, Huang: Toward End-to-End Face Recognition through "
        "Alignment Learning, 2017. Digits: MNIST (LeCun, Cortes, Burges). Faces: the ORL database "
        "of AT&T Laboratories Cambridge (Samaria, Harter)."
    )


def _feature_space_card() -> None:
    own = _own_runs()
    with st.container(border=True):
        picture, words = st.columns([3, 2], vertical_alignment="center", gap="medium")
        with words:
            st.subheader("Feature space")
            st.markdown(
                "Softmax spreads digits into rays; L-GM gathers each class around a mean. "
                "Train both live, half a minute on this machine, without a network; drag the "
                "margin while they move; look into any digit."
            )
            if own:
                if st.button("Back to your training", type="primary"):
                    st.switch_page(_FEATURE_SPACE)
            elif st.button("Start the demonstration", type="primary", icon=":material/play_arrow:"):
                st.session_state[PLAY] = True
                st.switch_page(_FEATURE_SPACE)
        with picture:
            _picture(own or showcase(), own is not None)


class _Card(NamedTuple):
    """What stands on a card whose picture is a screenshot."""

    title: str
    words: str
    button: str
    page: Path
    shot: str  #: name of the picture
    shows: str  #: for those who do not see it


_CARDS = (
    _Card(
        "Strange inputs",
        "Attack both models and see where the attacked digits travel. Move a threshold over the "
        "likelihood's histogram; then let the attacker know the detector. Draw something yourself.",
        "Attack a trained pair",
        _STRANGE_INPUTS,
        "strange-inputs",
        "Attacked digits, their ways through feature space, and histograms of likelihood and "
        "probability for clean and attacked digits.",
    ),
    _Card(
        "Faces",
        "Turned, shifted, scaled faces straighten themselves while a network learns who they are: "
        "no landmarks, no template. See the mean face come into focus; turn a face yourself, your "
        "own if you like.",
        "Watch faces straighten",
        _FACES,
        "faces",
        "A wall of faces, each as it was disturbed and as the network straightens it, and the "
        "mean face before and after.",
    ),
    _Card(
        "Evidence",
        "Who supports and who contrasts a claim, in their own words; then check the claim here, "
        "and add your own runs to the same ledger. One claim, different verdicts by setting.",
        "Read the evidence",
        _EVIDENCE,
        "evidence",
        "A paper's page: how many statements support, contrast or mention it, by year, and the "
        "statements with the words that decided.",
    ),
)


def _draw(card: _Card) -> None:
    with st.container(border=True):
        picture, words = st.columns([3, 2], vertical_alignment="center", gap="medium")
        with words:
            st.subheader(card.title)
            st.markdown(card.words)
            if st.button(card.button):
                st.switch_page(card.page)
        with picture:
            _screenshot(card.shot, card.shows)


def _screenshot(name: str, words: str) -> None:
    dark = st.context.theme.type == "dark"
    shot = _ROOT / "docs" / "images" / f"{name}-{'dark' if dark else 'light'}.png"
    if shot.is_file():
        st.image(str(shot), width="stretch", alt=words)


def _picture(runs: tuple[DigitsRun, DigitsRun] | None, own: bool) -> None:
    if runs:
        left, right = (_shown(run, own) for run in runs)
        whose = "your runs" if own else "two runs on this machine"
        thumbnail(
            left=left,
            right=right,
            label=f"The features of 2,000 digits in {whose}: {left.title} beside {right.title}.",
            key="feature-space.thumbnail",
        )
        return
    _screenshot(
        "feature-space",
        "Softmax spreads 2,000 digits into rays; L-GM gathers them in ten Gaussians.",
    )


def _own_runs() -> tuple[DigitsRun, DigitsRun] | None:
    """The visitor's runs, if they have begun to train."""
    pair = pairs.current()
    runs = pairs.runs(pair) if pair else ()
    if len(runs) == 2 and all(run.reader.count() > 1 for run in runs):
        return runs[0], runs[1]
    return None


def _shown(run: DigitsRun, own: bool) -> PanelRun:
    # With the token it counts as looked at by its owner, so that it trains on.
    loss = run.settings.loss
    return PanelRun(run.id, WORDS["loss"][loss], loss, run.token if own else None)
