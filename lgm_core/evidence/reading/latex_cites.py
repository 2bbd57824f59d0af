"""The citing commands of LaTeX, natbib and biblatex, as print shows them in a numbered style."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lgm_core.evidence.paper import Reference
from lgm_core.evidence.reading.latex_scan import group
from lgm_core.evidence.reading.latex_text import plain_latex
from lgm_core.evidence.reading.marking import Piece

_COMMAND = re.compile(r"\\([A-Za-z]{0,12}[cC]ite[A-Za-z]{0,12})\*?(?![A-Za-z])")
_NOT_CITING = re.compile(r"set\w*|citestyle|bibcite|citeindex\w*|\w*citefont|citename|nocite")
_NAMES_ONLY = frozenset({"citeauthor", "citeauthors", "citefullauthor", "citename"})
_YEARS_ONLY = frozenset({"citeyear", "citeyearpar", "citedate"})
#: Print no brackets of their own; within brackets of the author's they get none here either.
_BARE = frozenset({"citenum", "onlinecite", "citealp", "citeyear", "citedate"})
_LOOK_BACK = 100
_TITLES_ONLY = frozenset({"citetitle"})
_NARRATIVE = re.compile(r"citet|citealt|textcites?|newcite|shortciteA|citeA|smartcitet")
_MAX_CITATIONS = 20_000
_MAX_KEYS = 200
# Private-use characters hold a marker's place while the text around it is converted.
_OPEN, _CLOSE = "\ue000", "\ue001"
_PLACE = re.compile(f"{_OPEN}(\\d{{1,6}}){_CLOSE}")


@dataclass
class Citing:
    """The citations of a paper, numbered as they are found."""

    references: dict[str, Reference]
    labels: dict[str, str]  #: what natbib prints for an author
    pieces: list[list[Piece]] = field(default_factory=list)
    missing: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._number = {key: index for index, key in enumerate(self.references, 1)}

    def hold_places(self, source: str) -> str:
        """The source with each citing command replaced by a place that ``fill`` knows."""
        parts: list[str] = []
        done = 0
        for found in _COMMAND.finditer(source):
            name = found[1][0].lower() + found[1][1:]
            if found.start() < done or len(self.pieces) >= _MAX_CITATIONS:
                continue
            read = _groups(source, found.end(), name.endswith("s"))
            if read is None:
                continue
            cited, end = read
            parts.append(source[done : found.start()])
            done = end
            if not _NOT_CITING.fullmatch(name):
                before = source[max(0, found.start() - _LOOK_BACK) : found.start()]
                bare = name in _BARE and _in_brackets(before, source[end : end + 5])
                self.pieces.append(self._shown(name, cited, source[end : end + 60], bare))
                parts.append(f"{_OPEN}{len(self.pieces) - 1}{_CLOSE}")
        parts.append(source[done:])
        return "".join(parts)

    def fill(self, text: str) -> list[Piece]:
        """Text with places as pieces, those of the places citing."""
        pieces: list[Piece] = []
        done = 0
        for found in _PLACE.finditer(text):
            pieces.append(Piece(text[done : found.start()]))
            number = int(found[1])
            pieces.extend(self.pieces[number] if number < len(self.pieces) else ())
            done = found.end()
        pieces.append(Piece(text[done:]))
        return [piece for piece in pieces if piece.text]

    def _shown(self, name: str, cited: Sequence[_Cited], following: str, bare: bool) -> list[Piece]:
        keys = tuple(dict.fromkeys(key for one in cited for key in one.keys))
        self.missing.update(dict.fromkeys(key for key in keys if key not in self.references))
        if not keys:
            return []
        if name in _YEARS_ONLY:
            years = (self.references[k].year if k in self.references else None for k in keys)
            listed = ", ".join(str(year or "?") for year in years)
            return [Piece(listed if bare else f"({listed})", keys)]
        if name in _NAMES_ONLY or name in _TITLES_ONLY:
            who = self._title(keys) if name in _TITLES_ONLY else self._authors(keys)
            # Name and number of one work side by side are one citation, at the number.
            again = re.search(r"\\[a-zA-Z]*cite[^{]{0,20}\{[^}]*" + re.escape(keys[0]), following)
            return [Piece(who) if again else Piece(who, keys)]
        if _NARRATIVE.fullmatch(name):
            return self._narrative(cited)
        inside = "; " if any(one.before or one.after for one in cited[1:]) else ", "
        numbers = inside.join(one.around(", ".join(map(self._label, one.keys))) for one in cited)
        return [Piece(numbers if bare else f"[{numbers}]", keys)]

    def _narrative(self, cited: Sequence[_Cited]) -> list[Piece]:
        pieces: list[Piece] = []
        flat = [(one, key) for one in cited for key in one.keys]
        for index, (one, key) in enumerate(flat):
            if index:
                pieces.append(Piece(" and " if index == len(flat) - 1 else ", "))
            last = index == len(flat) - 1
            number = one.around(self._label(key)) if last else self._label(key)
            if key in self.references:
                pieces.append(Piece(f"{self._authors((key,))} "))
            pieces.append(Piece(f"[{number}]", (key,)))
        return pieces

    def _label(self, key: str) -> str:
        return str(self._number.get(key, "?"))

    def _authors(self, keys: Sequence[str]) -> str:
        return ", ".join(self.labels.get(key) or self._names(key) for key in keys)

    def _names(self, key: str) -> str:
        reference = self.references.get(key)
        names = [name.split(",")[0] for name in reference.authors] if reference else []
        if not names:
            return (reference.title or key) if reference else key
        return names[0] + (" et al." if names[2:] else f" and {names[1]}" if names[1:] else "")

    def _title(self, keys: Sequence[str]) -> str:
        found = (self.references.get(key) for key in keys)
        return ", ".join((one.title or one.key) if one else "?" for one in found)


@dataclass(frozen=True)
class _Cited:
    keys: tuple[str, ...]
    before: str
    after: str

    def around(self, label: str) -> str:
        """The label between the words in the optional arguments: "see 3, p. 5"."""
        return f"{self.before + ' ' if self.before else ''}{label}" + (
            f", {self.after}" if self.after else ""
        )


def without_cites(source: str, numbers: Mapping[str, int]) -> str:
    """The source with each citing command as the numbers of those of its keys that have one."""
    parts: list[str] = []
    done = 0
    for found in _COMMAND.finditer(source):
        read = _groups(source, found.end(), found[1].endswith("s"))
        if read is None or found.start() < done:
            continue
        keys = (key for one in read[0] for key in one.keys)
        known = ", ".join(str(numbers[key]) for key in keys if key in numbers)
        parts += [source[done : found.start()], f"[{known}]" if known else ""]
        done = read[1]
    return "".join((*parts, source[done:]))


def _in_brackets(before: str, following: str) -> bool:
    """Whether what stands between the two is in square brackets, or alone in round ones."""
    before = before.rpartition("\n\n")[2]
    if before.rfind("[") > before.rfind("]"):
        return True
    return before.rstrip().endswith("(") and following.lstrip().startswith(")")


def _groups(source: str, at: int, several: bool) -> tuple[list[_Cited], int] | None:
    """The optional arguments and keys after a command, and where they end."""
    cited: list[_Cited] = []
    for _ in range(50 if several else 1):
        options: list[str] = []
        start = at
        while len(options) < 2 and (given := group(source, start, "[")):
            options.append(plain_latex(given[0][:300]))
            start = given[1]
        keys = group(source, start)
        if keys is None or (cited and source[at : at + 1] not in "[{"):
            break
        names = tuple(name.strip() for name in keys[0].split(",")[:_MAX_KEYS] if name.strip())
        before = options[0] if len(options) == 2 else ""
        cited.append(_Cited(names, before, options[-1] if options else ""))
        at = keys[1]
    return (cited, at) if cited else None
