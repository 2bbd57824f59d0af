"""The sources of a LaTeX paper out of what arXiv gives: one file, or an archive of many."""

from __future__ import annotations

import gzip
import io
import posixpath
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from lgm_core.evidence.paper import EvidenceError

MAX_UPLOAD = 60 * 1024 * 1024
MAX_UNPACKED = 100 * 1024 * 1024
MAX_FILE = 4 * 1024 * 1024
MAX_ENTRIES = 2000
MAX_TEXT_FILES = 400
_ENDINGS = (".tex", ".ltx", ".latex", ".bbl", ".bib")
#: What the standard library's unpackers raise on damaged or unheard-of archives.
_UNPACKING_ERRORS = (
    *(tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(ValueError, RuntimeError, MemoryError),  # of RuntimeError's kind: too deep, not supported
)


@dataclass
class Sources:
    """The text files of a paper by their path inside the archive."""

    files: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    #: Files given beside the paper: they may be another paper's, so that its own go before them.
    loose: set[str] = field(default_factory=set)

    def note(self, sentence: str) -> None:
        """Add a sentence, once, and no more than twenty in all."""
        if sentence not in self.notes and len(self.notes) < 20:
            self.notes.append(sentence)

    def add(self, name: str, data: bytes) -> None:
        """Take a file in, as UTF-8 or else as Latin-1."""
        self.files[name] = decoded(data, name, self)

    def add_loose(self, name: str, data: bytes) -> None:
        """Take in a file from beside the paper; one of the paper's own of that name stays."""
        name = posixpath.basename(name)
        if name.lower().endswith(_ENDINGS):
            path = name if name not in self.files else f"beside the paper/{name}"
            self.add(path, _limited(data, name))
            self.loose.add(path)


def open_sources(data: bytes, filename: str) -> Sources:
    """The text files in an upload; raises EvidenceError when it is too large or broken.

    Only regular files with the endings of LaTeX are read, into memory; links, absolute paths
    and paths that climb out of the archive are left out with a note.
    """
    if len(data) > MAX_UPLOAD:
        raise EvidenceError(f"The upload has {len(data)} bytes; at most {MAX_UPLOAD} are read.")
    sources = Sources()
    try:
        if data[:2] == b"PK":
            _take(sources, _zip_entries(data))
        elif data[:2] == b"\x1f\x8b":
            head = _Bounded(gzip.GzipFile(fileobj=io.BytesIO(data))).read(512)
            unpacked = _Bounded(gzip.GzipFile(fileobj=io.BytesIO(data)))
            if head[257:262] == b"ustar":
                _take(sources, _tar_entries(unpacked))
            else:
                sources.add("main.tex", _limited(unpacked.read(MAX_FILE + 1), filename))
        elif data[257:262] == b"ustar":
            _take(sources, _tar_entries(_Bounded(io.BytesIO(data))))
        else:
            sources.add(posixpath.basename(filename) or "main.tex", _limited(data, filename))
    except EvidenceError:
        raise
    except _UNPACKING_ERRORS:
        raise EvidenceError(
            f"{filename[:100]!r} cannot be unpacked; a .tex, .tar.gz or .zip in order is needed."
        ) from None
    return sources


def decoded(data: bytes, name: str, sources: Sources) -> str:
    """Text from bytes: UTF-8, or Latin-1 with a note."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        sources.note(f"{name[:100]!r} is not UTF-8 and was read as Latin-1.")
        text = data.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def inner_path(name: str) -> str | None:
    """A path inside an archive in its plain form; None if it is absolute or climbs out."""
    plain = name.strip()
    if not plain or plain[0] in "/\\~|" or ":" in plain or "\\" in plain or "\0" in plain:
        return None
    path = posixpath.normpath(plain)
    return None if path == ".." or path.startswith("../") else path


class _Bounded(io.RawIOBase):
    """A stream that refuses to give more than is allowed in all."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream
        self._given = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(size if size >= 0 else MAX_UNPACKED + 1)
        self._given += len(data)
        if self._given > MAX_UNPACKED:
            raise _too_much()
        return data


def _limited(data: bytes, name: str) -> bytes:
    if len(data) > MAX_FILE:
        raise EvidenceError(f"{name[:100]!r} has more than the {MAX_FILE} bytes allowed.")
    return data


def _take(sources: Sources, entries: Iterator[tuple[str, bytes | None]]) -> None:
    taken = 0
    for number, (name, data) in enumerate(entries, 1):
        if number > MAX_ENTRIES or len(sources.files) >= MAX_TEXT_FILES:
            raise EvidenceError(
                f"The archive has too many files; {MAX_ENTRIES} entries are allowed, "
                f"{MAX_TEXT_FILES} of them LaTeX."
            )
        path = inner_path(name)
        if path is None:
            sources.note(f"The archive's entry {name[:80]!r} points outside and was left out.")
        elif data is None:
            sources.note(f"The archive's entry {name[:80]!r} is a link and was left out.")
        elif path.lower().endswith(_ENDINGS):
            taken += len(data)
            if taken > MAX_UNPACKED:
                raise _too_much()
            sources.add(path, _limited(data, name))


def _too_much() -> EvidenceError:
    return EvidenceError(f"The archive unpacks to more than {MAX_UNPACKED} bytes.")


def _tar_entries(stream: _Bounded) -> Iterator[tuple[str, bytes | None]]:
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            if member.isdir():
                continue
            wanted = member.isreg() and member.name.lower().endswith(_ENDINGS)
            opened = archive.extractfile(member) if wanted else None
            if opened is not None:
                yield member.name, opened.read(MAX_FILE + 1)
            else:
                yield member.name, b"" if member.isreg() else None


def _zip_entries(data: bytes) -> Iterator[tuple[str, bytes | None]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            if info.external_attr >> 28 == 0xA:  # a symbolic link of a Unix zip
                yield info.filename, None
            elif info.flag_bits & 1:
                raise EvidenceError("The zip is encrypted; one without a password is needed.")
            elif info.filename.lower().endswith(_ENDINGS):
                with archive.open(info) as opened:
                    yield info.filename, opened.read(MAX_FILE + 1)
            else:
                yield info.filename, b""
