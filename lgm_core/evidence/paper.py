"""What a paper is once it has been read: references, and the statements that cite them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Section = Literal["abstract", "introduction", "methods", "results", "discussion", "other"]
Label = Literal["supporting", "contrasting", "mentioning"]
Format = Literal["jats", "tei", "latex", "markdown", "text", "pdf"]

LABELS: tuple[Label, ...] = ("supporting", "contrasting", "mentioning")
SECTIONS: tuple[Section, ...] = (
    "abstract",
    "introduction",
    "methods",
    "results",
    "discussion",
    "other",
)
#: Of a file, with what belongs to it.
MOST_BYTES = 30_000_000


class EvidenceError(ValueError):
    """A paper that cannot be read; the message is one plain sentence."""


class BusyError(EvidenceError):
    """A paper that was not looked at, for want of room; it may be tried again."""


@dataclass(frozen=True)
class Reference:
    """One entry of a paper's bibliography; what it does not say is None or empty."""

    key: str  #: names it within its paper: a BibTeX key, an XML id, the number in the list
    title: str | None = None
    authors: tuple[str, ...] = ()  #: "Family, Given" or a family name alone, in order
    year: int | None = None
    venue: str | None = None
    doi: str | None = None  #: lower case, without a resolver's address
    arxiv: str | None = None  #: without "arXiv:" and without a version
    text: str = ""  #: as printed


@dataclass(frozen=True)
class Marker:
    """A place in a text that points into the bibliography, such as ``[3, 5]``."""

    start: int  #: first character within the text
    end: int  #: one past the last
    keys: tuple[str, ...]  #: references it points to, in printed order


@dataclass(frozen=True)
class Paragraph:
    """Running text with its markers, under the heading where it stands."""

    text: str
    markers: tuple[Marker, ...]
    section: Section
    heading: str = ""


@dataclass(frozen=True)
class Document:
    """A paper as its format gives it, before sentences are told apart."""

    format: Format
    title: str
    authors: tuple[str, ...]
    year: int | None
    doi: str | None
    arxiv: str | None
    paragraphs: tuple[Paragraph, ...]
    references: tuple[Reference, ...]
    notes: tuple[str, ...] = ()  #: plain sentences on what was not understood


@dataclass(frozen=True)
class Citation:
    """One reference as one marker of a statement cites it."""

    key: str  #: of the reference
    marker: Marker  #: within the statement's sentence
    clause: tuple[int, int]  #: the part of the sentence that speaks of it, start and end


@dataclass(frozen=True)
class Statement:
    """A sentence that cites, with its neighbours."""

    sentence: str
    before: str  #: the sentence before it in the same paragraph, or ""
    after: str  #: the one after it, or ""
    section: Section
    heading: str
    citations: tuple[Citation, ...]  #: in the order of the text


@dataclass(frozen=True)
class Paper:
    """A paper that has been read."""

    format: Format
    title: str
    authors: tuple[str, ...]
    year: int | None
    doi: str | None
    arxiv: str | None
    references: tuple[Reference, ...]
    statements: tuple[Statement, ...]
    notes: tuple[str, ...] = ()
