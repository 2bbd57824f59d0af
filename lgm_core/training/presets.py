"""Ready-made comparisons, each with the one thing to see in it."""

from __future__ import annotations

from typing import NamedTuple

from lgm_core.training.comparison import Comparison


class Preset(NamedTuple):
    """A comparison to start from: ``title``, what to look for, and the settings."""

    title: str
    lesson: str
    comparison: Comparison


PRESETS: dict[str, Preset] = {
    "margin": Preset(
        "L-GM, margin 1",
        "Softmax spreads the digits into rays; L-GM gathers each class around a mean, "
        "and the margin keeps the classes apart.",
        Comparison(),
    ),
    "no-margin": Preset(
        "L-GM without margin",
        "With α = 0 the right side is a plain Gaussian mixture classifier: classes may touch.",
        Comparison(alpha=0.0),
    ),
    "softmax": Preset(
        "Plain softmax, center loss",
        "Softmax beside center loss: what pulling features to a center does, without a density.",
        Comparison(left="softmax", right="center"),
    ),
    "large-margin": Preset(
        "Margin too large",
        "With α = 3 the true class must win by a factor of four: "
        "training starts slowly and hard digits pay for it.",
        Comparison(alpha=3.0),
    ),
    "no-likelihood": Preset(
        "λ = 0: no density",
        "Without the likelihood term nothing ties the features to the Gaussians: "
        "they classify well and the log-likelihood says nothing.",
        Comparison(lambda_=0.0),
    ),
    "collapse": Preset(
        "λ too large",
        "The likelihood term wins: every feature is pulled to one place and classes merge.",
        Comparison(lambda_=2.0, alpha=0.0),
    ),
    "covariance": Preset(
        "Learned covariance",
        "Each Gaussian learns its own variances; the ellipses follow the clusters.",
        Comparison(covariance="diagonal", alpha=0.3),
    ),
    "authors": Preset(
        "The authors' schedule",
        "The margin grows in steps, 0.1, 0.2, 0.3, as in the authors' training.",
        Comparison(margin_schedule="stepped", alpha=0.3),
    ),
}
