"""An article as it is written: sections of paragraphs of sentences, and the works they cite.

In a sentence ``{cite:a,b}`` cites in brackets and ``{textcite:a}`` as part of the sentence;
``{cite+:a}`` says that the sentence supports the work, ``{cite-:a}`` that it contrasts with it,
and ``{cite[see]:a}`` prints a word within the brackets.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from scripts.articles.figures import broken, filled

NOTICE = (
    "This article was written for this project, the L-GM Lab; it is not a peer-reviewed "
    "publication, and its year numbers an edition of these notes."
)
PROJECT = "L-GM Lab Project"
VENUE = "Notes of the L-GM Lab"
ROLES = {"": "mentioning", "+": "supporting", "-": "contrasting"}

_PLACE = re.compile(r"\{(text)?cite([+-]?)(?:\[([^\]]+)\])?:([\w,]+)\}")


@dataclass(frozen=True)
class Work:
    """Something that is cited."""

    key: str
    title: str
    authors: tuple[str, ...]  #: "Family, Given"; for a group its name alone
    year: int
    venue: str
    kind: str  #: of BibTeX's entry
    doi: str = ""
    arxiv: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""

    @property
    def own(self) -> bool:
        """Whether it is one of the project's articles."""
        return self.authors == (PROJECT,)

    def names(self) -> str:
        """Its authors as running text has them."""
        families = [author.split(",")[0] for author in self.authors]
        if len(families) > 2:
            return f"{families[0]} et al."
        return " and ".join(families)


@dataclass(frozen=True)
class Cite:
    """A place in a sentence that cites."""

    keys: tuple[str, ...]
    role: str  #: supporting, contrasting or mentioning
    narrative: bool
    prefix: str = ""


Sentence = tuple["str | Cite", ...]


@dataclass(frozen=True)
class Section:
    """A section of the body."""

    kind: str
    heading: str
    paragraphs: tuple[tuple[Sentence, ...], ...]


@dataclass(frozen=True)
class Article:
    """A whole article; ``works`` in the order of its list of references."""

    id: str
    key: str
    title: str
    year: int
    style: Literal["numeric", "author-year"]
    columns: int
    abstract: tuple[str, ...]
    sections: tuple[Section, ...]
    works: tuple[Work, ...]

    def work(self, key: str) -> Work:
        """The work of a key."""
        return next(work for work in self.works if work.key == key)

    def number(self, key: str) -> int:
        """Its place in the list of references, from 1."""
        return [work.key for work in self.works].index(key) + 1

    def dated(self, key: str) -> str:
        """Its year, with a letter where two works would look the same."""
        work = self.work(key)
        alike = [
            other.key
            for other in self.works
            if (other.names(), other.year) == (work.names(), work.year)
        ]
        letter = "abcdefgh"[alike.index(key)] if len(alike) > 1 else ""
        return f"{work.year}{letter}"


def load(folder: Path, figures: Mapping[str, str]) -> list[Article]:
    """Every article of a folder of sources, in the order of their editions.

    Raises:
        ValueError: if the figures do not bear out what an article says, or a work is unknown.
    """
    listed = tomllib.loads((folder / "works.toml").read_text(encoding="utf-8"))
    sources = [
        tomllib.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.toml"))
        if path.stem not in {"works", "figures"}
    ]
    works = {
        key: Work(key, **(fields | {"authors": tuple(fields["authors"])}))
        for key, fields in listed.items()
    }
    for source in sources:
        works[source["key"]] = Work(
            source["key"], source["title"], (PROJECT,), source["edition"], VENUE, "misc"
        )
    for source in sources:
        if failed := broken(source["holds"], dict(figures)):
            raise ValueError(f"{source['id']}: not borne out by the figures: {failed}")
    articles = [_article(source, works, dict(figures)) for source in sources]
    return sorted(articles, key=lambda article: (article.year, article.id))


def _article(source: dict[str, Any], works: dict[str, Work], figures: dict[str, str]) -> Article:
    sections = tuple(
        Section(
            part["kind"],
            part["heading"],
            tuple(
                tuple(_sentence(filled(text, figures)) for text in paragraph)
                for paragraph in part["paragraphs"]
            ),
        )
        for part in source["sections"]
    )
    cited = dict.fromkeys(
        key
        for section in sections
        for paragraph in section.paragraphs
        for sentence in paragraph
        for piece in sentence
        if isinstance(piece, Cite)
        for key in piece.keys
    )
    if unknown := [key for key in cited if key not in works]:
        raise ValueError(f"{source['id']}: cites works that are not listed: {unknown}")
    found = [works[key] for key in cited]
    if source["style"] == "author-year":
        found.sort(key=lambda work: (work.authors, work.year, work.title))
    return Article(
        id=source["id"],
        key=source["key"],
        title=source["title"],
        year=source["edition"],
        style=source["style"],
        columns=source["columns"],
        abstract=(NOTICE, *(filled(text, figures) for text in source["abstract"])),
        sections=sections,
        works=tuple(found),
    )


def _sentence(text: str) -> Sentence:
    pieces: list[str | Cite] = []
    done = 0
    for place in _PLACE.finditer(text):
        pieces += [text[done : place.start()]] if place.start() > done else []
        keys = tuple(place[4].split(","))
        pieces.append(Cite(keys, ROLES[place[2]], place[1] is not None, place[3] or ""))
        done = place.end()
    if done < len(text):
        pieces.append(text[done:])
    if any("{" in piece for piece in pieces if isinstance(piece, str)):
        raise ValueError(f"not understood in {text!r}")
    return tuple(pieces)
