"""What a person types to name a paper: a DOI, an arXiv id, an address of either, or a title."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from lgm_core.evidence.paper import EvidenceError

#: Characters of what is typed.
MAX_LENGTH = 500
#: The prefix under which arXiv registers DOIs for its papers.
ARXIV_DOI = "10.48550/arxiv."

_FORMS = "a DOI such as 10.1109/cvpr.2018.00950, an arXiv id such as 1803.02988, or a title"
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d{1,9}){0,4}/[^\s\"\\\x00-\x1f\x7f]{1,300}")
_ARXIV = re.compile(
    r"(?P<id>\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}|[a-z-]{2,20}(?:\.[a-z]{2})?/\d{7})(?:v\d{1,3})?",
    re.IGNORECASE,
)
_DOI_PREFIX = re.compile(r"doi\s*[:=]?\s*(?=10\.)|doi:\s*", re.IGNORECASE)
_ARXIV_PREFIX = re.compile(r"arxiv\s*:\s*", re.IGNORECASE)
_ARXIV_PATH = re.compile(r"/(?:abs|pdf|html|e-print|src|format)/(?P<id>.+?)(?:\.pdf)?/?")
#: What publishers' addresses put after a DOI.
_AFTER_DOI = re.compile(r"(?:/(?:full|pdf|epdf|abstract|html|meta)|\.pdf)+$", re.IGNORECASE)


@dataclass(frozen=True)
class Identifier:
    """A paper, named in one of three ways."""

    kind: Literal["doi", "arxiv", "title"]
    value: str  #: a DOI in lower case; an arXiv id without version; a title with single spaces

    @property
    def doi(self) -> str | None:
        """Its DOI, for an arXiv id the one that arXiv registers; None for a title."""
        if self.kind == "arxiv":
            return f"{ARXIV_DOI}{self.value}"
        return self.value if self.kind == "doi" else None


def parse(text: str) -> Identifier:
    """What paper a person means.

    Args:
        text: a DOI or arXiv id, bare, with its prefix or as an address; or a title of at least
            two words. At most ``MAX_LENGTH`` characters.

    Raises:
        EvidenceError: if it is none of these; the sentence names it and what is allowed.
    """
    given = " ".join(text.split())
    if len(given) > MAX_LENGTH:
        raise EvidenceError(
            f"{given[:60] + '…'!r} has {len(given):,} characters; allowed: at most {MAX_LENGTH}."
        )
    if re.match(r"https?://|(?:www\.|dx\.)?(?:doi|arxiv)\.org/", given, re.IGNORECASE):
        found = _address(given)
    elif _DOI_PREFIX.match(given) or given.startswith("10."):
        found = doi(_DOI_PREFIX.sub("", given, count=1))
    elif prefix := _ARXIV_PREFIX.match(given):
        found = _arxiv(given[prefix.end() :].split(" ", 1)[0])
    else:
        found = _arxiv(given) or _title(given)
    if found is None:
        raise EvidenceError(f"{_short(given)!r} names no paper; allowed: {_FORMS}.")
    return found


def doi(text: str) -> Identifier | None:
    """The paper with this DOI, bare or as doi.org's address; None if it is no DOI."""
    text = re.sub(r"^https?://(?:www\.|dx\.)?doi\.org/", "", text.strip(), flags=re.IGNORECASE)
    text = text.rstrip(".,;:'")
    while text.endswith((")", "]")) and not _balanced(text):
        text = text[:-1].rstrip(".,;:'")
    # A segment of dots would climb in an address that the DOI becomes part of.
    if not _DOI.fullmatch(text) or {".", ".."} & set(text.split("/")):
        return None
    value = text.lower()
    if value.startswith(ARXIV_DOI) and (found := _arxiv(value[len(ARXIV_DOI) :])):
        return found
    return Identifier("doi", value)


def _balanced(text: str) -> bool:
    return text.count("(") >= text.count(")") and text.count("[") >= text.count("]")


def _arxiv(text: str) -> Identifier | None:
    match = _ARXIV.fullmatch(text.strip(".,;"))
    return Identifier("arxiv", match["id"].lower()) if match else None


def _address(text: str) -> Identifier | None:
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:  # square brackets that are no IPv6 address
        return None
    path = unquote(parts.path)
    if host == "arxiv.org" or host.endswith(".arxiv.org"):
        match = _ARXIV_PATH.fullmatch(path)
        return _arxiv(match["id"]) if match else None
    if host.endswith("doi.org"):
        # A DOI may hold "?" or "#" that whoever copied it did not escape.
        rest = text.split("doi.org/", 1)[-1]
        return doi(unquote(rest))
    match = _DOI.search(path)
    return doi(_AFTER_DOI.sub("", match[0])) if match else None


def _title(text: str) -> Identifier | None:
    words = re.findall(r"[^\W\d_]{2,}", text)
    if len(words) < 2 or any(ord(sign) < 32 or ord(sign) == 127 for sign in text):
        return None
    return Identifier("title", text)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"
