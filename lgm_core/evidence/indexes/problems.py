"""What can go wrong with an index; every message is one plain sentence."""

from __future__ import annotations

from lgm_core.evidence.paper import EvidenceError


class IndexesError(EvidenceError):
    """An index that did not give what was asked for; the message is one plain sentence."""


class OfflineError(IndexesError):
    """There is no connection."""


class NotIndexedError(IndexesError):
    """The index does not have it."""


class RefusedError(IndexesError):
    """The index wants a key, or will not serve this."""


def refusal(host: str | None, status: int) -> IndexesError:
    """What a server that answers this status is said to have done."""
    if status in (404, 410):
        return NotIndexedError(f"{host} does not have it.")
    if status in (401, 403):
        return RefusedError(f"{host} refuses the question; it answered {status}.")
    if status in (429, 503):
        return IndexesError(f"{host} is busy, it answered {status} twice; try again later.")
    return IndexesError(f"{host} answered {status}.")
