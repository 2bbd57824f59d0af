"""Which statements are shown under a claim: those whose own words speak of it."""

from __future__ import annotations

from lgm_core.evidence.claim import claim
from lgm_core.evidence.collection import Collection, tally
from lgm_core.evidence.literature import about, aside_id, literature
from tests.evidence.making import entry

TIGHTER = claim("margin-tightens")
AGREES = ("A larger margin makes classes tight and compact, as said [wan].", "supporting")
DIFFERS = ("The margin widened the spread, unlike [wan].", "contrasting")
OTHER = ("What tightens classes is the likelihood term, as said [wan].", "supporting")
BESIDE = ("The margin was wide.", "mentioning"), ("Spread is another matter [wan].", "supporting")


def sentences(collection: Collection) -> list[str]:
    return [cited.statement.sentence for cited in about(TIGHTER, collection)]


def test_a_statement_needs_a_term_of_each_group_in_its_own_clause() -> None:
    collection = Collection([entry("A note", OTHER, *BESIDE, DIFFERS, AGREES)])
    assert sentences(collection) == [AGREES[0], DIFFERS[0]]
    assert (
        sentences(Collection([entry("Of another", ("The margin is tight [wen].", "supporting"))]))
        == []
    )


def test_what_is_set_aside_is_apart_from_the_tally_and_under_its_claim_alone() -> None:
    collection = Collection([entry("A note", AGREES, DIFFERS)])
    first = about(TIGHTER, collection)[0]
    named = aside_id(TIGHTER, first)
    found = literature(TIGHTER, collection, [named])
    assert tally(found.statements).contrasting == tally(found.statements).total == 1
    assert found.aside == [first]
    other = aside_id(claim("lgm-classifies"), first)
    assert literature(TIGHTER, collection, [other]).aside == []
