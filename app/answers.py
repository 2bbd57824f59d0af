"""Answers of the bench that were given before: a class opens the same page at the same time."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

#: A study of 1,000 digits takes 2 to 3 MB.
_MAX_BYTES = 64 << 20


class Answers:
    """The latest answers, by what was asked; a run that is over answers the same for ever.

    Args:
        max_bytes: of all answers together; the one that was longest not asked for goes first.
    """

    def __init__(self, max_bytes: int = _MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._known: OrderedDict[str, bytes] = OrderedDict()

    def get(self, question: Mapping[str, Any]) -> bytes | None:
        """The answer to a question, if it is known."""
        key = _key(question)
        if key in self._known:
            self._known.move_to_end(key)
        return self._known.get(key)

    def put(self, question: Mapping[str, Any], answer: bytes) -> None:
        """Keeps an answer."""
        self._known[_key(question)] = answer
        while sum(map(len, self._known.values())) > self._max_bytes:
            self._known.popitem(last=False)


def _key(question: Mapping[str, Any]) -> str:
    return json.dumps(question, sort_keys=True)
