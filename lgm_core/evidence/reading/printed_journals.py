"""A journal's name in a printed entry, known by the volume and page that follow it.

The references of physics and chemistry often have no title: "P. W. Higgs, Phys. Lett. 12, 132
(1964)." The name of the journal must not be taken for one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MOST_WORDS = 12
_FEWEST_LETTERS = 2  #: of a journal's name
_LONGEST_UNKNOWN = 5  #: letters of a dotted word that is taken for an abbreviation unseen
_MOST_PLAIN = 2  #: words without a stop that may stand before the first abbreviation
_YEAR = r"(?:1[6-9]|20)\d\d[a-z]?\b"
_UPPER = r"[^\W\d_a-zß-öø-ÿ]"
_WORD = re.compile(
    rf"(?P<small>(?:and|de|der|des|di|for|für|in|of|on|the|und|&)(?=\s))"
    rf"|\({_UPPER}[^\W\d_]{{0,20}}\.?(?:\s?{_UPPER}[^\W\d_]{{0,20}}\.?)?\)"
    rf"|(?P<word>{_UPPER}[^\W\d_]*(?:[’'&-][^\W\d_]+)*)(?![\w’'&-])(?P<dot>\.?)(?::(?=\s{_UPPER}))?"
)
_SPACE = re.compile(r"\s*")
_COMMA = re.compile(r"\s?,?\s?")
_RANGE = r"(?:\s?[-–—/]{1,2}\s?[A-Z]?\d{1,9})?"
_VOLUME = rf"(?:vol(?:ume)?\.?\s?)?[A-Z]{{0,2}}\d{{1,5}}[A-Z]?{_RANGE}"
_NUMBER = rf"\d{{1,4}}{_RANGE}"
_ISSUE = (
    rf"(?:\s?\((?!{_YEAR}){_NUMBER}\)"
    rf"|,?\s(?:no|nr|num|issue|iss)\b\.?\s?{_NUMBER})?"
)
_PAGE = rf"(?:pp?\.?\s?|art(?:icle)?\.?\s(?:no\.?\s)?)?[A-Z]{{0,2}}\d{{1,9}}[A-Za-z]?{_RANGE}(?!\w)"
_MONTH = r"(?:\s[A-Z][a-z]{2,8}\.?(?:\s\d{1,2})?)?"
_VOLUME_PAGE = rf"{_VOLUME}{_ISSUE}\s?[,:]\s?{_PAGE}"
_LAST = r"\s?(?:[.;,\[(]|\Z)"
_DATED = re.compile(
    rf"{_VOLUME_PAGE}[\s,]{{0,2}}\(?{_YEAR}\)?"
    rf"|{_VOLUME}{_ISSUE},?\s?\({_YEAR}\)[\s,:]{{0,2}}{_PAGE}{_LAST}"
    rf"|\(?{_YEAR}{_MONTH}\)?\s?[,;:.]\s?{_VOLUME_PAGE}{_LAST}",
    re.IGNORECASE,
)
_UNDATED = re.compile(rf"{_VOLUME_PAGE}{_LAST}", re.IGNORECASE)
_LOOSE = re.compile(
    rf"{_VOLUME}{_ISSUE},?\s?\({_YEAR}\)|\(?{_YEAR}\)?\s?[,;]\s?{_VOLUME}{_LAST}"
    r"|\(?(?:to be published|to appear|in press|submitted|accepted)\b",
    re.IGNORECASE,
)
#: Words as the names of journals are cut short, and a few that stand between them in full.
_SHORT = (
    "abh acad acta adv am amer anal angew ann annu anorg appl arch assoc astron astrophys "
    "atmos behav ber biochem bioinf biol biomed biophys biotechnol brit bull cell chem chim "
    "cim clin cogn comb comm commun comp comput condens conf control cryst curr dokl ecol "
    "econ electr electrochem electron eng environ epidemiol eur exp fluid found funct gen "
    "genet geol geophys helv high hist hum hydrol immunol ind inf inst instrum int ital jpn "
    "kgl lett mach magn mat mater math mech med mem membr meth methods microbiol mod mol mon "
    "monatsh nachr nanotechnol nat natl naturforsch naturwiss neurobiol neurol neurosci notic "
    "nucl numer oncol oper opt org parasitol particle pharmacol phil philos photon phys "
    "physiol plant polym proc prog psychiatry psychol pub publ pure quant quantum radiat rep "
    "res rev roy russ sci semicond ser sitz soc softw sol solid sov spectrochim spectrosc "
    "stat stoch struct superlatt suppl surf surv symp syst tech technol theor thermodyn top "
    "trans univ vac verh veter virol wiss zool"
)
_KNOWN = frozenset(_SHORT.split())


@dataclass(frozen=True)
class Journal:
    """Where the name of a journal ends in a text, and the name as printed."""

    name: str
    end: int


def journal_at(text: str, start: int, *, dated: bool = False) -> Journal | None:
    """The journal that ``text`` names at ``start``, if its volume and page follow at once.

    A name written out needs a year as well, as "Apollo 11: 30 years" might be a title. "Margins.
    CVPR 12, 3" is a title and a venue, and so no journal's name.

    Args:
        text: a printed entry, without web addresses and identifiers.
        start: where the name would begin.
        dated: the year has been printed before.
    """
    words, end = _words(text, start)
    if not words:
        return None
    name = text[start:end].strip()
    comma = _COMMA.match(text, end)
    at = comma.end() if comma else end
    within = any(word["dot"] for word in words[:-1])
    abbreviated = within or _is_abbreviation(words[-1])
    if sum(map(str.isalpha, name)) < _FEWEST_LETTERS or not _is_one_name(words):
        return None
    found = _DATED.match(text, at)
    if found is None and (abbreviated or dated):
        found = _UNDATED.match(text, at)
    if found is None and abbreviated:
        found = _LOOSE.match(text, at)
    if found is None:
        return None
    # The stop after "Nat Rev Neurosci." ends the name, that of "Phys. Lett." is part of it.
    return Journal(name if within else name.rstrip("."), at)


def _words(text: str, start: int) -> tuple[list[re.Match[str]], int]:
    words: list[re.Match[str]] = []
    at = end = start
    while len(words) < _MOST_WORDS and (word := _WORD.match(text, at)):
        words.append(word)
        end = word.end()
        space = _SPACE.match(text, end)
        at = space.end() if space else end
        if at == end and not word["dot"]:
            break
    if len(words) and words[-1]["small"]:
        return [], start
    return words, end


def _is_abbreviation(word: re.Match[str]) -> bool:
    return bool(word["dot"]) and word["word"].lower() in _KNOWN


def _is_one_name(words: list[re.Match[str]]) -> bool:
    """Whether no stop within the words ends a title; that of the last has no venue after it."""
    stopped = [index for index, word in enumerate(words[:-1]) if word["dot"]]
    if not stopped:
        return not words[0]["small"]
    first, after = words[stopped[0]], words[stopped[0] + 1]
    if not all(_may_be_cut(words[index]) for index in stopped[1:]):
        return False
    if stopped[0]:
        plain = sum(bool(word["word"]) for word in words[: stopped[0]])
        return plain <= _MOST_PLAIN and (_is_abbreviation(first) or first["word"] == "J")
    if len(first["word"]) == 1:
        # "J. Phys." against the initial of "V. Vapnik. Networks. Nature 1, 2".
        return bool(after["word"]) and after["word"].lower() in _KNOWN
    # A title of one word may have a stop, yet it is no worse to miss it than to invent one.
    follows = after["dot"] or after["word"] is None or len(after["word"]) == 1
    return _is_abbreviation(first) or (_may_be_cut(first) and bool(follows))


def _may_be_cut(word: re.Match[str]) -> bool:
    return len(word["word"]) <= _LONGEST_UNKNOWN or _is_abbreviation(word)
