"""Citation markers that are names and years: where they stand in a text, and what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LOOK_BACK = 240  #: names stand within so many characters before their year
_LONGEST_GROUP = 900
_MOST_WORDS_BESIDE = 7  #: more than so many words beside the names, and a bracket holds prose

_UPPER = "".join(chr(code) for code in range(0x41, 0x250) if chr(code).isupper())
_WORD = rf"(?:[dDlL]['’])?[{_UPPER}][\w'’‐‑-]*"
_PARTICLE = (
    r"(?:(?:van|von|de|der|den|del|della|di|da|dos|du|la|le|ten|ter|el|al|bin|ibn|zu|af|av|"
    r"Van|Von|De|Der|Den|Del|Di|Da|Du|La|Le|Ten|Ter|El|Al)[\s-])"
)
_INITIALS = rf"(?:[{_UPPER}]\.[\s-]?){{1,3}}"
_NAME = rf"(?:{_INITIALS})?{_PARTICLE}{{0,3}}{_WORD}(?:\s{_WORD}){{0,3}}"
_ET_AL = r"(?:,?\s(?:et\.?\sal\b\.?|(?:and|&)\s(?:colleagues|co-?workers|others|associates)))"
_NAMES = (
    rf"(?<![\w.])({_NAME}(?:,\s{_NAME}){{0,7}}(?:,?\s(?:and|&|et|und|y)\s{_NAME})?)({_ET_AL})?"
    r"(?:['’]s?)?"
)
_LEADING = re.compile(_NAMES + r"(\s?,\s?|\s?[(\[]\s?|\s)\Z")
#: The last word before a year must be a name or stand for further ones.
_BEFORE = re.compile(
    rf"(?:[{_UPPER}][\w'’‐‑-]*|\bal\b\.?|\b(?:colleagues|co-?workers|others|associates))"
    r"(?:['’]s?)?[\s,(\[]{1,4}\Z"
)
_YEAR = r"(?:(?:1[6-9]|20)\d\d(?:[a-z]\b|\b)|in press\b|forthcoming\b|n\.d\.|to appear\b)"
_YEARS = re.compile(
    rf"(?<![\w./–-]){_YEAR}(?:\s?/\s?\d{{4}})?"
    rf"(?:(?:,\s?|\s?(?:and|&)\s)(?:{_YEAR}|[a-z]\b(?!\s[a-z]))){{0,12}}"
)
_CLOSING = re.compile(r"[^()\[\];]{0,60}(?:;[^()\[\]]{0,200})?[)\]]")
_BRACKETS = re.compile(r"[()\[\]]")
_SPLIT_NAMES = re.compile(r",?\s(?:and|&|et|und|y)\s|,\s")
#: Words that begin a sentence or a clause, and so with a capital letter, right before a name.
_OPENING_WORDS = frozenset(
    {"after", "against", "also", "although", "and", "as", "because", "before", "beyond"}
    | {"both", "but", "by", "cf", "compared", "contrary", "despite", "even", "following"}
    | {"for", "from", "given", "hence", "here", "however", "if", "in", "indeed", "like"}
    | {"moreover", "most", "notably", "only", "per", "recently", "see", "similarly"}
    | {"since", "the", "then", "though", "thus", "to", "unlike", "until", "using", "what"}
    | {"when", "where", "whereas", "whether", "while", "with", "yet"}
)


@dataclass(frozen=True)
class Work:
    """One work as a marker names it."""

    names: tuple[str, ...]  #: as printed, in order; the first may have words before it
    others: bool  #: whether "et al." follows them
    year: str  #: with its letter: "2011a", or "in press"


@dataclass(frozen=True)
class Named:
    """A place in a text that may be a marker, and the works that it names."""

    start: int
    end: int
    works: tuple[Work, ...]
    bracketed: bool  #: the names stand in the brackets too
    narrative: bool  #: only the year does


def named(text: str) -> Iterator[Named]:
    """Names followed by years, in brackets or around them, in the order of the text."""
    groups = _groups(text)
    at, last = 0, 0
    pending: list[tuple[Named, tuple[int, int]]] = []
    for years in _YEARS.finditer(text):
        start = max(last, years.start() - LOOK_BACK)
        if not _BEFORE.search(text, max(start, years.start() - 60), years.start()):
            continue
        lead = _LEADING.search(text[start : years.start()])
        if lead is None:
            continue
        begin = start + lead.start(1)
        last = years.end()
        opened = lead[3].strip() in {"(", "["}
        works = tuple(_works(lead, years.group()))
        while at < len(groups) and groups[at][1] <= years.start():
            at += 1
        group = next((g for g in groups[at : at + 1] if g[0] <= begin and g[1] >= last), None)
        if opened:
            closing = _CLOSING.match(text, last)
            end = closing.end() if closing else last
            pending.append((Named(begin, end, works, False, True), (begin, end)))
        elif group is not None:
            pending.append((Named(begin, last, works, True, False), group))
        else:
            pending.append((Named(begin, last, works, False, False), (begin, last)))
    yield from _joined(text, pending)


def without_opening(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names without the words before them: "Like Jones" and "However, Jones" are Jones.

    Empty, if there was no name.
    """
    if not names:
        return ()
    words = names[0].split(" ")
    while words and words[0].lower() in _OPENING_WORDS:
        del words[0]
    return (" ".join(words), *names[1:]) if words else without_opening(names[1:])


def _works(lead: re.Match[str], years: str) -> Iterator[Work]:
    names = tuple(
        re.sub(rf"^{_INITIALS}", "", name).removesuffix("'s").removesuffix("’s").strip("'’ ")
        for name in _SPLIT_NAMES.split(lead[1])
    )
    base = ""
    for year in re.findall(rf"{_YEAR}|(?<=[\s,])[a-z]\b", years):
        full = base + year if len(year) == 1 else year
        base = full[:4] if full[:4].isdigit() else base
        yield Work(names, lead[2] is not None, full)


def _groups(text: str) -> list[tuple[int, int]]:
    """Outermost brackets, opening and closing, that are not too long."""
    groups: list[tuple[int, int]] = []
    depth, start = 0, 0
    for found in _BRACKETS.finditer(text):
        if found.group() in "([":
            if depth == 0 or found.start() - start > _LONGEST_GROUP:
                depth, start = 0, found.start()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0 and found.end() - start <= _LONGEST_GROUP:
                groups.append((start, found.end()))
    return groups


def _joined(text: str, found: list[tuple[Named, tuple[int, int]]]) -> Iterator[Named]:
    """One marker for all that stands in the same brackets, unless they hold prose as well."""
    index = 0
    while index < len(found):
        one, group = found[index]
        members = [one]
        while index + 1 < len(found) and found[index + 1][0].start < group[1]:
            members.append(found[index + 1][0])
            index += 1
        index += 1
        if one.narrative or (one.bracketed and not _holds_prose(text, group, members)):
            works = tuple(work for member in members for work in member.works)
            yield Named(group[0], group[1], works, one.bracketed, one.narrative)
        else:
            yield from members


def _holds_prose(text: str, group: tuple[int, int], members: list[Named]) -> bool:
    rest, at = "", group[0]
    for member in members:
        rest += text[at : member.start] + " "
        at = max(at, member.end)
    rest += text[at : group[1]]
    return len(re.findall(r"[^\W\d_]{2,}", rest)) > _MOST_WORDS_BESIDE * max(1, len(members))
