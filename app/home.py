"""The landing page: what this is, and one click to the main demonstration."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app.feature_space import PLAY

_ROOT = Path(__file__).parent.parent
_SHOTS = _ROOT / "docs" / "images"


def page() -> None:
    """Draws the landing page."""
    st.title("What does a loss function do to a feature space?")
    st.markdown(
        "Two small networks learn to read handwritten digits in front of you, from the same "
        "starting weights and the same batches. One is trained with softmax, the other with the "
        "large-margin Gaussian mixture loss. Watch the features move while you turn the margin "
        "and the likelihood weight."
    )
    with st.container(border=True):
        picture, words = st.columns([3, 2], vertical_alignment="center")
        dark = st.context.theme.type == "dark"
        shot = _SHOTS / f"feature-space-{'dark' if dark else 'light'}.png"
        if shot.is_file():
            picture.image(
                str(shot),
                width="stretch",
                alt="Softmax spreads 2,000 digits into rays; L-GM gathers them in ten Gaussians.",
            )
        with words:
            st.subheader("Feature space")
            st.markdown(
                "Softmax spreads digits into rays; L-GM gathers each class around a mean. "
                "Trains in half a minute on this machine, without a network."
            )
            if st.button("Start the demonstration", icon=":material/play_arrow:"):
                st.session_state[PLAY] = True
                st.switch_page(_ROOT / "pages" / "feature_space.py")
    st.caption(
        "Wan, Zhong, Li, Chen: Rethinking Feature Distribution for Loss Functions in Image "
        "Classification, CVPR 2018. Digits: MNIST (LeCun, Cortes, Burges)."
    )
