"""The year of a printed paper, as the first page tells it outside the running text."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

_EARLIEST = 1900
_LONGEST = 500  #: characters of a line that are looked at
_MONTH = (
    r"(?:jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?|july?|"
    r"aug(?:ust|\.)?|sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)"
)
#: No part of a number such as that of an arXiv entry, a range, a telephone or an identifier.
_YEAR = r"(?<![\d–—/:.-])((?:19|20)\d\d)(?![\d–—/:]|\.\d|-(?!\d\d-\d\d\b))"
_ANY = re.compile(_YEAR)
_DAY = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?[\s/-]+)?(?=[A-Z])(?i:{_MONTH}),?[\s/-]+"
    r"(?:\d{1,2}(?:st|nd|rd|th)?,?\s+)?"
)
_DATE = re.compile(rf"(?<!\w){_DAY}((?:19|20)\d\d)\b")
_NUMBERS = re.compile(r"(?<!\d)\d{1,2}([./])\d{1,2}\1((?:19|20)\d\d)(?!\d)")
_TELLING = re.compile(
    r"\b(?:published|received|revised|accepted|submitted|available online|copyright|preprint|arxiv|"
    r"edition|version|vol(?:ume)?|issue|proceedings|proc|conference|symposium|workshop|journal|"
    r"transactions|letters|technical report|lecture notes)\b|©|\(c\)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"universit|department|institut|school|college|facult|hospital|laborator|street|avenue|"
    r"\broad\b|\bbox\b|(?-i:\b[A-Z]{2,3}\s\d{4,5}\b)|@",
    re.IGNORECASE,
)
_ALONE = re.compile(rf"\W*{_YEAR}(?:-\d\d-\d\d)?\W*")
_AFTER_VOLUME = re.compile(r"\d\s?(?:\(\d{1,3}\)\s?)?[,(]\s?((?:19|20)\d\d)\)")
#: Below the abstract only what begins as these do counts, for it may be running text.
_NOTICE = re.compile(
    rf"(?:^|[.;|/]\s)\W*(?:(?:©|\([cC]\)\s|Copyright\b)[^.;]{{0,40}}?{_YEAR}"
    rf"|(?:Published|Received|Revised|Accepted|Available)(?:\s[Oo]nline)?:?\s"
    rf"(?:{_DAY}|\d{{1,2}}([./])\d{{1,2}}\2)?((?:19|20)\d\d)(?!\d))",
    re.MULTILINE,
)


def year_of(front: Iterable[str], below: Iterable[str] = ()) -> int | None:
    """The latest year, of 1900 to the next, that the front of a paper gives as its own.

    None where no line tells: a date, a volume, a copyright, a year alone. Years of addresses
    and of running text are left aside.

    Args:
        front: lines around the title and before the abstract, the title left out.
        below: the other lines of the first page, of which only notices count.
    """
    years: list[int] = []
    for line in (text[:_LONGEST] for text in front):
        years += [int(found[1]) for found in _DATE.finditer(line)]
        years += [int(found[2]) for found in _NUMBERS.finditer(line)]
        years += [int(found[1]) for found in _AFTER_VOLUME.finditer(line)]
        alone = _ALONE.fullmatch(line) is not None
        if alone or (_TELLING.search(line) and not _ADDRESS.search(line)):
            years += [int(year) for year in _ANY.findall(line)]
    for found in _NOTICE.finditer("\n".join(text[:_LONGEST] for text in below)):
        years.append(int(found[1] or found[3]))
    latest = datetime.date.today().year + 1
    return max((year for year in years if _EARLIEST <= year <= latest), default=None)
