"""The works that cite a paper, one after the other, with their full texts where these are open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lgm_core.evidence.indexes.europepmc import EuropePmc
from lgm_core.evidence.indexes.identifiers import Identifier, parse
from lgm_core.evidence.indexes.openalex import MAX_LIMIT, OpenAlex
from lgm_core.evidence.indexes.problems import IndexesError, NotIndexedError, OfflineError
from lgm_core.evidence.indexes.work import IndexedWork
from lgm_core.evidence.paper import EvidenceError


@dataclass(frozen=True)
class Fetched:
    """A citing work with its full text."""

    work: IndexedWork
    jats: bytes  #: XML from a stranger, for the JATS reader


@dataclass(frozen=True)
class Trouble:
    """Something that could not be had."""

    sentence: str
    work: IndexedWork | None = None  #: the citing work whose text is missing; None: all of them
    offline: bool = False  #: for want of a connection


def fetch_citing(
    identifier: Identifier | str,
    *,
    limit: int = 20,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    openalex: OpenAlex | None = None,
    europepmc: EuropePmc | None = None,
) -> Iterator[Fetched | Trouble]:
    """The works that cite a paper: each comes once, with its text or with why it has none.

    OpenAlex is asked first, for works of which PubMed Central has a copy and then for the most
    cited others; Europe PMC is asked when OpenAlex cannot help. Without a connection there is
    one ``Trouble`` that says so, and whatever was kept from before.

    Args:
        identifier: of the cited paper, or what a person typed.
        limit: how many works, 1 to ``MAX_LIMIT``.
        progress: called with the works dealt with so far, and all of them.
        cancelled: asked before each question; when it says yes, nothing more comes.
        openalex: the index to ask, by default the real one.
        europepmc: the index to ask, by default the real one.

    Raises:
        EvidenceError: at once, if ``identifier`` or ``limit`` is not allowed.
    """
    wanted = parse(identifier) if isinstance(identifier, str) else identifier
    if not 1 <= limit <= MAX_LIMIT:
        raise EvidenceError(f"{limit} works cannot be asked for; allowed: 1 to {MAX_LIMIT}.")
    run = _Run(openalex or OpenAlex(), europepmc or EuropePmc(), cancelled or (lambda: False))
    return run.go(wanted, limit, progress or (lambda done, total: None))


@dataclass
class _Run:
    openalex: OpenAlex
    europepmc: EuropePmc
    cancelled: Callable[[], bool]

    def go(
        self, wanted: Identifier, limit: int, progress: Callable[[int, int], None]
    ) -> Iterator[Fetched | Trouble]:
        works, troubles = self._works(wanted, limit)
        yield from troubles
        if self.cancelled():
            return
        works, trouble = self._with_pmcids(works)
        if trouble:
            yield trouble
        said = {one.sentence for one in troubles} | ({trouble.sentence} if trouble else set())
        progress(0, len(works))
        for done, work in enumerate(works, 1):
            if self.cancelled():
                return
            found = self._text(work)
            if isinstance(found, Trouble) and found.offline and found.sentence not in said:
                said.add(found.sentence)
                yield Trouble(found.sentence, offline=True)
            yield found
            progress(done, len(works))

    def _works(self, wanted: Identifier, limit: int) -> tuple[list[IndexedWork], list[Trouble]]:
        """The citing works, and why there are none or not all."""
        found: dict[str, IndexedWork] = {}
        problem: IndexesError | None = None
        try:
            for in_pmc in (True, False):
                if len(found) < limit and not self.cancelled():
                    more = self.openalex.citing(wanted, limit, in_pmc=in_pmc)
                    found = (
                        {work.id: work for work in more} | found
                        if not found
                        else found | {work.id: work for work in more if work.id not in found}
                    )
        except IndexesError as error:
            problem = error
        if found or self.cancelled():
            return list(found.values())[:limit], _troubles(problem)
        try:
            works = self.europepmc.citing(wanted, limit)
        except IndexesError as error:
            if isinstance(problem, OfflineError) and isinstance(error, OfflineError):
                sentence = "There is no connection to the open indexes; they need the internet."
                return [], [Trouble(sentence, offline=True)]
            return [], _troubles(problem, error)
        if not works and problem is None:
            problem = NotIndexedError(
                f"The open indexes list no work that cites {wanted.value[:100]}."
            )
        return works, _troubles(problem)

    def _with_pmcids(self, works: list[IndexedWork]) -> tuple[list[IndexedWork], Trouble | None]:
        """OpenAlex seldom knows PMCIDs; Europe PMC knows them by DOI."""
        missing = [work.doi for work in works if work.doi and not work.pmcid]
        try:
            known = self.europepmc.find(missing)
        except IndexesError as error:
            return works, _troubles(error)[0]
        return [
            work.model_copy(update={"pmcid": known[work.doi].pmcid})
            if work.doi in known and not work.pmcid
            else work
            for work in works
        ], None

    def _text(self, work: IndexedWork) -> Fetched | Trouble:
        name = f"“{work.title[:120]}” ({work.year or 'no year'})"
        if work.pmcid is None:
            return Trouble(f"{name} has no open full text in Europe PMC.", work)
        try:
            return Fetched(work, self.europepmc.full_text(work.pmcid))
        except NotIndexedError:
            return Trouble(f"{name} has no open full text in Europe PMC.", work)
        except OfflineError as error:
            return Trouble(str(error), work, offline=True)
        except IndexesError as error:
            return Trouble(f"{name} could not be fetched: {error}", work)


def _troubles(*problems: IndexesError | None) -> list[Trouble]:
    return [Trouble(str(one), offline=isinstance(one, OfflineError)) for one in problems if one]
