"""Papers by hand, for tests of what is built on them."""

from __future__ import annotations

from lgm_core.evidence.classify.verdict import Verdict
from lgm_core.evidence.entry import Entry, Origin
from lgm_core.evidence.paper import LABELS, Label, Marker, Paper, Paragraph, Reference
from lgm_core.evidence.statements import statements

WAN = Reference(
    "wan", "Rethinking Feature Distribution for Loss Functions in Image Classification",
    ("Wan, Weitao", "Zhong, Yuanyi"), 2018, "CVPR", None, "1803.02988",
)  # fmt: skip
WEN = Reference(
    "wen", "A Discriminative Feature Learning Approach", ("Wen, Yandong",), 2016, "ECCV"
)


def verdict(label: Label, probability: float = 0.8) -> Verdict:
    probabilities = dict.fromkeys(LABELS, (1 - probability) / 2) | {label: probability}
    return Verdict(label, probability, probabilities, ())


def entry(
    title: str,
    *said: tuple[str, Label],
    references: tuple[Reference, ...] = (WAN, WEN),
    year: int = 2024,
    origin: Origin | None = None,
) -> Entry:
    """A paper of one paragraph; ``[key]`` in a sentence cites the reference of that key."""
    text, markers = "", []
    for sentence, _ in said:
        start = len(text)
        text += sentence + " "
        for reference in references:
            at = sentence.find(f"[{reference.key}]")
            if at >= 0:
                end = at + len(reference.key) + 2
                markers.append(Marker(start + at, start + end, (reference.key,)))
    markers.sort(key=lambda marker: marker.start)
    paragraph = Paragraph(text.strip(), tuple(markers), "results", "Results")
    found = statements([paragraph])
    labels = dict(said)
    verdicts = tuple(tuple(verdict(labels[one.sentence]) for _ in one.citations) for one in found)
    paper = Paper("text", title, ("Lind, Ada",), year, None, None, references, found)
    return Entry(paper, origin or Origin(f"{title}.txt"), verdicts)
