"""What the classifier makes of a citation; apart from it, so that readers need no scikit-learn."""

from __future__ import annotations

from dataclasses import dataclass

from lgm_core.evidence.paper import Label


@dataclass(frozen=True)
class Verdict:
    """What the classifier makes of one citation."""

    label: Label
    probability: float  #: of the label, 0 to 1
    probabilities: dict[Label, float]  #: of all three; they add up to 1
    words: tuple[tuple[int, int], ...]  #: the words of the sentence that decided, in order
