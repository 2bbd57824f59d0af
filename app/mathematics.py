"""The mathematics of the feature-space page, in a dialog beside the picture."""

from __future__ import annotations

import streamlit as st

TEXT = r"""
Features $x \in \mathbb{R}^D$, classes $k = 1 \dots K$ with equal priors, means $\mu_k$, diagonal
covariances $\Sigma_k$.

Half the squared Mahalanobis distance to a class:
$\;d_k(x) = \tfrac12 (x - \mu_k)^\top \Sigma_k^{-1} (x - \mu_k)$

Log-likelihood:
$\;\log \mathcal{N}(x; \mu_k, \Sigma_k) = -d_k - \tfrac12 \log|\Sigma_k| - \tfrac D2 \log 2\pi$

**Classification** (section 3.2, with the margin of 3.3). Cross-entropy of the logits
$-d_k - \tfrac12\log|\Sigma_k|$, where the true class $z$ counts its distance
:red[$(1+\alpha)$] times: it must win although it is handicapped. At test time there is no margin.
The hatched band is where the decision would change if the margin were applied.

**Likelihood** (section 3.2). :violet[$\lambda$] $\bigl(d_z + \tfrac12 \log|\Sigma_z|\bigr)$
pulls every feature to the mean of its class. Without it the features may lie anywhere on the
right side of a boundary, and their density says nothing.

**Softmax** has logits $w_k^\top x + b_k$ and no density; its ellipses are measured from the
points, L-GM's are the model's own.

Wan, Zhong, Li, Chen: *Rethinking Feature Distribution for Loss Functions in Image
Classification*, CVPR 2018.
"""


def mathematics() -> None:
    """A button that opens the dialog."""
    if st.button("The mathematics", width="stretch"):
        _dialog()


@st.dialog("The mathematics", width="large")
def _dialog() -> None:
    st.markdown(TEXT)
