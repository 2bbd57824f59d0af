"""DOI and arXiv identifiers as strangers write them, brought to one spelling."""

from __future__ import annotations

import re

_DOI = re.compile(r"(?<![\d.])10\.\d{4,9}/[^\s\"<>{}\\^`|]{1,200}", re.IGNORECASE)
_ARXIV_NUMBER = r"(?:\d{4}\.\d{4,5}|[a-z][a-z-]{1,12}(?:\.[a-z]{2})?/\d{7})"
_ARXIV = re.compile(
    r"(?:arxiv\.org/(?:abs|pdf)/|\barxiv\s{0,2}[:.]?\s{0,2}(?:preprint\s{1,2}arxiv\s?:?\s{0,2})?"
    rf"|\babs/)({_ARXIV_NUMBER})(?!\d)",
    re.IGNORECASE,
)
_ARXIV_DOI = re.compile(rf"10\.48550/arxiv\.({_ARXIV_NUMBER})(?:v\d+)?", re.IGNORECASE)
_BARE_ARXIV = re.compile(
    rf"(?:arxiv\s?:\s?|https?://arxiv\.org/(?:abs|pdf)/)?({_ARXIV_NUMBER})(?:v\d{{1,3}})?(?:\.pdf)?",
    re.IGNORECASE,
)
_OPENING = {")": "(", "]": "["}


def find_doi(text: str) -> str | None:
    """The first DOI in a text, lower case and without the punctuation after it; None without."""
    found = _DOI.search(text.replace("\\_", "_"))
    return _trimmed(found.group()).lower() if found else None


def find_arxiv(text: str) -> str | None:
    """The first arXiv id that a text announces as one, without a version; None without."""
    found = _ARXIV.search(text) or _ARXIV_DOI.search(text)
    return found.group(1).lower() if found else None


def clean_arxiv(field: str) -> str | None:
    """The id in a field that is meant to hold nothing but an arXiv id; None if it does not."""
    found = _BARE_ARXIV.fullmatch(field.strip())
    return found.group(1).lower() if found else None


def arxiv_of_doi(doi: str | None) -> str | None:
    """The arXiv id that a DOI of arXiv's own kind, ``10.48550/arXiv.X``, stands for."""
    found = _ARXIV_DOI.fullmatch(doi.strip()) if doi else None
    return found.group(1).lower() if found else None


def without_identifiers(text: str) -> str:
    """The text without its web addresses, DOIs and arXiv ids, whose digits look like years."""
    text = re.sub(r"\bhttps?://[^\s<>]{1,500}", " ", text)
    text = re.sub(r"\bdoi\s{0,2}:?\s{0,2}(?=10\.)", " ", text, flags=re.IGNORECASE)
    text = _DOI.sub(lambda found: found.group()[len(_trimmed(found.group())) :], text)
    text = _ARXIV.sub(" ", text)
    return re.sub(r"\s+", " ", text).strip()


def _trimmed(doi: str) -> str:
    while doi and doi[-1] in ".,;:)]'*":
        opening = _OPENING.get(doi[-1])
        if opening and doi.count(opening) >= doi.count(doi[-1]):
            break
        doi = doi[:-1]
    return doi
