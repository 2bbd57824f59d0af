"""Authors that are no persons: organisations and projects, whose names are never turned round."""

from __future__ import annotations

import re

_KINDS = (
    "academy|agency|alliance|association|authority|board|bureau|cent(?:er|re)s?|collaboration|"
    "college|commission|committee|company|consortium|corporation|council|department|federation|"
    "foundation|group|inc|initiative|institut(?:e|ion)|laborator(?:y|ies)|labs?|ltd|ministry|"
    "nations|observatory|office|organi[sz]ation|panel|partnership|program(?:me)?|project|research|"
    "services?|society|team|trust|union|university"
)
#: The word stands last or goes on with "of": "Health Organization", "Institute of Standards".
_TELLING = re.compile(rf"\b(?:{_KINDS})(?=\Z| (?:of|for|on) | (?:{_KINDS})\b)", re.IGNORECASE)
_LONGEST = 200  #: characters of a name
_UPPER = r"[^\W\d_a-zß-öø-ÿ]"
_NAME = rf"{_UPPER}(?:[\w'’&.-]{{0,40}}[\w'’])?"
_SEVERAL = rf"(?:The )?{_NAME}(?: (?:(?:of|for|and|the|on|in|&|de|für|des) ){{0,2}}{_NAME}){{1,11}}"
_COINED = re.compile(rf"(?!Ma?c|De|Di|Da|Du|La|Le|Van|O['’]){_UPPER}\w*[a-z\d]{_UPPER}\w*")
_YEAR = r"(?:1[89]|20)\d\d"
_GROUP = re.compile(rf"({_SEVERAL})(?=\.? \(?{_YEAR}|, {_YEAR}|[.:] \S+ \S)")
_ALONE = re.compile(rf"{_UPPER}[\w-]{{2,29}}(?=\.? \({_YEAR}|\. \S+ \w+ \w+)")


def is_group(name: str) -> bool:
    """Whether a name is that of an organisation or a project: "Lab Project", "OpenAI"."""
    if len(name) > _LONGEST:
        return False
    if re.fullmatch(_SEVERAL, name):
        return _TELLING.search(name) is not None
    return _COINED.fullmatch(name) is not None


def leading_group(body: str) -> int:
    """Where the name of an organisation in front of a printed entry ends; 0 if there is none.

    A single word before a year or a title, such as "OpenAI. A report on models.", is one too.
    """
    found = _GROUP.match(body)
    if found and _TELLING.search(found[1]):
        return found.end()
    alone = _ALONE.match(body)
    return alone.end() if alone else 0
