"""Europe PMC: who cites a work, where open copies are, and their full texts as JATS."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from pydantic import ValidationError

from lgm_core.evidence.indexes.http import JSON_LIMIT, TEXT_LIMIT, Web, json_object
from lgm_core.evidence.indexes.identifiers import Identifier
from lgm_core.evidence.indexes.problems import IndexesError, NotIndexedError
from lgm_core.evidence.indexes.work import (
    IndexedWork,
    Maybe,
    Wire,
    doi_and_arxiv,
    names,
    plain,
    pmcid,
    year,
)

BASE = "https://www.ebi.ac.uk/europepmc/webservices/rest"
#: Works that a person may ask for.
MAX_LIMIT = 500
#: Works in one answer; Europe PMC allows 1,000.
PAGE = 100
#: DOIs in one question: an address has only so much room.
DOIS_AT_ONCE = 20

_PMCID = re.compile(r"PMC\d{1,9}")
_PLACE = re.compile(r"[A-Z]{3}:[A-Za-z0-9.-]{1,30}")


class _Result(Wire):
    id: str
    source: str
    doi: Maybe[str]
    pmcid: Maybe[str]
    title: Maybe[str]
    authorString: Maybe[str]  # noqa: N815 - Europe PMC's own name
    journalTitle: Maybe[str]  # noqa: N815
    pubYear: Maybe[int]  # noqa: N815
    citedByCount: Maybe[int]  # noqa: N815


class EuropePmc:
    """Asks Europe PMC.

    Args:
        base: its address.
        web: what asks; by default one of its own.
    """

    def __init__(self, base: str = BASE, *, web: Web | None = None) -> None:
        self._base = base.rstrip("/")
        self._web = web or Web([base])

    def work(self, identifier: Identifier) -> IndexedWork:
        """The work with this DOI, arXiv id or title.

        Raises:
            NotIndexedError: if Europe PMC does not list it.
            IndexesError: if Europe PMC cannot be asked.
        """
        title = re.sub(r"[\"\\]", " ", identifier.value)
        query = f'DOI:"{identifier.doi}"' if identifier.doi else f'TITLE:"{title}"'
        works, _ = self._search({"query": query, "pageSize": "10"})
        for work in works:
            if identifier.doi in (None, work.doi):
                return work
        raise NotIndexedError(f"Europe PMC does not list {identifier.value[:100]}.")

    def find(self, dois: Sequence[str]) -> dict[str, IndexedWork]:
        """The works that Europe PMC lists among these, by their DOIs.

        Raises:
            IndexesError: if Europe PMC cannot be asked.
        """
        found: dict[str, IndexedWork] = {}
        wanted = list(dict.fromkeys(dois))
        for at in range(0, len(wanted), DOIS_AT_ONCE):
            some = wanted[at : at + DOIS_AT_ONCE]
            query = " OR ".join(f'DOI:"{doi}"' for doi in some)
            works, _ = self._search({"query": query, "pageSize": str(PAGE)})
            found |= {work.doi: work for work in reversed(works) if work.doi in some and work.doi}
        return found

    def citing(self, identifier: Identifier, limit: int = 50) -> list[IndexedWork]:
        """The works that cite this one, the most cited first.

        The search field for citations is used, and not the module of that name: that one
        gives neither DOI nor PMCID.

        Args:
            identifier: of the cited work.
            limit: how many at most, 1 to ``MAX_LIMIT``.

        Raises:
            NotIndexedError: if Europe PMC does not list the cited work.
            IndexesError: if ``limit`` is not allowed, or Europe PMC cannot be asked.
        """
        if not 1 <= limit <= MAX_LIMIT:
            raise IndexesError(f"{limit} works cannot be asked for; allowed: 1 to {MAX_LIMIT}.")
        source, _, number = self.work(identifier).id.partition(":")
        query = {
            "query": f"CITES:{number}_{source}",
            "sort": "CITED desc",
            "pageSize": str(min(limit, PAGE)),
        }
        found: dict[str, IndexedWork] = {}
        mark: str | None = "*"
        while mark and len(found) < limit:
            works, following = self._search(query | {"cursorMark": mark})
            before = len(found)
            found |= {work.id: work for work in works}
            mark = following if following != mark and len(found) > before else None
        return list(found.values())[:limit]

    def full_text(self, pmcid: str) -> bytes:
        """The open full text of an article, as JATS XML that nobody has checked yet.

        Args:
            pmcid: "PMC" and digits.

        Raises:
            NotIndexedError: if its full text is not open.
            IndexesError: if ``pmcid`` is none, or Europe PMC cannot be asked.
        """
        if not _PMCID.fullmatch(pmcid):
            raise IndexesError(f"{pmcid[:40]!r} is no PMCID; allowed: PMC and up to 9 digits.")
        url = f"{self._base}/{quote(pmcid)}/fullTextXML"
        try:
            return self._web.get(url, _jats, limit=TEXT_LIMIT)
        except NotIndexedError:
            raise NotIndexedError(f"{pmcid} is not among Europe PMC's open full texts.") from None

    def _search(self, query: dict[str, str]) -> tuple[list[IndexedWork], str | None]:
        rest = {"format": "json", "resultType": "lite"}
        return self._web.get(
            f"{self._base}/search?{urlencode(query | rest)}", _page, limit=JSON_LIMIT
        )


def _jats(body: bytes) -> bytes:
    # A page of apologies may come with the status 200; it is not kept as an article.
    if b"<article" not in body:
        raise ValueError("no article")
    return body


def _page(body: bytes) -> tuple[list[IndexedWork], str | None]:
    answer = json_object(body)
    # Europe PMC's errors come with the status 200 and without this list.
    results = answer.get("resultList")
    found = results.get("result") if isinstance(results, dict) else None
    if not isinstance(found, list):
        raise ValueError("no list of works")
    following = answer.get("nextCursorMark")
    works = [work for one in found if (work := _work(one)) is not None]
    return works, following if isinstance(following, str) and following else None


def _work(record: Any) -> IndexedWork | None:
    """What a record says, or None if it does not even say which work it is of."""
    try:
        raw = _Result.model_validate(record)
    except ValidationError:
        return None
    place = f"{raw.source}:{raw.id}"
    if not _PLACE.fullmatch(place):
        return None
    doi, arxiv = doi_and_arxiv(raw.doi, ())
    held = pmcid(raw.pmcid)
    return IndexedWork(
        id=place,
        title=plain(raw.title).rstrip(".") or "(without a title)",
        authors=names((raw.authorString or "").rstrip(". ").split(",")),
        year=year(raw.pubYear),
        venue=plain(raw.journalTitle) or None,
        doi=doi,
        arxiv=arxiv,
        pmcid=held,
        open_access_url=f"https://europepmc.org/articles/{held}" if held else None,
        cited_by_count=max(0, raw.citedByCount or 0),
    )
