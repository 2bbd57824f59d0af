"""A citing sentence as the classifier reads it: which marker is meant, and what is around it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from lgm_core.evidence.classify.markers import markers_in, without_names
from lgm_core.evidence.classify.tokens import Span, Tokens, tokens_of
from lgm_core.evidence.clauses import clauses
from lgm_core.evidence.paper import Section, Statement


@dataclass(frozen=True)
class Context:
    """One citation with its sentence and the sentences around it.

    Without ``citation`` the markers are found by their form, and where none stands apart (as
    ``[CITE]`` among ``[OTHER]``) all of them are meant.

    Args:
        sentence: that cites, as printed.
        before: the sentence before it, or "".
        after: the sentence after it, or "".
        section: where it stands.
        citation: start and end of the marker in question within ``sentence``.
        clause: start and end of the part of ``sentence`` that speaks of it; worked out if None.
    """

    sentence: str
    before: str = ""
    after: str = ""
    section: Section = "other"
    citation: Span | None = None
    clause: Span | None = None

    @cached_property
    def markers(self) -> tuple[list[Span], list[Span]]:
        """Places of the citation in question, and of the others."""
        targets, others = markers_in(self.sentence)
        if self.citation is None:
            return targets, others
        start, end = self.citation
        apart = [span for span in targets + others if span[1] <= start or span[0] >= end]
        # The names stay words of the sentence: they are the subject of what follows.
        return [without_names(self.sentence, self.citation)], sorted(apart)

    @cached_property
    def tokens(self) -> Tokens:
        """The words of the sentence, markers as ``CITE`` and ``OTHER``, with their places."""
        return tokens_of(self.sentence, *self.markers)

    @property
    def masked(self) -> str:
        """The words of :attr:`tokens`, one space between them."""
        return " ".join(self.tokens.words)

    @cached_property
    def parts(self) -> list[Span]:
        """Where the sentence speaks of the citation in question; the whole of it if unsure."""
        if self.clause is not None:
            return [self.clause]
        targets, others = self.markers
        if not targets or not others:
            return [(0, len(self.sentence))]
        spans = sorted(targets + others)
        found = clauses(self.sentence, spans)
        return [part for span, part in zip(spans, found, strict=True) if span in targets]


def contexts_of(statement: Statement) -> list[Context]:
    """One context for each citation of a statement, in their order."""
    return [
        Context(
            statement.sentence,
            statement.before,
            statement.after,
            statement.section,
            (citation.marker.start, citation.marker.end),
            citation.clause,
        )
        for citation in statement.citations
    ]
