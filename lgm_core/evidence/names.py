"""Names of authors, brought to "Family, Given"."""

from __future__ import annotations

import re
import unicodedata

_PARTICLES = frozenset(
    {"de", "del", "della", "den", "der", "di", "da", "dos", "du", "el", "la", "le", "ten", "ter"}
    | {"van", "von", "zu", "zur", "al", "bin", "ibn"}
)
_SUFFIX = re.compile(r",?\s+(Jr\.?|Sr\.?|I{2,3}|IV)$")
_INITIALS_LAST = re.compile(r"(.+?)\s+([^\W\d_a-z]{1,3})")
_UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe"})


def family_first(name: str) -> str:
    """A printed name as "Family, Given": "Weitao Wan" and "Wan W" become "Wan, ...".

    A name with a comma is taken as it is; one word alone is a family name.
    """
    name = re.sub(r"\s+", " ", name).strip(" ,;")
    if "," in name:
        return name
    name = _SUFFIX.sub("", name)
    if found := _INITIALS_LAST.fullmatch(name):
        return f"{found.group(1)}, {found.group(2)}"
    words = name.split(" ")
    if len(words) == 1:
        return name
    first = len(words) - 1
    while first > 1 and words[first - 1].lower() in _PARTICLES:
        first -= 1
    if words[0].lower() in _PARTICLES:
        first = 0
    family, given = " ".join(words[first:]), " ".join(words[:first])
    return f"{family}, {given}" if given else family


def family_of(name: str) -> str:
    """The family name alone, without accents, particles' spaces or case, for comparing."""
    family = family_first(name).split(",")[0].lower().translate(_UNDECOMPOSED)
    plain = unicodedata.normalize("NFKD", family)
    return "".join(letter for letter in plain if letter.isalnum())
