"""Files from mirrors: bounded in time and size, and used only if their checksum is right.

What is checked is the md5 of the *decompressed* file, so any mirror and any gzip wrapper
will do. md5 tells a damaged file; the size limit, and not md5, is what guards memory.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lgm_core.data.dataset import DataError
from lgm_core.data.packed import gunzip, is_gzip

#: Seconds without a byte after which a mirror is given up.
SILENCE = 10.0
#: Seconds that one file may take from one mirror.
PATIENCE = 300.0
#: A gzip wrapper cannot make a file of random bytes longer than by this much.
_WRAPPER = 1 << 16
_CHUNK = 1 << 16


@dataclass(frozen=True)
class RemoteFile:
    """A file that mirrors offer as ``<name>.gz``."""

    name: str
    size: int  #: bytes, decompressed
    md5: str  #: of the decompressed bytes, hexadecimal
    packed_size: int  #: bytes to download, about; for the progress bar alone


def verified(data: bytes, file: RemoteFile) -> bytes:
    """The decompressed bytes of ``file``, given with or without a gzip wrapper.

    Raises:
        DataError: if they are damaged, too many, or not the right ones.
    """
    if is_gzip(data):
        data = gunzip(data, limit=file.size, name=file.name)
    if len(data) != file.size:
        raise DataError(f"{file.name} has {len(data):,} bytes, not {file.size:,}.")
    digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
    if digest != file.md5:
        raise DataError(f"{file.name} has the md5 {digest}, not {file.md5}.")
    return data


def fetch(
    file: RemoteFile,
    mirrors: Sequence[str],
    *,
    progress: Callable[[int], None] | None = None,
    silence: float = SILENCE,
    patience: float = PATIENCE,
) -> bytes:
    """The decompressed bytes of ``file`` from the first mirror that has them right.

    Args:
        file: what to download.
        mirrors: addresses that ``<name>.gz`` is appended to, tried in this order.
        progress: called with the bytes downloaded so far, 0 again at each mirror.
        silence: seconds without a byte after which a mirror is given up.
        patience: seconds after which a mirror is given up, however it trickles.

    Raises:
        DataError: if no mirror has it; the message says in a few words why, mirror by mirror.
    """
    reasons = []
    for mirror in mirrors:
        try:
            packed = download(
                f"{mirror.rstrip('/')}/{file.name}.gz",
                limit=file.size + _WRAPPER,
                progress=progress,
                silence=silence,
                patience=patience,
            )
            return verified(packed, file)
        except DataError as error:
            reasons.append(f"{urlsplit(mirror).hostname}: {str(error).rstrip('.')}")
    raise DataError("; ".join(reasons) or "no mirror is known")


class _Buffer:
    """What pooch writes to: memory, up to a limit."""

    def __init__(self, limit: int, progress: Callable[[int], None] | None) -> None:
        self.data = bytearray()
        self._limit = limit
        self._progress = progress

    def write(self, chunk: bytes) -> int:
        """Keep a chunk."""
        self.data += chunk
        if len(self.data) > self._limit:
            raise DataError(f"the file is longer than {self._limit:,} bytes")
        if self._progress:
            self._progress(len(self.data))
        return len(chunk)

    def flush(self) -> None:
        """Nothing waits."""


class _Watch:
    """Cuts the connection when time is up.

    requests' time-out is the silence between two bytes: a server that sends one byte every
    few seconds would never meet it.
    """

    def __init__(self, seconds: float) -> None:
        self.expired = False
        self._end = time.monotonic() + seconds
        self._timers: list[threading.Timer] = []
        self._responses: list[Any] = []

    def __call__(self, response: Any, *_: Any, **__: Any) -> None:
        """Watch a response; requests calls this once its headers are there."""
        timer = threading.Timer(self._end - time.monotonic(), self._cut, (response,))
        timer.daemon = True
        self._timers.append(timer)
        self._responses.append(response)
        timer.start()

    def _cut(self, response: Any) -> None:
        self.expired = True
        # The response may have ended in this very moment; then there is nothing to cut.
        with contextlib.suppress(RuntimeError, ValueError, OSError):
            response.raw.shutdown()

    def stop(self) -> None:
        """Stop watching, and close what pooch leaves open when a download fails."""
        for timer in self._timers:
            timer.cancel()
        for response in self._responses:
            response.close()


def download(
    url: str,
    *,
    limit: int,
    progress: Callable[[int], None] | None,
    silence: float,
    patience: float,
) -> bytes:
    """The file at an address.

    Args:
        url: of the file.
        limit: bytes; a longer answer is broken off.
        progress: called with the bytes that have come so far.
        silence: seconds without a byte after which the attempt ends.
        patience: seconds for all of it.

    Raises:
        DataError: if it cannot be had, is too long, or takes too long; a few words that say which.
    """
    import pooch  # takes 0.3 s, and is seldom needed

    buffer = _Buffer(limit, progress)
    watch = _Watch(patience)
    downloader = pooch.HTTPDownloader(
        chunk_size=_CHUNK, timeout=(silence, silence), hooks={"response": watch}
    )
    try:
        downloader(url, buffer, None)
    except OSError as error:  # requests' own errors are OSErrors too
        raise DataError(_reason(error, watch.expired)) from None
    finally:
        watch.stop()
    if watch.expired:
        raise DataError("it took too long")
    return bytes(buffer.data)


def _reason(error: OSError, expired: bool) -> str:
    """Why a download failed, in a few words; requests' own messages hold whole stacks."""
    if expired or "Timeout" in type(error).__name__ or "timed out" in str(error):
        return "it took too long" if expired else "no answer in time"
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status is not None:
        return f"it answered {status}"
    if "Encoding" in type(error).__name__ or "broken" in str(error):
        return "the connection broke"
    return "no connection"
