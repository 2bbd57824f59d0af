"""Which statements of a collection speak of a claim: of its paper, and in the claim's own terms.

Their labels say how they cite the paper. What a sentence agrees with may be another of its claims,
so that no tally of them is a verdict on this one.
"""

from __future__ import annotations

import re
from collections.abc import Collection as Ids
from typing import NamedTuple

from lgm_core.evidence.claim import Claim
from lgm_core.evidence.collection import Cited, Collection


class Literature(NamedTuple):
    """What the loaded papers say that touches a claim."""

    statements: list[Cited]  #: see :func:`about`
    aside: list[Cited]  #: those among them of which a person says that they are not about it


def about(claim: Claim, collection: Collection) -> list[Cited]:
    """Statements that cite the claim's paper and speak of the claim, the most telling first.

    The part of the sentence that belongs to the citation has to hold a term of each of the claim's
    groups, at the start of a word and in whatever case; sentences around it do not count. Those
    with more terms come first, then those that take sides, then the surest.
    """
    work = collection.work(claim.work.reference())
    if work is None:
        return []
    groups = [[_beginning(term) for term in group] for group in claim.terms]
    found = [(_hits(cited, groups), cited) for cited in work.statements]
    found.sort(key=lambda one: (-one[0], one[1].label == "mentioning", -one[1].verdict.probability))
    return [cited for hits, cited in found if hits]


def literature(claim: Claim, collection: Collection, aside: Ids[str] = ()) -> Literature:
    """The statements about a claim, apart from those that a person has set aside.

    Args:
        claim: of what.
        collection: by whom.
        aside: what :func:`aside_id` gives for each statement that is not about its claim.
    """
    found, apart = Literature([], []), set(aside)
    for cited in about(claim, collection):
        (found.aside if aside_id(claim, cited) in apart else found.statements).append(cited)
    return found


def aside_id(claim: Claim, cited: Cited) -> str:
    """Names a statement under a claim: elsewhere the same statement may well belong."""
    return f"{claim.id} {cited.id}"


def _beginning(term: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(term)}", re.IGNORECASE)


def _hits(cited: Cited, groups: list[list[re.Pattern[str]]]) -> int:
    """How many of the terms are there; 0 unless each group has one."""
    text = cited.statement.sentence[slice(*cited.citation.clause)]
    hits = [sum(term.search(text) is not None for term in group) for group in groups]
    return sum(hits) if all(hits) else 0
