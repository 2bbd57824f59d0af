"""A paper that was read and judged, as a collection holds it and as processes hand it on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from pydantic import TypeAdapter, ValidationError

from lgm_core.evidence.classify.verdict import Verdict
from lgm_core.evidence.paper import EvidenceError, Paper, Reference


@dataclass(frozen=True)
class Origin:
    """Where a paper comes from."""

    name: str  #: of the file, or of the index that told of it
    url: str | None = None  #: where a person can read it
    project: bool = False  #: written for this project, and no publication


@dataclass(frozen=True)
class Entry:
    """A paper, and what the classifier makes of each of its citations."""

    paper: Paper
    origin: Origin
    verdicts: tuple[tuple[Verdict, ...], ...]  #: by statement, then by citation

    @cached_property
    def id(self) -> str:
        """16 hex digits; the same for the same paper, whoever reads it and when."""
        paper = self.paper
        said = [statement.sentence for statement in paper.statements]
        cited = [one.title or one.text for one in paper.references]
        named = "\n".join([paper.title or "", paper.doi or "", *said, "", *cited])
        return hashlib.blake2b(named.encode("utf-8", "replace"), digest_size=8).hexdigest()

    @property
    def reference(self) -> Reference:
        """The paper itself as an entry of a bibliography, so that papers citing it are found."""
        paper = self.paper
        return Reference("", paper.title, paper.authors, paper.year, None, paper.doi, paper.arxiv)


@cache
def _adapter() -> TypeAdapter[Entry]:
    """Made at its first use: the server imports this at its start."""
    return TypeAdapter(Entry)


def to_json(entry: Entry) -> bytes:
    """The entry as bytes that :func:`from_json` understands."""
    return _adapter().dump_json(entry)


def from_json(data: bytes) -> Entry:
    """The entry in bytes.

    Raises:
        EvidenceError: if they hold none.
    """
    try:
        return _adapter().validate_json(data)
    except ValidationError:
        raise EvidenceError("The paper was read, but came back damaged; try again.") from None


def judge(paper: Paper, origin: Origin) -> Entry:
    """Classifies every citation of a paper; the first call in a process loads the classifier."""
    from lgm_core.evidence.classify.context import contexts_of
    from lgm_core.evidence.classify.own import the_classifier

    contexts = [contexts_of(statement) for statement in paper.statements]
    verdicts = iter(the_classifier().classify([one for some in contexts for one in some]))
    return Entry(paper, origin, tuple(tuple(next(verdicts) for _ in some) for some in contexts))


def read_entry(data: bytes, origin: Origin, companions: Mapping[str, bytes] | None = None) -> Entry:
    """Reads a paper and judges its citations.

    Raises:
        EvidenceError: with one plain sentence, for a file that cannot be read.
    """
    from lgm_core.evidence.reading.read import read_paper

    return judge(read_paper(data, origin.name, companions), origin)
