"""Questions to web services: bounded in bytes and time, polite, and kept for a week.

The standard library's client and not a larger one, because here every step is held: which
hosts may be asked, where a redirect may lead, and when the connection is cut, be it in the
middle of a header.
"""

from __future__ import annotations

import email.utils
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from urllib.parse import SplitResult, urljoin, urlsplit

from lgm_core.data import kept_answers
from lgm_core.evidence.indexes.connection import Answer, Limits, UnreachableError, exchange
from lgm_core.evidence.indexes.problems import (
    IndexesError,
    OfflineError,
    refusal,
)

JSON_LIMIT = 5 << 20  #: bytes
TEXT_LIMIT = 20 << 20  #: bytes
#: Hosts that a redirect may lead to, by https only.
REDIRECT_HOSTS = frozenset({"api.openalex.org", "www.ebi.ac.uk", "europepmc.org"})
MAX_REDIRECTS = 3
#: Seconds between two questions to the same host.
INTERVAL = 0.15
#: Seconds that a server may ask us to wait; when it asks for more, we do not ask again.
MAX_PAUSE = 5.0
#: Seconds for which a host that could not be reached is not tried again.
DOWN = 30.0

_next: dict[str, float] = {}
_next_lock = threading.Lock()

T = TypeVar("T")


class Web:
    """Asks the hosts of some base addresses, and no others.

    Args:
        bases: addresses such as ``https://api.openalex.org``.
        limits: seconds to connect, between two bytes, and for all of an answer.
        interval: seconds between two questions to the same host.
    """

    def __init__(
        self, bases: Iterable[str], *, limits: Limits | None = None, interval: float = INTERVAL
    ) -> None:
        self._origins = {_origin(urlsplit(base)) for base in bases}
        self._limits = limits or Limits()
        self._interval = interval
        self._down: dict[str, float] = {}

    def get(self, url: str, read: Callable[[bytes], T], *, limit: int, secret: str = "") -> T:
        """What ``read`` makes of the answer at an address, kept or fresh.

        Args:
            url: of one of the hosts given.
            read: raises ValueError if the bytes are not an answer; such bytes are not kept.
            limit: bytes; a longer answer is broken off.
            secret: added to the query for the server, and not to what the answer is kept under.

        Raises:
            OfflineError: if there is no connection.
            NotIndexedError: if the server answers 404 or 410.
            RefusedError: if it answers 401 or 403.
            IndexesError: if it is slow, busy, too long or damaged, or another host's address.
        """
        if _origin(urlsplit(url)) not in self._origins:
            raise IndexesError(f"{url[:100]!r} is not an address of the indexes that are asked.")
        kept = kept_answers.read(url)
        if kept is not None and len(kept) <= limit:
            try:
                return read(kept)
            except ValueError:
                pass  # kept by an earlier version that read it otherwise
        body = self._ask(f"{url}{'&' if '?' in url else '?'}{secret}" if secret else url, limit)
        try:
            made = read(body)
        except (ValueError, RecursionError):
            host = urlsplit(url).hostname
            raise IndexesError(f"The answer of {host} is damaged or of an unknown form.") from None
        kept_answers.keep(url, body)
        return made

    def _ask(self, url: str, limit: int) -> bytes:
        end = time.monotonic() + self._limits.whole
        redirects, paused = 0, False
        while True:
            parts = urlsplit(url)
            answer = self._exchange(parts, limit, end)
            host = parts.hostname
            if answer.status == 200:
                return answer.body
            if answer.status in (301, 302, 303, 307, 308) and answer.location:
                redirects += 1
                if redirects > MAX_REDIRECTS:
                    raise IndexesError(f"{host} redirects more than {MAX_REDIRECTS} times.")
                url = self._redirect(url, answer.location)
            elif answer.status in (429, 503) and not paused:
                paused = True
                pause = _seconds(answer.retry_after)
                if pause > min(MAX_PAUSE, end - time.monotonic()):
                    raise IndexesError(f"{host} asks for a pause of {pause:,.0f} seconds.")
                time.sleep(pause)
            else:
                raise refusal(host, answer.status)

    def _redirect(self, url: str, location: str) -> str:
        try:
            target = urljoin(url, location)
            parts = urlsplit(target)
            known = _origin(parts) in self._origins
        except ValueError:
            raise IndexesError(f"{urlsplit(url).hostname} redirects to no address.") from None
        if not known and not (parts.scheme == "https" and parts.netloc in REDIRECT_HOSTS):
            raise IndexesError(
                f"{urlsplit(url).hostname} redirects to {(parts.hostname or 'no host')[:100]}, "
                f"which is not asked; allowed: {', '.join(sorted(REDIRECT_HOSTS))}."
            )
        return target

    def _exchange(self, parts: SplitResult, limit: int, end: float) -> Answer:
        host = parts.netloc
        offline = OfflineError(
            f"There is no connection to {parts.hostname}; the open indexes need the internet."
        )
        if self._down.get(host, 0.0) > time.monotonic():
            raise offline
        _wait_turn(host, self._interval)
        try:
            return exchange(parts, limit=limit, limits=self._limits, end=end)
        except UnreachableError:
            self._down[host] = time.monotonic() + DOWN
            raise offline from None
        except TimeoutError:
            raise IndexesError(f"{parts.hostname} did not answer in time.") from None
        except OverflowError:
            raise IndexesError(
                f"The answer of {parts.hostname} is longer than {limit:,} bytes."
            ) from None
        except (OSError, http.client.HTTPException, UnicodeError):
            raise IndexesError(f"The connection to {parts.hostname} broke.") from None


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object that these bytes are.

    Raises:
        ValueError: if they are none.
    """
    made = json.loads(body)
    if not isinstance(made, dict):
        raise ValueError("no object")
    return made


def _origin(parts: SplitResult) -> tuple[str, str | None, int]:
    if parts.scheme not in ("http", "https") or parts.username is not None:
        return ("", None, 0)
    return (parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))


def _wait_turn(host: str, interval: float) -> None:
    """Wait until this host may be asked again; turns are given out over all threads."""
    with _next_lock:
        now = time.monotonic()
        turn = max(now, _next.get(host, now))
        _next[host] = turn + interval
    time.sleep(turn - now)


def _seconds(retry_after: str | None) -> float:
    """What a Retry-After header asks for: seconds, or a date; one second if it is neither."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return 1.0
