"""Citations as pandoc writes them: ``[@key; @other, p. 3]``, ``[-@key]`` and ``@key``."""

from __future__ import annotations

import re

from lgm_core.evidence.paper import Reference
from lgm_core.evidence.reading.marking import Piece

_KEY = r"@(?:\{[^{}\s]{1,200}\}|[\w](?:[\w:.#$%&+?<>~/-]{0,200}[\w/])?)"
_ONE = re.compile(rf"(-?)({_KEY})")
#: A name and a year, as most keys are.
_DATED = re.compile(r"[^\W\d_][^\W\d_]{1,60}[-_:]?(?:19|20)\d\d[^\W_]{0,30}")
_CITING = re.compile(
    rf"\[(?P<several>[^\[\]@]{{0,200}}-?{_KEY}[^\[\]]{{0,2000}})\]"
    rf"|(?<![\w.@/])(?P<narrative>{_KEY})(?:\s?\[(?P<locator>[^\[\]@]{{1,100}})\])?"
)


def cited_pieces(
    text: str, references: dict[str, Reference], missing: dict[str, None]
) -> list[Piece]:
    """The text in pieces, its citations numbered by the bibliography.

    Unknown keys go in ``missing``, except for a bare ``@word`` without a year, which may be
    anything.
    """
    numbers = {key: index for index, key in enumerate(references, 1)}
    pieces: list[Piece] = []
    done = 0
    for found in _CITING.finditer(text):
        pieces.append(Piece(text[done : found.start()]))
        done = found.end()
        if found["narrative"]:
            key = _key(found["narrative"])
            if key not in references:
                if _DATED.fullmatch(key):
                    missing[key] = None
                    pieces += [Piece(f"{key} "), Piece("[?]", (key,))]
                else:
                    pieces.append(Piece(found.group()))
                continue
            locator = f", {found['locator']}" if found["locator"] else ""
            pieces.append(Piece(f"{_authors(references[key])} "))
            pieces.append(Piece(f"[{numbers[key]}{locator}]", (key,)))
            continue
        keys = tuple(dict.fromkeys(_key(hit[2]) for hit in _ONE.finditer(found["several"])))
        missing.update(dict.fromkeys(key for key in keys if key not in references))
        plain = not re.sub(rf"-?{_KEY}|[;\s]", "", found["several"])
        shown = _ONE.sub(lambda hit: str(numbers.get(_key(hit[2]), "?")), found["several"])
        pieces.append(Piece(f"[{shown.replace(';', ',') if plain else shown}]", keys))
    pieces.append(Piece(text[done:]))
    return [piece for piece in pieces if piece.text]


def _key(written: str) -> str:
    return written.lstrip("@").strip("{}")


def _authors(reference: Reference) -> str:
    names = [name.split(",")[0] for name in reference.authors]
    if not names:
        return reference.title or reference.key
    return names[0] + (" et al." if names[2:] else f" and {names[1]}" if names[1:] else "")
