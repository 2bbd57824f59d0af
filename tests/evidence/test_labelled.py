"""The labelled statements: every line is sound, and the held-out third is fixed and apart."""

from __future__ import annotations

import json
import time
from collections import Counter

import pytest

from lgm_core.evidence.classify.labelled import (
    FIRST_FIELDS,
    Example,
    groups_of,
    load_labelled,
    load_practice,
    read_labelled,
    split,
)
from lgm_core.evidence.paper import LABELS, EvidenceError

LINE = {
    "text": "We agree with [CITE].",
    "before": "",
    "after": "",
    "section": "results",
    "field": "ecology",
    "label": "supporting",
    "hard": True,
}


def read(**changes: object) -> list[Example]:
    return read_labelled([json.dumps(LINE | changes)], "a.jsonl")


def test_a_line_becomes_an_example() -> None:
    (example,) = read()
    assert example == Example(
        "We agree with [CITE].", "supporting", section="results", field="ecology", hard=True
    )
    assert example.context.section == "results"
    assert example.context.masked == "we agree with CITE ."


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"label": "for"}, "Line 1 of a.jsonl has the label 'for'; allowed are supporting"),
        ({"label": None}, "has the label None"),
        ({"section": "end"}, "has the section 'end'; allowed are abstract"),
        ({"text": "We agree."}, "has no .CITE. in its text"),
        ({"text": 3}, "needs a text of at most 4,000 characters"),
        ({"before": "a" * 4_001}, "needs a before of at most"),
    ],
)
def test_a_wrong_line_is_named(changes: dict[str, object], message: str) -> None:
    with pytest.raises(EvidenceError, match=message):
        read(**changes)


@pytest.mark.parametrize("line", ["{", "[" * 100_000, "[]", "3"])
def test_what_is_no_object_is_named(line: str) -> None:
    with pytest.raises(EvidenceError, match=r"^Line 2 of a\.jsonl is not "):
        read_labelled(["", line], "a.jsonl")


def test_there_are_enough_and_of_every_label_and_kind() -> None:
    examples = load_labelled()
    assert len(examples) >= 2_200
    labels = Counter(example.label for example in examples)
    assert min(labels.values()) >= 0.2 * len(examples)
    fields = Counter(example.field for example in examples)
    assert len(fields) == 21
    assert set(fields) > FIRST_FIELDS
    assert min(fields.values()) >= 100
    assert sum(example.hard for example in examples) >= 600
    assert len({example.text for example in examples}) == len(examples)


def test_a_third_is_held_out_of_every_field_and_label() -> None:
    train, held_out = split(load_labelled())
    assert len(train) + len(held_out) == len(load_labelled())
    assert 0.31 <= len(held_out) / len(load_labelled()) <= 0.36
    all_cells = Counter((e.field, e.label) for e in load_labelled())
    held_cells = Counter((e.field, e.label) for e in held_out)
    for cell, count in all_cells.items():
        assert abs(held_cells[cell] - count / 3) <= 2, cell
    assert {e.label for e in held_out} == set(LABELS)


def test_there_is_much_to_practise_and_nothing_of_it_is_like_what_is_measured_on() -> None:
    practice, labelled = load_practice(), load_labelled()
    assert len(practice) >= 4_000
    counts = Counter(example.label for example in practice)
    assert min(counts.values()) >= 0.2 * len(practice)
    groups = groups_of([example.text for example in [*labelled, *practice]])
    assert not set(groups[: len(labelled)]) & set(groups[len(labelled) :])
    assert len(set(groups[len(labelled) :])) == len(practice)


def test_the_held_out_third_does_not_depend_on_the_order() -> None:
    examples = load_labelled()
    one = {e.text for e in split(examples)[1]}
    assert one == {e.text for e in split(examples[::-1])[1]}


def test_later_fields_move_none_of_the_first() -> None:
    examples = load_labelled()
    first = [e for e in examples if e.field in FIRST_FIELDS]
    alone = {e.text for e in split(first)[1]}
    assert alone == {e.text for e in split(examples)[1] if e.field in FIRST_FIELDS}


def test_near_duplicates_stay_together() -> None:
    base = "We found that sleep improves memory in the elderly, consistent with [CITE]."
    near = base.replace("elderly", "young")
    others = [f"{word}a {word}b {word}c {word}d of [CITE]." for word in "abcdefghij"]
    assert len(set(groups_of([base, near, *others]))) == 11
    for seed in range(30):
        some = [Example(text + f" {seed} x", "supporting") for text in (base, near)]
        more = [Example(f"{text} {'y' * seed}", "supporting") for text in others]
        train, _ = split(some + more)
        assert sum(example in train for example in some) in (0, 2)


def test_many_statements_are_grouped_quickly() -> None:
    texts = [f"It is one of the {i} things of the {i * 7} kinds [CITE]." for i in range(5_000)]
    start = time.process_time()
    groups_of(texts)
    assert time.process_time() - start < 5


def test_near_duplicates_of_the_set_are_on_one_side() -> None:
    train, held_out = split(load_labelled())
    groups = groups_of([e.text for e in train + held_out])
    assert not set(groups[: len(train)]) & set(groups[len(train) :])
