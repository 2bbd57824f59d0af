"""A file that a person brings becomes a set to train on.

A zip with one folder of pictures a class, a CSV with a label and pixels a row, or a zip with
IDX files. Size, number, paths and pixels are checked before anything is decoded.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lgm_core.data import own
from lgm_core.data.dataset import DataError, Dataset, Labels, split
from lgm_core.data.folders import is_picture, read_folders
from lgm_core.data.idx import is_idx
from lgm_core.data.packed import (
    MAX_UNPACKED,
    MAX_UPLOAD,
    Archive,
    Entry,
    gunzip,
    is_gzip,
    is_zip,
    shown,
)
from lgm_core.data.pairs import is_idx_name, read_pairs
from lgm_core.data.parts import TEST_WORDS, Clock, Found, Part, class_names, counted
from lgm_core.data.pictures import fit_stacks
from lgm_core.data.tables import DIM, Table, read_table

#: Seconds that reading one upload may take.
PATIENCE = 60.0
#: Files that may be brought at once; more belong into a zip.
MAX_FILES = 4

_PICTURE_STARTS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF")
_CSV_NAME = re.compile(r"\.csv(\.gz)?$", re.IGNORECASE)
_ARCHIVES = frozenset({".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".rar", ".7z"})


@dataclass(frozen=True)
class OwnSet:
    """A set of one's own: its name for the settings, and what was done to it."""

    name: str  #: ``own-`` and the first 16 hex digits of the file's SHA-256
    report: tuple[str, ...]  #: sentences for the person who brought it
    dataset: Dataset


def import_set(data: bytes, filename: str, *, seconds: float = PATIENCE) -> OwnSet:
    """Convert an uploaded file and keep it, so that ``load`` finds it under its name.

    Images become 28 x 28, grey, white on black. Where no test part is given, a fixed fifth of
    each class is kept for testing. The same bytes give the same name and the same set.

    Args:
        data: the file's bytes, at most 64 MB.
        filename: what the file is called in messages, and nothing else.
        seconds: how long reading it may take.

    Raises:
        DataError: with one plain sentence that says what is wrong and what is allowed.
    """
    check_sizes([(filename, len(data))])
    name = f"own-{hashlib.sha256(data).hexdigest()[:16]}"
    found = _read(data, filename, Clock(seconds))
    dataset, report = _dataset(name, found)
    own.save(dataset)
    return OwnSet(name, tuple(report), dataset)


def import_files(files: Sequence[tuple[str, bytes]], *, seconds: float = PATIENCE) -> OwnSet:
    """The same for files that belong together: IDX images and labels, or CSVs of two parts.

    Args:
        files: name and bytes of each, together at most 64 MB.
        seconds: how long reading them may take.

    Raises:
        DataError: with one plain sentence that says what is wrong and what is allowed.
    """
    check_sizes([(name, len(data)) for name, data in files])
    if len(files) == 1:
        name, data = files[0]
        return import_set(data, name, seconds=seconds)
    if packed := [name for name, data in files if is_zip(data)]:
        raise DataError(f"{shown(packed[0])} is a zip; allowed: one zip alone.")
    together = io.BytesIO()
    with zipfile.ZipFile(together, "w") as archive:
        for name, data in sorted(files):
            # Without a date in it, the same files are the same set.
            archive.writestr(zipfile.ZipInfo(name.replace("\\", "/").rsplit("/", 1)[-1]), data)
    return import_set(together.getvalue(), "these files", seconds=seconds)


def check_sizes(files: Sequence[tuple[str, int]]) -> None:
    """Refuses files that are too many or too large, before anybody takes them into memory.

    Args:
        files: name and number of bytes of each.

    Raises:
        DataError: with one plain sentence that says what is wrong and what is allowed.
    """
    if len(files) > MAX_FILES:
        raise DataError(f"{len(files):,} files were given; allowed: {MAX_FILES} at once, or a zip.")
    size = sum(count for _, count in files)
    if size > MAX_UPLOAD:
        what = f"{shown(files[0][0])} has" if len(files) == 1 else "The files have"
        together = "" if len(files) == 1 else " together"
        raise DataError(
            f"{what} {size / (1 << 20):,.1f} MB{together}; allowed: {MAX_UPLOAD >> 20} MB."
        )
    if len(files) == 1 and not size:
        raise DataError(f"{shown(files[0][0])} is empty.")


def _read(data: bytes, filename: str, clock: Clock) -> Found:
    if is_zip(data):
        return _read_zip(Archive(data), clock)
    if is_gzip(data):
        data = gunzip(data, limit=MAX_UNPACKED, name=filename)
        filename = filename.removesuffix(".gz")
    if is_idx(data):
        raise DataError(
            f"{shown(filename)} is one IDX file; the images and their labels are needed, both "
            "at once or in one zip."
        )
    if data.startswith(_PICTURE_STARTS):
        raise DataError(
            f"{shown(filename)} is a single picture; a zip with one folder of pictures a class "
            "is needed."
        )
    if b"\0" in data[:4096]:
        raise DataError(
            f"{shown(filename)} is not read; allowed: a zip with one folder of pictures a class, "
            "a CSV, or a zip with IDX files."
        )
    return _from_tables([read_table(data, filename, clock)], clock)


