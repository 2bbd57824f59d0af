"""Many papers together: who cites a work, where, and whether for or against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lgm_core.evidence.classify.verdict import Verdict
from lgm_core.evidence.entry import Entry
from lgm_core.evidence.paper import LABELS, Citation, Label, Reference, Statement
from lgm_core.evidence.works import Works

#: Characters of a reference's key in the id of a statement.
_LONGEST_KEY = 100


@dataclass(frozen=True)
class Tally:
    """How many statements are of each label."""

    supporting: int = 0
    contrasting: int = 0
    mentioning: int = 0

    @property
    def total(self) -> int:
        """All statements."""
        return self.supporting + self.contrasting + self.mentioning


@dataclass(frozen=True)
class Cited:
    """A statement about one work."""

    id: str  #: the same as long as the collection has the same papers
    entry: Entry
    statement: Statement
    citation: Citation
    verdict: Verdict
    label: Label  #: the verdict's, or what a person has said instead


@dataclass(frozen=True)
class CitedWork:
    """A work that the papers of a collection cite, or are."""

    id: str
    reference: Reference  #: the fullest one that names it
    entry: Entry | None  #: the work itself, where the collection has it
    statements: tuple[Cited, ...]  #: about it

    @property
    def tally(self) -> Tally:
        """Its statements by label."""
        return tally(self.statements)


def tally(statements: Iterable[Cited]) -> Tally:
    """Counts statements by label."""
    counts = Counter(cited.label for cited in statements)
    return Tally(*(counts[label] for label in LABELS))


class Collection:
    """Papers, and the works that they cite, each work once however it is spelt.

    Args:
        entries: the papers. One that is here already, under whatever spelling, is left out.
        relabelled: what a person says of single statements, by :attr:`Cited.id`.
    """

    def __init__(
        self, entries: Iterable[Entry] = (), relabelled: Mapping[str, Label] | None = None
    ) -> None:
        self._works = Works()
        self._relabelled = dict(relabelled or {})
        self._entries: dict[str, Entry] = {}
        self._references: dict[str, list[Reference]] = {}
        self._cited: dict[str, list[Cited]] = {}
        for entry in entries:
            self._add(entry)
        self._settle()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The papers, in the order in which they came."""
        return tuple(self._entries.values())

    def works(self) -> list[CitedWork]:
        """Every work that is cited or is here itself, the one with most statements first."""
        works = [self._work(name) for name in self._references]
        return sorted(works, key=lambda work: (-len(work.statements), work.reference.title or ""))

    def work(self, reference: Reference) -> CitedWork | None:
        """The work that a reference means, if any paper here cites it or is it."""
        name = self._works.find(reference)
        return self._work(name) if name in self._references else None

    def _work(self, name: str) -> CitedWork:
        fullest = max(self._references[name], key=_fullness)
        cited = tuple(self._cited.get(name, ()))
        return CitedWork(name, fullest, self._entries.get(name), cited)

    def _add(self, entry: Entry) -> None:
        itself = self._works.identify(entry.reference)
        if itself in self._entries:
            return
        self._entries[itself] = entry
        self._references.setdefault(itself, []).append(entry.reference)
        names = {}
        for reference in entry.paper.references:
            name = names[reference.key] = self._works.identify(reference)
            self._references.setdefault(name, []).append(reference)
        for number, statement in enumerate(entry.paper.statements):
            for name, (citation, verdict) in _about(entry, number, names).items():
                cited_id = f"{entry.id}.{number}.{citation.key[:_LONGEST_KEY]}"
                label = self._relabelled.get(cited_id, verdict.label)
                cited = Cited(cited_id, entry, statement, citation, verdict, label)
                self._cited.setdefault(name, []).append(cited)

    def _settle(self) -> None:
        """Later papers may have shown that two works are one."""
        for name in list(self._references):
            if (canonical := self._works.canonical(name)) != name:
                self._references.setdefault(canonical, []).extend(self._references.pop(name))
                self._cited.setdefault(canonical, []).extend(self._cited.pop(name, ()))
                if entry := self._entries.pop(name, None):
                    self._entries.setdefault(canonical, entry)


def _about(
    entry: Entry, number: int, names: Mapping[str, str]
) -> dict[str, tuple[Citation, Verdict]]:
    """One citation for each work that a statement cites: a work that it cites twice counts once,
    with the citation that says most."""
    found: dict[str, tuple[Citation, Verdict]] = {}
    statement = entry.paper.statements[number]
    for citation, verdict in zip(statement.citations, entry.verdicts[number], strict=True):
        name = names.get(citation.key)
        if name is None:
            continue
        before = found.get(name)
        if before is None or _weight(verdict) > _weight(before[1]):
            found[name] = citation, verdict
    return found


def _weight(verdict: Verdict) -> tuple[bool, float]:
    return verdict.label != "mentioning", verdict.probability


def _fullness(reference: Reference) -> int:
    known = (reference.title, reference.authors, reference.year, reference.venue, reference.doi)
    return sum(map(bool, known)) + bool(reference.arxiv)
