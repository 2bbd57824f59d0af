"""The labelled citation statements that come with the lab, and how they are divided.

Those of ``labelled/`` are trained on and measured on; those of ``practice/`` are trained on only.
They were written later, by writers who saw neither the others nor the classifier.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

from lgm_core.evidence.classify.context import Context
from lgm_core.evidence.paper import LABELS, SECTIONS, EvidenceError, Label, Section

#: Whose statements were written to be hard; those of the other fields are like everyday papers.
FIRST_FIELDS = frozenset(
    [
        "biomedicine", "earth_sciences", "ecology", "economics", "language", "machine_learning",
        "physical_sciences", "psychology", "social_sciences",
    ]
)  # fmt: skip
MAX_CHARACTERS = 4_000  #: of a statement, and of each sentence beside it
_MOST_PLACES = 50  #: statements remembered for a pair of words
_PACKAGE = "lgm_core.evidence"
_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class Example:
    """A citing sentence with its label; the citation in question is ``[CITE]`` in the text."""

    text: str
    label: Label
    before: str = ""
    after: str = ""
    section: Section = "other"
    field: str = "other"
    hard: bool = False  #: a reader of keywords would go wrong

    @property
    def context(self) -> Context:
        """As the classifier reads it."""
        return Context(self.text, self.before, self.after, self.section)


def load_labelled() -> list[Example]:
    """Every labelled statement of the lab, by file and line.

    Raises:
        EvidenceError: a line is not what it should be; the message names file and line.
    """
    return list(_statements("labelled"))


def load_practice() -> list[Example]:
    """Every statement to practise on, never measured on; none is like one of the others.

    Raises:
        EvidenceError: a line is not what it should be; the message names file and line.
    """
    return list(_statements("practice"))


@cache
def _statements(name: str) -> tuple[Example, ...]:
    folder = files(_PACKAGE).joinpath(name)
    found: list[Example] = []
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".jsonl"):
            lines = file.read_text(encoding="utf-8").splitlines()
            found += read_labelled(lines, file.name)
    return tuple(found)


def read_labelled(lines: Iterable[str], name: str) -> list[Example]:
    """The statements of one file, each line a JSON object.

    Args:
        lines: of the file; empty ones are passed over.
        name: of the file, for messages.

    Raises:
        EvidenceError: a line is not JSON, or lacks the text, ``[CITE]`` or a known label.
    """
    return [
        _example(line, f"Line {number} of {name}")
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]


def _example(line: str, where: str) -> Example:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise EvidenceError(f"{where} is not JSON.") from None
    if not isinstance(found, dict):
        raise EvidenceError(f"{where} is not a JSON object.")
    texts = {key: found.get(key, "") for key in ("text", "before", "after", "field")}
    for key, value in texts.items():
        if not isinstance(value, str) or len(value) > MAX_CHARACTERS:
            raise EvidenceError(f"{where} needs a {key} of at most {MAX_CHARACTERS:,} characters.")
    if "[CITE]" not in texts["text"]:
        raise EvidenceError(f"{where} has no [CITE] in its text.")
    label, section = found.get("label"), found.get("section", "other")
    if label not in LABELS:
        raise EvidenceError(f"{where} has the label {label!r}; allowed are {', '.join(LABELS)}.")
    if section not in SECTIONS:
        allowed = ", ".join(SECTIONS)
        raise EvidenceError(f"{where} has the section {section!r}; allowed are {allowed}.")
    return Example(
        texts["text"],
        label,
        texts["before"],
        texts["after"],
        section,
        texts["field"] or "other",
        found.get("hard") is True,
    )


def split(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Two thirds to train on and a third held out, fixed by the texts alone.

    Within each field and label every third statement is held out, in the order of a hash of the
    text; near-duplicates follow the one of them that comes first in that order.
    """
    groups = groups_of([example.text for example in examples])
    # The first fields lead, so that a near-duplicate in a later one moves none of theirs.
    order = sorted(
        range(len(examples)),
        key=lambda i: (examples[i].field not in FIRST_FIELDS, _hash(examples[i].text)),
    )
    ranks: dict[tuple[str, Label], int] = {}
    held: dict[int, bool] = {}
    for index in order:
        group, cell = groups[index], (examples[index].field, examples[index].label)
        if group not in held:
            held[group] = ranks.get(cell, 0) % 3 == 1
        ranks[cell] = ranks.get(cell, 0) + 1
    train = [example for i, example in enumerate(examples) if not held[groups[i]]]
    return train, [example for i, example in enumerate(examples) if held[groups[i]]]


def groups_of(texts: Sequence[str], alike: float = 0.35) -> list[int]:
    """A number for each statement, the same for near-duplicates.

    Args:
        texts: of the statements.
        alike: two are near-duplicates if they share this part of their pairs of words
            (intersection over union), or a chain of such pairs joins them.
    """
    shingles = [_pairs_of_words(text) for text in texts]
    having: dict[tuple[str, str], list[int]] = {}
    parent = list(range(len(texts)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for index, own in enumerate(shingles):
        candidates: set[int] = set()
        for pair in own:
            places = having.setdefault(pair, [])
            candidates.update(places)
            # Pairs that everybody uses would make this quadratic; duplicates share rarer ones.
            if len(places) < _MOST_PLACES:
                places.append(index)
        for other in candidates:
            shared = len(own & shingles[other])
            if shared >= alike * (len(own) + len(shingles[other]) - shared):
                parent[root(index)] = root(other)
    return [root(index) for index in range(len(texts))]


def _pairs_of_words(text: str) -> frozenset[tuple[str, str]]:
    words = _WORD.findall(text.lower())
    return frozenset(pairwise(words))


def _hash(text: str) -> str:
    return hashlib.sha256(" ".join(_WORD.findall(text.lower())).encode()).hexdigest()
