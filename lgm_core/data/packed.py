"""gzip and zip, read as what they are: files that a stranger may have made.

Nothing is ever unpacked to disk. Every limit is checked before the bytes are unpacked.
"""

from __future__ import annotations

import gzip
import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from lgm_core.data.dataset import DataError

#: Bytes that an upload may have.
MAX_UPLOAD = 64 << 20
#: Bytes that an upload may unpack to.
MAX_UNPACKED = 256 << 20
#: Entries that a zip may have.
MAX_ENTRIES = 100_000
#: An archive that unpacks to more than MAX_UPLOAD may not be packed tighter than this.
MAX_RATIO = 100

_ENTRY_SIGNATURE = b"PK\x01\x02"
_DRIVE = re.compile(r"^[A-Za-z]:")


def shown(name: str, limit: int = 60) -> str:
    """A stranger's name as it may stand in a sentence: printable, one line, bounded."""
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
    return text if len(text) <= limit else f"{text[: limit // 2]}…{text[-limit // 2 + 1 :]}"


def is_gzip(data: bytes) -> bool:
    """Whether the bytes begin as gzip does."""
    return data[:2] == b"\x1f\x8b"


def is_zip(data: bytes) -> bool:
    """Whether the bytes begin as a zip does, an empty one included."""
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def gunzip(data: bytes, *, limit: int, name: str) -> bytes:
    """The decompressed bytes; never more than ``limit`` of them in memory.

    Raises:
        DataError: if they are damaged, end too early, or are more than ``limit``.
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            # One more than allowed: reading past the end is also what checks the checksum.
            plain = stream.read(limit + 1)
    except EOFError:
        raise DataError(f"{shown(name)} ends too early.") from None
    except (OSError, zlib.error):
        raise DataError(f"{shown(name)} is damaged: its gzip data cannot be read.") from None
    if len(plain) > limit:
        raise DataError(f"{shown(name)} unpacks to more than {limit:,} bytes.")
    return plain


#: What the standard library raises where a zip's lists or streams lie.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, OverflowError,
    struct.error,
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A file in a zip, under a path that stays within it."""

    parts: tuple[str, ...]  #: folders and file name
    info: zipfile.ZipInfo

    @property
    def path(self) -> str:
        """The path, as it may stand in a sentence."""
        return shown("/".join(self.parts))

    @property
    def suffix(self) -> str:
        """Lower-case ending with its dot, or nothing."""
        dot = self.parts[-1].rfind(".")
        return self.parts[-1][dot:].lower() if dot > 0 else ""


class Archive:
    """A zip whose limits are checked and whose entries can be read one by one.

    Attributes:
        entries: its files, without folders, dot files and what macOS adds.

    Raises:
        DataError: with one sentence, if the zip is damaged, encrypted, too large, or one of
            its paths leads out of it.
    """

    def __init__(self, data: bytes) -> None:
        # Counted before zipfile builds an object an entry, and not read from the zip's own
        # count, which may lie.
        if data.count(_ENTRY_SIGNATURE) > MAX_ENTRIES:
            raise DataError(f"The zip has more than {MAX_ENTRIES:,} entries.")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGE:
            raise DataError("The zip is damaged: its list of files cannot be read.") from None
        infos = self._zip.infolist()
        total = sum(info.file_size for info in infos)
        if total > MAX_UNPACKED:
            raise DataError(
                f"The zip unpacks to {total >> 20:,} MB; allowed: {MAX_UNPACKED >> 20} MB."
            )
        if total > MAX_UPLOAD and total > MAX_RATIO * len(data):
            raise DataError(
                f"The zip unpacks to {total // len(data):,} times its size; allowed: "
                f"{MAX_RATIO} times."
            )
        self.entries = list(_entries(infos))

    def read(self, entry: Entry) -> bytes:
        """The entry's bytes, as many as the zip's list says at most.

        Raises:
            DataError: if the entry is damaged.
        """
        try:
            return self._zip.read(entry.info)
        except _DAMAGE:
            raise DataError(f"{entry.path} is damaged: it cannot be unpacked.") from None


def _entries(infos: list[zipfile.ZipInfo]) -> Iterator[Entry]:
    for info in infos:
        path = info.filename.replace("\\", "/")
        parts = tuple(part for part in path.split("/") if part not in ("", "."))
        if path.startswith("/") or _DRIVE.match(path) or ".." in parts:
            raise DataError(f"The path {shown(info.filename)} leads out of the zip.")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise DataError(f"{shown(info.filename)} in the zip is a link, not a file.")
        if not parts or info.is_dir() or path.endswith("/"):
            continue
        if "__MACOSX" in parts or any(part.startswith(".") for part in parts):
            continue
        if info.flag_bits & 1:
            raise DataError(f"{shown(info.filename)} in the zip is encrypted.")
        # bzip2 and LZMA may ask for gigabytes of memory; no system's own tool makes such zips.
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise DataError(
                f"{shown(info.filename)} is packed in a way that is not read; allowed: deflate."
            )
        yield Entry(parts, info)
