"""Which part of a sentence speaks of which of its citations."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: Between two markers that stand side by side there is no more than this.
_SIDE_BY_SIDE = re.compile(r"(?:[\s,;()\[\]–—-]|\band\b|\bor\b|&|\bsee\b|\balso\b|e\.g\.)*")
#: Between two members of one list: a comma or a conjunction and a short name, no more.
_LISTED = re.compile(
    r"\s*(?:,|and\b|or\b|&|as well as\b)(?:\s*(?:and|or|&)\b)?(?:\s+[^\s,;]+){0,5}\s*"
)
#: Words that give a short stretch between two markers a meaning of its own.
_RELATION = re.compile(
    r"\b(?:but|not|nor|yet|while|whereas|although|though|however|unlike|contra\w*|contrast\w*|"
    r"oppos\w+|differ\w*|disagree\w*|inconsistent|consistent|agree\w*|accord\w*|line|support\w*|"
    r"confirm\w*|refut\w*|challeng\w*|question\w*|conflict\w*|reject\w*|extend\w*|replicat\w*|"
    r"reproduc\w*|similar\w*|like|others?|some|we|our|here|is|are|was|were|has|have|had|"
    r"report\w*|found|find\w*|show\w*|suggest\w*|observ\w*|argu\w+|claim\w*|propos\w+|us(?:es|ed)|"
    r"introduc\w+|use|fail\w*|stud(?:y|ied)|did|does|do|rather|instead|except|despite)\b",
    re.IGNORECASE,
)
_CONTRAST = (
    r"(?:but|whereas|while|although|even though|though|however|yet|in contrast|by contrast|"
    r"contrary to|unlike|as opposed to|as against|rather than|on the other hand|conversely|"
    r"in disagreement|despite|in spite of|instead)\b"
)
_SUBORDINATE = (
    r"(?:as|in (?:line|agreement|accord|accordance|keeping|conflict|support)|consistent(?:ly)?|"
    r"similar(?:ly)?|like|because|since|when|after|before|using|following|which|who|where|so|"
    r"thus|thereby|confirm\w+|support\w+|contradict\w+|extend\w+|agree\w+|inconsistent|if|with)\b"
)
_CUE = (
    r"(?:in (?:line|agreement|accord|accordance|conflict)|consistent|because|"
    r"as (?:did|shown|reported|found|in|by))"
)
#: Places where a clause may begin, with how much each is one; the place is the match's start.
_BREAKS: tuple[tuple[float, re.Pattern[str]], ...] = (
    (5.0, re.compile(r"(?<=;)")),
    (4.0, re.compile(rf"(?:\b(?:and|or|but|yet) )?\b{_CONTRAST}", re.IGNORECASE)),
    (3.5, re.compile(r"(?<=[:—])|(?<=\s–)")),
    (3.2, re.compile(r"(?<=,)\s*(?:not|nor)\b", re.IGNORECASE)),
    (3.0, re.compile(r"(?<=,)\s*(?:and|or|so)\b")),
    (2.5, re.compile(r"\b(?:and|or)\s+(?=" + _RELATION.pattern + ")", re.IGNORECASE)),
    (2.2, re.compile(rf"(?<=,)\s*{_SUBORDINATE}", re.IGNORECASE)),
    (2.0, re.compile(r"(?<=,)(?=\s)")),
    (1.8, re.compile(rf"\b{_CUE}\b", re.IGNORECASE)),
    (1.0, re.compile(r"\b(?:and|or)\b")),
)  # fmt: skip
_OURS = re.compile(r"\b(?:we|our|ours|us|here|this study|present (?:study|work|results?))\b", re.I)


def clauses(sentence: str, markers: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """For each marker, start and end of the part of ``sentence`` that speaks of it.

    ``markers`` are spans in the order of the text. Each part is contiguous and holds its marker.

    * One marker, markers side by side ("[1, 2]", "[1], [2]") and the members of one list
      ("A [1], B [2] and C [3] studied it") share a part; if that is all, it is the sentence.
    * Otherwise the sentence is divided between two groups of markers at the strongest boundary
      there: a semicolon, then a contrasting conjunction ("but", "whereas", "in contrast to"),
      then a conjunction after a comma, then a comma, then a bare conjunction. A part reaches from
      one boundary to the next, so a main clause goes to the marker on its side of the boundary:
      in "in line with [1] but in contrast to [2], we find x" the second part holds "we find x"
      and the first is known by its cue alone.
    * A stretch between two boundaries that tells of the writers' own finding ("[1] found x, but
      we found y, in line with [2]") belongs to the parts on both of its sides.
    * Where nothing divides two groups, they share a part.
    """
    whole = (0, len(sentence))
    parts: list[tuple[int, int]] = []
    begin, members = 0, 0
    for index, (_, end) in enumerate(markers):
        members += 1
        if index + 1 == len(markers):
            break
        cut = _cut(sentence, end, markers[index + 1][0])
        if cut is not None:
            parts += [(begin, max(cut[1], end))] * members
            begin, members = cut[0], 0
    parts += [(begin, whole[1])] * members
    return [_trimmed(sentence, part) for part in parts]


def _trimmed(sentence: str, part: tuple[int, int]) -> tuple[int, int]:
    piece = sentence[part[0] : part[1]]
    return part[0] + len(piece) - len(piece.lstrip()), part[0] + len(piece.rstrip())


def _cut(sentence: str, start: int, end: int) -> tuple[int, int] | None:
    """Where the part of the next marker begins and where that of the last one ends, if at all."""
    gap = sentence[start:end]
    if _SIDE_BY_SIDE.fullmatch(gap):
        return None
    listed = _LISTED.fullmatch(gap)
    if listed and not _RELATION.search(gap):
        return None
    bare = re.sub(r"\([^()]*\)|\[[^\[\]]*\]|\d,\d", lambda found: "·" * len(found.group()), gap)
    found = _breaks(bare)
    if not found:
        return None
    best = max(weight for weight, _ in found)
    # Of equals the last is nearest to what the next marker stands on.
    chosen = max(place for weight, place in found if weight == best)
    first, last = chosen, chosen
    for weight, place in found:
        if weight < 2.0:
            continue
        if place > chosen and _OURS.search(bare, chosen, place):
            last = max(last, place)
        elif place < chosen and weight >= 4.0 and _OURS.search(bare, place, chosen):
            first = min(first, place)
    return start + first, start + last


def _breaks(gap: str) -> list[tuple[float, int]]:
    """Weight and place of every boundary of a stretch between two markers."""
    found: dict[int, float] = {}
    for weight, pattern in _BREAKS:
        for match in pattern.finditer(gap):
            place = match.start()
            # ", but" and "but" are one boundary, and it stands before the word.
            place += len(gap[place:]) - len(gap[place:].lstrip())
            found[place] = max(found.get(place, 0.0), weight)
    return [(weight, place) for place, weight in found.items() if place < len(gap)]