def _read_zip(archive: Archive, clock: Clock) -> Found:
    pictures = [entry for entry in archive.entries if is_picture(entry)]
    idx = [entry for entry in archive.entries if is_idx_name(entry.parts[-1])]
    tables = [entry for entry in archive.entries if _CSV_NAME.search(entry.parts[-1])]
    if pictures:
        used, found = pictures, read_folders(archive, pictures, clock)
    elif idx:
        used, found = idx, read_pairs(_unpack(archive, idx), clock)
    elif tables:
        used, found = tables, _read_tables(archive, tables, clock)
    else:
        raise DataError(
            "The zip holds no pictures (png, jpg, gif, bmp, webp) in class folders, no IDX files "
            "and no CSV."
        )
    left = set(archive.entries) - set(used)
    if left:
        archives = sum(entry.suffix in _ARCHIVES for entry in left)
        words = [counted(archives, "archive")] if archives else []
        words += [counted(len(left) - archives, "other file")] if len(left) > archives else []
        found.report.append(f"Not read: {' and '.join(words)} in the zip.")
    return found


def _unpack(archive: Archive, entries: Sequence[Entry]) -> dict[str, bytes]:
    """The entries' bytes by path, gzip undone, together bounded as the zip itself is."""
    files: dict[str, bytes] = {}
    room = MAX_UNPACKED
    for entry in entries:
        data = archive.read(entry)
        if is_gzip(data):
            data = gunzip(data, limit=room, name=entry.path)
        room -= len(data)
        if room < 0:
            raise DataError(f"The zip unpacks to more than {MAX_UNPACKED >> 20} MB.")
        files["/".join(entry.parts)] = data
    return files


def _read_tables(archive: Archive, entries: Sequence[Entry], clock: Clock) -> Found:
    tested = sorted(entries, key=_is_test)
    if len(tested) > 2 or [_is_test(entry) for entry in tested] not in (
        [False],
        [True],
        [False, True],
    ):
        raise DataError(
            f"The zip holds {len(entries)} CSV files; allowed: one, or one to train with and one "
            "named test."
        )
    files = _unpack(archive, tested)
    return _from_tables([read_table(data, name, clock) for name, data in files.items()], clock)


def _is_test(entry: Entry) -> bool:
    return not TEST_WORDS.isdisjoint(re.split(r"[^a-z0-9]+", "/".join(entry.parts).lower()))


def _from_tables(tables: Sequence[Table], clock: Clock) -> Found:
    if len({table.side for table in tables}) > 1:
        raise DataError("The images to train with and to test with differ in size.")
    brightest = max(table.brightest for table in tables)
    if brightest == 0:
        raise DataError("Every pixel is 0; allowed: 0 to 255, and some that are not 0.")
    scale = 255 / brightest if brightest < DIM else 1.0
    stacks, report = fit_stacks([table.images(scale) for table in tables], clock)
    if scale != 1.0:
        report.insert(0, f"Pixels of 0 to {brightest:g} were scaled to 0 to 255.")
    parts = [Part(stack, table.labels) for stack, table in zip(stacks, tables, strict=True)]
    return Found(parts[0], parts[1] if len(parts) > 1 else None, report)


def _dataset(name: str, found: Found) -> tuple[Dataset, list[str]]:
    train, test = found.train, found.test
    names = class_names(train.labels, None if test is None else test.labels)
    counts = Counter(train.labels + ([] if test is None else test.labels))
    listed = ", ".join(f"{shown(k, 20)} ({counts[k]:,})" for k in names[:10])
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    report = [f"{counted(counts.total(), 'image')} in {len(names)} classes: {listed}{more}."]
    report += found.report

    labels = _numbers(train.labels, names)
    if test is None:
        first, second = split(labels)
        whole = train.images
        parts = whole[first], labels[first], whole[second], labels[second]
        report.append(
            f"{len(first):,} to train with and {len(second):,} to test with, about a fifth of "
            "each class."
        )
    else:
        parts = train.images, labels, test.images, _numbers(test.labels, names)
        report.append(
            f"{len(labels):,} to train with and {len(test.labels):,} to test with, as the upload "
            "says."
        )
    dataset = Dataset(name, *parts, class_names=names)
    return replace(dataset, note=" ".join(report)[: own.MAX_NOTE]), report


def _numbers(labels: Sequence[str], names: Sequence[str]) -> Labels:
    number = {name: k for k, name in enumerate(names)}
    return np.array([number[label] for label in labels], np.int64)
