"""One question and its answer over HTTP, cut off when it is too long or takes too long."""

from __future__ import annotations

import base64
import contextlib
import functools
import http.client
import socket
import ssl
import threading
import time
import urllib.request
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

import certifi

USER_AGENT = "lgm-lab/0.1 (a teaching lab for loss functions; reads citing works)"
_PIECE = 1 << 16


@dataclass(frozen=True)
class Limits:
    """Seconds that a question may take."""

    connect: float = 5.0
    silence: float = 15.0  #: between two bytes
    whole: float = 30.0  #: for all of it, redirects and pauses included


@dataclass(frozen=True)
class Answer:
    """What a server answered; the body of anything but 200 is not read."""

    status: int
    body: bytes
    location: str | None
    retry_after: str | None


class UnreachableError(Exception):
    """No connection could be made."""


def exchange(parts: SplitResult, *, limit: int, limits: Limits, end: float) -> Answer:
    """Ask for an address once.

    Args:
        parts: of an http or https address; an https proxy of the environment is used.
        limit: bytes of the body.
        limits: seconds to connect and between two bytes.
        end: on the monotonic clock, when all of it is cut off.

    Raises:
        UnreachableError: if no connection can be made.
        TimeoutError: if it takes too long.
        OverflowError: if the body is longer than ``limit``.
        OSError, http.client.HTTPException: if the connection breaks.
    """
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection = _connection(parts, min(limits.connect, left))
    try:
        try:
            connection.connect()
        except (OSError, http.client.HTTPException) as error:
            raise UnreachableError from error
        sock = connection.sock
        sock.settimeout(limits.silence)
        cut = _Cut(sock, end)
        try:
            return _converse(connection, parts, limit, cut)
        except TimeoutError:
            raise
        except (OSError, http.client.HTTPException):
            if cut.done:
                raise TimeoutError from None
            raise
        finally:
            cut.stop()
    finally:
        connection.close()


class _Cut:
    """Shuts a socket at its time: one byte every few seconds would never meet a time-out."""

    def __init__(self, sock: socket.socket, end: float) -> None:
        self.done = False
        self._sock = sock
        self._timer = threading.Timer(max(0.0, end - time.monotonic()), self._shut)
        self._timer.daemon = True
        self._timer.start()

    def _shut(self) -> None:
        self.done = True
        # The plain socket's way: TLS's own would take its state from under the reading thread.
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)

    def stop(self) -> None:
        """It has ended by itself."""
        self._timer.cancel()


def _converse(
    connection: http.client.HTTPConnection, parts: SplitResult, limit: int, cut: _Cut
) -> Answer:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "User-Agent": USER_AGENT,
        "Accept": "application/json, application/xml;q=0.9, */*;q=0.5",
        # Nothing packed: a few kilobytes could else become gigabytes.
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    connection.request("GET", target, headers=headers)
    with connection.getresponse() as response:
        body = bytearray()
        if response.status == 200:
            if (response.length or 0) > limit:
                raise OverflowError
            while piece := response.read1(_PIECE):
                body += piece
                if len(body) > limit:
                    raise OverflowError
            if cut.done:
                raise TimeoutError
            if response.length:  # bytes that were promised and have not come
                raise http.client.IncompleteRead(b"", response.length)
        return Answer(
            response.status,
            bytes(body),
            response.getheader("Location"),
            response.getheader("Retry-After"),
        )


def _connection(parts: SplitResult, timeout: float) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, parts.port or 80, timeout=timeout)
    proxy = urllib.request.getproxies().get("https")
    if not proxy or urllib.request.proxy_bypass(host):
        return http.client.HTTPSConnection(
            host, parts.port or 443, timeout=timeout, context=_trust()
        )
    via = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    tunnel = http.client.HTTPSConnection(
        via.hostname or "", via.port or 8080, timeout=timeout, context=_trust()
    )
    headers = {}
    if via.username:
        pair = f"{unquote(via.username)}:{unquote(via.password or '')}".encode()
        headers["Proxy-Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    tunnel.set_tunnel(host, parts.port or 443, headers)
    return tunnel


@functools.cache
def _trust() -> ssl.SSLContext:
    """The system's certificates and certifi's: some Pythons come without any of their own."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
