"""Running text out of pieces, some of which point into the bibliography."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lgm_core.evidence.paper import Marker

_BETWEEN = re.compile(r"[\s,;–—‐-]*")
_DASH = re.compile(r"[\s]*[–—‐-][\s]*")
_OWN_RANGE = re.compile(r"\D?(\d{1,4})\s?[–—‐-]\s?(\d{1,4})\D?")
_CLOSING = {"[": "]", "(": ")"}
_MAX_RANGE = 200
_LOOK_BACK = 600


@dataclass(frozen=True)
class Piece:
    """A stretch of text; with keys it is a marker's, and raised when it is a superscript."""

    text: str
    keys: tuple[str, ...] = ()
    raised: bool = False


def running_text(pieces: Sequence[Piece], order: Sequence[str]) -> tuple[str, tuple[Marker, ...]]:
    """The text with single spaces and its markers; ``order`` is that of the bibliography.

    Neighbouring markers in the same brackets become one marker that covers the brackets, and a
    dash between two stands for the keys between. Raised markers are set in square brackets,
    before the full stop or comma that they follow in print.
    """
    place = {key: index for index, key in enumerate(order)}
    text = ""
    markers: list[Marker] = []
    for piece in _lowered(pieces):
        added = re.sub(r"\s+", " ", piece.text)
        if added.startswith(" ") and (not text or text.endswith(" ")):
            added = added[1:]
        if piece.keys and added.strip():
            lead = len(added) - len(added.lstrip())
            keys = _own_range(added.strip(), piece.keys, order, place)
            start = len(text) + lead
            markers.append(Marker(start, start + len(added.strip()), keys))
        text += added
    text = text.rstrip()
    return text, tuple(_joined(text, markers, order, place))


def _lowered(pieces: Sequence[Piece]) -> list[Piece]:
    out: list[Piece] = []
    index = 0
    while index < len(pieces):
        end = index
        while end < len(pieces) and pieces[end].raised:
            end += 1
        group = list(pieces[index:end])
        if any(piece.keys for piece in group):
            stop = ""
            if out and not out[-1].keys and (found := re.search(r"[.,;:]\s*$", out[-1].text)):
                stop = found.group().strip()
                out[-1] = Piece(out[-1].text[: found.start()])
            bracketed = "".join(piece.text for piece in group).strip().startswith(("[", "("))
            out.append(Piece(" " if bracketed else " ["))
            out.extend(group)
            out.append(Piece(stop if bracketed else "]" + stop))
        elif group:
            raised = "".join(piece.text for piece in group)
            out.append(Piece(raised if raised.strip().isalpha() else "^" + raised.strip()))
        if end == index:
            out.append(pieces[index])
            end += 1
        index = end
    return out


def _own_range(
    text: str, keys: tuple[str, ...], order: Sequence[str], place: dict[str, int]
) -> tuple[str, ...]:
    found = _OWN_RANGE.fullmatch(text)
    if not found or len(keys) > 2 or any(key not in place for key in keys):
        return keys
    first = place[keys[0]]
    last = place[keys[1]] if len(keys) == 2 else first + int(found[2]) - int(found[1])
    return tuple(order[first : last + 1]) if 0 <= last - first < _MAX_RANGE else keys


def _joined(
    text: str, markers: Sequence[Marker], order: Sequence[str], place: dict[str, int]
) -> list[Marker]:
    joined: list[Marker] = []
    for marker in markers:
        if joined:
            last = joined[-1]
            gap = text[last.end : marker.start]
            dash = _DASH.fullmatch(gap) is not None
            if _BETWEEN.fullmatch(gap) and (dash or _inside_brackets(text, last.end)):
                between = _between(last.keys[-1], marker.keys[0], order, place) if dash else ()
                keys = tuple(dict.fromkeys((*last.keys, *between, *marker.keys)))
                joined[-1] = Marker(last.start, marker.end, keys)
                continue
        joined.append(marker)
    return [_with_brackets(text, marker) for marker in joined]


def _between(first: str, last: str, order: Sequence[str], place: dict[str, int]) -> tuple[str, ...]:
    if first not in place or last not in place:
        return ()
    start, end = place[first] + 1, place[last]
    return tuple(order[start:end]) if 0 <= end - start < _MAX_RANGE else ()


def _inside_brackets(text: str, at: int) -> bool:
    depth = 0
    for letter in text[max(0, at - _LOOK_BACK) : at]:
        if letter in "([":
            depth += 1
        elif letter in ")]" and depth:
            depth -= 1
    return depth > 0


def _with_brackets(text: str, marker: Marker) -> Marker:
    start, end = marker.start, marker.end
    before, after = text[start - 1 : start], text[end : end + 1]
    if before in _CLOSING and _CLOSING[before] == after:
        return Marker(start - 1, end + 1, marker.keys)
    return marker
