"""OpenAlex's records: single works and lists, as its answers hold them."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError

from lgm_core.evidence.indexes.http import json_object
from lgm_core.evidence.indexes.work import (
    IndexedWork,
    Maybe,
    Wire,
    doi_and_arxiv,
    names,
    plain,
    pmcid,
    web_address,
    year,
)

#: The fields that are asked for.
FIELDS = (
    "id,doi,title,publication_year,ids,primary_location,locations,open_access,authorships,"
    "cited_by_count,abstract_inverted_index"
)
_ID = re.compile(r"(?:https?://openalex\.org/)?(W\d{1,15})")
_MAX_WORDS = 3000


class _Source(Wire):
    display_name: Maybe[str]


class _Location(Wire):
    landing_page_url: Maybe[str]
    pdf_url: Maybe[str]
    source: Maybe[_Source]


class _Author(Wire):
    display_name: Maybe[str]


class _Authorship(Wire):
    author: Maybe[_Author]
    raw_author_name: Maybe[str]


class _Ids(Wire):
    pmcid: Maybe[str]


class _OpenAccess(Wire):
    oa_url: Maybe[str]


class _Work(Wire):
    id: str
    doi: Maybe[str]
    title: Maybe[str]
    publication_year: Maybe[int]
    ids: Maybe[_Ids]
    primary_location: Maybe[_Location]
    locations: Maybe[list[_Location]]
    open_access: Maybe[_OpenAccess]
    authorships: Maybe[list[_Authorship]]
    cited_by_count: Maybe[int]
    abstract_inverted_index: Maybe[dict[str, list[int]]]


def abstract(index: dict[str, list[int]] | None) -> str:
    """The text whose words are listed with their places; at most 3,000 words of it."""
    places = [(at, word) for word, spots in (index or {}).items() for at in spots if at >= 0]
    words = sorted(places)[:_MAX_WORDS]
    return plain(" ".join(word for _, word in words), most=30_000)


def page(body: bytes) -> tuple[list[IndexedWork], str | None]:
    """The works of a list, and the cursor of what follows.

    Raises:
        ValueError: if these bytes are no list of OpenAlex.
    """
    answer = json_object(body)
    results, meta = answer.get("results"), answer.get("meta")
    if not isinstance(results, list):
        raise ValueError("no list of works")
    following = meta.get("next_cursor") if isinstance(meta, dict) else None
    works = [work for one in results if (work := _work(one)) is not None]
    return works, following if isinstance(following, str) and following else None


def single(body: bytes) -> IndexedWork:
    """The work that these bytes describe.

    Raises:
        ValueError: if they describe none.
    """
    work = _work(json_object(body))
    if work is None:
        raise ValueError("no work")
    return work


def _work(record: Any) -> IndexedWork | None:
    """What a record says, or None if it does not even say which work it is of."""
    try:
        raw = _Work.model_validate(record)
    except ValidationError:
        return None
    match = _ID.fullmatch(raw.id)
    if match is None:
        return None
    first = raw.primary_location
    places = ([first] if first else []) + (raw.locations or [])
    pages = [place.landing_page_url for place in places]
    doi, arxiv = doi_and_arxiv(raw.doi, pages)
    people = raw.authorships or []
    return IndexedWork(
        id=match[1],
        title=plain(raw.title) or "(without a title)",
        authors=names(
            one.author.display_name if one.author else one.raw_author_name for one in people
        ),
        year=year(raw.publication_year),
        venue=plain(first.source.display_name) or None if first and first.source else None,
        doi=doi,
        arxiv=arxiv,
        pmcid=pmcid(raw.ids.pmcid if raw.ids else None, *pages),
        open_access_url=web_address(raw.open_access.oa_url if raw.open_access else None),
        cited_by_count=max(0, raw.cited_by_count or 0),
        abstract=abstract(raw.abstract_inverted_index),
    )
