"""The authors in front of a printed entry, in the orders that styles print them."""

from __future__ import annotations

import re

from lgm_core.evidence.names import family_first
from lgm_core.evidence.reading.groups import leading_group
from lgm_core.evidence.reading.printed_journals import journal_at

_MAX_NAMES = 200
_UPPER = r"[^\W\d_a-zß-öø-ÿ]"
_PARTICLE = r"(?:(?:de|del|den|der|di|da|dos|du|el|la|le|ten|ter|van|von|zu|al)[ ]){0,3}"
_WORD = rf"{_UPPER}[\w'’]*[a-zß-öø-ÿ'’][\w'’]*(?:[-‐][\w'’]+)?"
_FAMILY = rf"{_PARTICLE}{_WORD}(?:[ ]{_WORD})?"
_DOTTED = rf"{_UPPER}[a-z]?\.(?:[ ]?-?[ ]?{_UPPER}\.){{0,4}}"
#: "John R. Hill. A table driven approach", where "Wan W. Margins. Journal" names but Wan.
_TITLE_AFTER = (
    r"\.[ ](?!(?:In|Proc\w*|Journal|J|Annals|Int)\b)(?![^.]{0,60}\.?[ ](?:19|20)\d\d;)"
    r"[^\W\d_][\w'’-]*[ ][\w'’-]+[ ]\S"
)

# The order matters: an earlier form, when it fits, is the more certain one.
_FORMS = {
    "family, initials": re.compile(rf"{_FAMILY}, {_DOTTED}(?:, Jr\.)?"),
    "given initial family": re.compile(
        rf"{_WORD} (?:{_UPPER}\. ){{1,2}}{_PARTICLE}{_WORD}"
        rf"(?=,? and |,? & |, {_UPPER}|{_TITLE_AFTER})"
    ),
    "family initials": re.compile(
        rf"{_FAMILY} {_UPPER}{{1,3}}(?:\.(?=[,;] |,? et al))?"
        rf"(?=[,.:;] |[,.:;]$| \(| and | & | et al|$)"
    ),
    "initials family": re.compile(rf"{_DOTTED} {_FAMILY}"),
    "given family": re.compile(
        rf"{_WORD}(?:[ ](?:{_UPPER}\.|{_WORD})){{0,3}}? {_PARTICLE}{_WORD}"
        rf"(?=,|\.| and | & |:|;| et al| \(|$)"
    ),
    "family, given": re.compile(
        rf"{_PARTICLE}{_WORD}, {_WORD}(?:[ ]{_UPPER}\.)?(?=,|\.| and | &|:|;| \()"
    ),
}
_NEXT = {
    "family, initials": ("family, initials", "initials family"),
    "given initial family": ("given family", "initials family"),
    "family initials": ("family initials",),
    "initials family": ("initials family",),
    "given family": ("given family", "initials family"),
    "family, given": ("family, given", "given family"),
}
_LAST = re.compile(r",?\s+(?:and|&)\s+")
_SEPARATOR = re.compile(r"(?:,|;)?\s*(?:and|&|\.\.\.|…)\s*|[,;]\s*")
_OTHERS = re.compile(r"\s*,?\s*(?:and\s+|&\s*)?(?:et al\b\.?|others\b\.?)|\s*\(eds?\.\)", re.I)


def leading_names(body: str) -> tuple[tuple[str, ...], int]:
    """The names in front of an entry as "Family, Given", and where the text goes on after them."""
    if group := leading_group(body):
        return (body[:group],), group
    form, match = _first(body)
    names: list[str] = []
    end = 0
    while match and len(names) < _MAX_NAMES:
        names.append(_ordered(match.group(), form))
        end = match.end()
        separator = _SEPARATOR.match(body, end)
        match = None
        # A journal may look like one more author: "H. Lee, J. Phys. C 6, 1181 (1973)".
        if separator and not journal_at(body, separator.end()):
            further = _NEXT[form]
            if form == "initials family":
                # "H. Michael Ji and Earl Killian"; after a comma two words may be a title.
                last = ("given family",) if _LAST.match(body, end) else ()
                further += ("given initial family", *last)
            for other in further:
                if match := _FORMS[other].match(body, separator.end()):
                    form = form if other != "given family" else other
                    break
    if names and (others := _OTHERS.match(body, end)):
        end = others.end()
    if names and end < len(body) and body[end] not in '.,:;([ "“':
        return (), 0
    return tuple(names), end


def _first(body: str) -> tuple[str, re.Match[str] | None]:
    for form, pattern in _FORMS.items():
        if match := pattern.match(body):
            return form, match
    return "", None


def _ordered(name: str, form: str) -> str:
    if form == "family initials" and "," not in name:
        family, _, initials = name.rpartition(" ")
        return f"{family}, {initials}"
    return family_first(name)
