"""OpenAlex: what a work is, and who cites it.

A key is not needed for a class's use: without one OpenAlex serves single works freely and
about a hundred lists a day. One that is set in ``LGM_OPENALEX_KEY`` is sent along.
"""

from __future__ import annotations

import os
from urllib.parse import quote, urlencode

from lgm_core.evidence.indexes.http import JSON_LIMIT, Web
from lgm_core.evidence.indexes.identifiers import Identifier
from lgm_core.evidence.indexes.openalex_records import FIELDS, page, single
from lgm_core.evidence.indexes.problems import IndexesError, NotIndexedError, RefusedError
from lgm_core.evidence.indexes.work import IndexedWork

BASE = "https://api.openalex.org"
#: Works that a person may ask for.
MAX_LIMIT = 500
#: Works in one answer; OpenAlex allows 100, and abstracts are long.
PAGE = 50
#: The sources under which OpenAlex lists what PubMed Central and Europe PMC hold.
_PMC_SOURCES = "S2764455111|S4306400806"


class OpenAlex:
    """Asks OpenAlex.

    Args:
        base: its address.
        web: what asks; by default one of its own.
        key: of an account with OpenAlex; by default that of ``LGM_OPENALEX_KEY``, if any.
    """

    def __init__(self, base: str = BASE, *, web: Web | None = None, key: str | None = None) -> None:
        self._base = base.rstrip("/")
        self._web = web or Web([base])
        key = key or os.environ.get("LGM_OPENALEX_KEY")
        self._secret = urlencode({"api_key": key}) if key else ""

    def work(self, identifier: Identifier) -> IndexedWork:
        """The work with this DOI, arXiv id or title.

        Raises:
            NotIndexedError: if OpenAlex does not list it.
            IndexesError: if OpenAlex cannot be asked.
        """
        unknown = NotIndexedError(f"OpenAlex does not list {identifier.value[:100]}.")
        if identifier.kind == "title":
            wanted = _normal(identifier.value)
            found = self._list({"search": identifier.value, "per_page": "10"})[0]
            same = [work for work in found if _normal(work.title) == wanted]
            if not same:
                raise unknown
            return max(same, key=lambda work: work.cited_by_count)
        if identifier.kind == "arxiv":
            # A preprint that came out later is listed once, under its publisher's DOI.
            address = f"arxiv.org/abs/{identifier.value}"
            place = f"locations.landing_page_url:https://{address}|http://{address}"
            query = {"filter": place, "sort": "cited_by_count:desc", "per_page": "1"}
            if found := self._list(query)[0]:
                return found[0]
        path = quote(identifier.doi or "", safe="/")
        url = f"{self._base}/works/doi:{path}?{urlencode({'select': FIELDS}, safe=',')}"
        try:
            return self._web.get(url, single, limit=JSON_LIMIT, secret=self._secret)
        except NotIndexedError:
            raise unknown from None

    def citing(
        self, identifier: Identifier, limit: int = 50, *, in_pmc: bool = False
    ) -> list[IndexedWork]:
        """The works that cite this one, the most cited first.

        Args:
            identifier: of the cited work.
            limit: how many at most, 1 to ``MAX_LIMIT``.
            in_pmc: only those that PubMed Central or Europe PMC holds.

        Raises:
            NotIndexedError: if OpenAlex does not list the cited work.
            IndexesError: if ``limit`` is not allowed, or OpenAlex cannot be asked.
        """
        if not 1 <= limit <= MAX_LIMIT:
            raise IndexesError(f"{limit} works cannot be asked for; allowed: 1 to {MAX_LIMIT}.")
        kind = f",locations.source.id:{_PMC_SOURCES}" if in_pmc else ""
        query = {
            "filter": f"cites:{self.work(identifier).id}{kind}",
            "sort": "cited_by_count:desc",
            "per_page": str(min(limit, PAGE)),
        }
        found: dict[str, IndexedWork] = {}
        # One page needs no cursor, for which OpenAlex may want a key.
        cursor = "*" if limit > PAGE else None
        for number in range(1, -(-limit // PAGE) + 1):
            numbered = query | {"page": str(number)}
            try:
                works, following = self._list(query | {"cursor": cursor} if cursor else numbered)
            except RefusedError:
                if cursor != "*":
                    raise
                cursor = None
                works, following = self._list(numbered)
            new = {work.id: work for work in works if work.id not in found}
            found |= new
            if not new or (cursor and not following):
                break
            cursor = following if cursor else None
        return list(found.values())[:limit]

    def _list(self, query: dict[str, str]) -> tuple[list[IndexedWork], str | None]:
        url = f"{self._base}/works?{urlencode(query | {'select': FIELDS}, safe=',:|*/')}"
        return self._web.get(url, page, limit=JSON_LIMIT, secret=self._secret)


def _normal(title: str) -> str:
    return "".join(sign for sign in title.casefold() if sign.isalnum())
