"""Which statements of a collection speak of a claim: of its paper, and in the claim's own terms."""

from __future__ import annotations

import re

from lgm_core.evidence.claim import Claim
from lgm_core.evidence.collection import Cited, Collection


def about(claim: Claim, collection: Collection) -> list[Cited]:
    """Statements that cite the claim's paper and hold one of its terms, those that take sides
    first, the surest first among them.

    A term is looked for at the start of a word, whatever its case, in the sentence and the
    sentences around it.
    """
    work = collection.work(claim.work.reference())
    if work is None:
        return []
    terms = re.compile("|".join(rf"\b{re.escape(term)}" for term in claim.terms), re.IGNORECASE)
    found = [cited for cited in work.statements if _speaks(cited, terms)]
    return sorted(
        found, key=lambda cited: (cited.label == "mentioning", -cited.verdict.probability)
    )


def _speaks(cited: Cited, terms: re.Pattern[str]) -> bool:
    statement = cited.statement
    return any(map(terms.search, (statement.sentence, statement.before, statement.after)))
