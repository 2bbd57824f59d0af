"""The same work under different spellings, so that counts over many papers add up."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from lgm_core.evidence.identifiers import arxiv_of_doi, without_identifiers
from lgm_core.evidence.names import family_of
from lgm_core.evidence.paper import Reference
from lgm_core.evidence.reading.latex_text import plain_latex

_MAX_TITLE = 500
_MAX_PRINTED = 2000  #: characters of an entry, as many as are read for its venue
_MAX_PLACE = 60  #: characters after a journal's name, within which its volume and page stand
_ISSUE = re.compile(r"\([\d\s/–-]{1,12}\)|\b(?:no|nr|issue)\b\.?\s?\d{1,4}", re.IGNORECASE)
_PLACE = re.compile(r"(?<![^\W_])[A-Z]{0,2}\d{1,9}")
_MAX_COMPARED = 100  #: works of one title that a further one is compared with
_TELLING_WORDS = 5
_TELLING_LETTERS = 25
_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"}
    | {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "λ": "lambda"}
    | {"μ": "mu", "π": "pi", "σ": "sigma", "τ": "tau", "χ": "chi", "ω": "omega"}
)
_SUBTITLE = re.compile(r"(?<=\w)\s?[:?.–—]\s|\s-\s")


def normal_title(title: str) -> str:
    """A title's letters and digits alone, lower case and without accents.

    So "L-GM: {Deep} Classi-fication" and "LGM deep classification" compare equal. The first 500
    characters count.
    """
    text = title[:_MAX_TITLE]
    if re.search(r"[\\${}]", text):
        text = plain_latex(text)
    # Compatibility forms may decompose to capitals, and folded ones may decompose again.
    for _ in range(2):
        text = unicodedata.normalize("NFKD", text).casefold().translate(_UNDECOMPOSED)
    return "".join(letter for letter in text if letter.isalnum())[:_MAX_TITLE]


def works_equal(a: Reference, b: Reference) -> bool:
    """Whether two references, of one paper or of two, mean the same work."""
    works = Works()
    first = works.identify(a)
    return works.identify(b) == first


@dataclass(frozen=True)
class _Seen:
    family: str
    year: int | None
    whole: str
    telling: bool


class Works:
    """Every work met so far; references to one are joined by DOI, arXiv id or title.

    Untitled ones are joined by first author, year, journal, volume and page. Joining is
    transitive: A and B by DOI, B and C by title are one work.
    """

    def __init__(self) -> None:
        self._parents: list[int] = []
        self._seen: list[_Seen] = []
        self._exact: dict[str, int] = {}
        self._titled: dict[str, list[int]] = {}

    def identify(self, reference: Reference) -> str:
        """The id of the reference's work, such as "w12".

        An id given once keeps its meaning; when later references show two ids to be one work,
        the earlier id stands for both and ``canonical`` tells it.
        """
        number = len(self._parents)
        self._parents.append(number)
        title = reference.title or ""
        whole = normal_title(title)
        self._seen.append(_seen(reference, whole))
        for name in _exact_names(reference, whole):
            self._join(number, self._exact.setdefault(name, number))
        if whole:
            self._join_by_title(number, {whole, _without_subtitle(title)} - {""})
        return f"w{self._root(number)}"

    def find(self, reference: Reference) -> str | None:
        """The work that a reference means, without taking it for one that was met.

        None where there is none, or where it could be several: a title without its author joins
        nobody's works.
        """
        title = reference.title or ""
        whole = normal_title(title)
        seen = _seen(reference, whole)
        for name in _exact_names(reference, whole):
            if name in self._exact:
                return f"w{self._root(self._exact[name])}"
        found = {
            self._root(other)
            for name in {whole, _without_subtitle(title)} - {""}
            for other in self._titled.get(name, ())
            if self._same(seen, self._seen[other])
        }
        return f"w{found.pop()}" if len(found) == 1 else None

    def canonical(self, work: str) -> str:
        """The id that stands for a work now; raises KeyError for an id that was never given."""
        number = work.removeprefix("w")
        if not number.isdecimal() or int(number) >= len(self._parents):
            raise KeyError(work)
        return f"w{self._root(int(number))}"

    def _join_by_title(self, number: int, titles: set[str]) -> None:
        for title in titles:
            for other in self._titled.get(title, ()):
                if self._same(self._seen[number], self._seen[other]):
                    self._join(number, other)
            bucket = self._titled.setdefault(title, [])
            if len(bucket) < _MAX_COMPARED:
                bucket.append(number)

    @staticmethod
    def _same(a: _Seen, b: _Seen) -> bool:
        authors_known = bool(a.family and b.family)
        if a.whole == b.whole and a.telling:
            return not authors_known or a.family == b.family
        # A short title, or a title with and without its subtitle, needs the author and year.
        near = a.year is not None and b.year is not None and abs(a.year - b.year) <= 1
        return authors_known and a.family == b.family and near

    def _root(self, number: int) -> int:
        while self._parents[number] != number:
            self._parents[number] = self._parents[self._parents[number]]
            number = self._parents[number]
        return number

    def _join(self, a: int, b: int) -> None:
        first, second = sorted((self._root(a), self._root(b)))
        self._parents[second] = first


def _seen(reference: Reference, whole: str) -> _Seen:
    title = reference.title or ""
    telling = len(title.split()) >= _TELLING_WORDS and len(whole) >= _TELLING_LETTERS
    family = family_of(reference.authors[0]) if reference.authors else ""
    return _Seen(family, reference.year, whole, telling)


def _exact_names(reference: Reference, title: str) -> list[str]:
    names = []
    arxiv = reference.arxiv or arxiv_of_doi(reference.doi)
    if arxiv:
        names.append(f"arxiv:{re.sub(r'v[0-9]+$', '', arxiv.lower())}")
    if reference.doi and not arxiv_of_doi(reference.doi):
        names.append(f"doi:{reference.doi.lower()}")
    if title:
        return names
    if place := _printed_place(reference):
        names.append(f"place:{place}")
    elif not names and len(printed := normal_title(reference.text)) >= _TELLING_LETTERS:
        names.append(f"text:{printed}")
    return names


def _printed_place(reference: Reference) -> str:
    """First author, year, journal, volume and page of an untitled reference; empty unless all are.

    "Phys. Lett. B 716, 1 (2012)" and "Phys. Lett. B716 (2012) 1" are one place.
    """
    if not (reference.authors and reference.year and reference.venue and reference.text):
        return ""
    text = re.sub(r"\s+", " ", without_identifiers(reference.text[:_MAX_PRINTED]))
    _, venue, after = text.partition(reference.venue)
    # Many styles leave the number of the issue out.
    after = _ISSUE.sub(" ", after[:_MAX_PLACE])
    numbers = [found for found in _PLACE.findall(after) if found != str(reference.year)]
    if not venue or len(numbers) < 2:
        return ""
    volume = normal_title(venue + numbers[0])
    return f"{family_of(reference.authors[0])}:{reference.year}:{volume}:{numbers[1].lower()}"


def _without_subtitle(title: str) -> str:
    main = _SUBTITLE.split(title, maxsplit=1)[0]
    normal = normal_title(main)
    return normal if len(main.split()) >= 2 and len(normal) >= 12 else ""
