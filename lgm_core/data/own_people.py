"""Faces that a person brings: a zip or a folder with one folder of pictures a person.

The folder that a picture lies in is its person; other folders may stand above. Each picture is
cut to the square in its middle. No face is looked for: pictures should be framed alike.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lgm_core.data import kept_people
from lgm_core.data.cache import read_bounded
from lgm_core.data.dataset import DataError, Images
from lgm_core.data.face_drawing import SIDE
from lgm_core.data.packed import (
    MAX_ENTRIES,
    MAX_UNPACKED,
    MAX_UPLOAD,
    Archive,
    is_zip,
    shown,
)
from lgm_core.data.parts import Clock, class_name, counted
from lgm_core.data.people import MIN_PEOPLE, People, shrunk, title
from lgm_core.data.pictures import SUFFIXES, read_picture

#: People and pictures that a set may have: 80 MB.
MAX_PEOPLE, MAX_PICTURES = 2000, 20_000
#: Bytes that one picture in a folder may have.
MAX_FILE = 32 << 20
#: Seconds that reading one set may take.
PATIENCE = 60.0


class _Photo(NamedTuple):
    parts: tuple[str, ...]  #: folders and file name
    read: Callable[[], bytes]

    @property
    def path(self) -> str:
        return shown("/".join(self.parts))


def import_people(data: bytes, filename: str, *, seconds: float = PATIENCE) -> People:
    """The set in an uploaded zip, kept so that ``load_people`` finds it under its name.

    Raises:
        DataError: with one plain sentence that says what is wrong and what is allowed.
    """
    people = own_people_from_zip(data, filename, seconds=seconds)
    kept_people.save(people)
    return people


def own_people(path: Path, *, seconds: float = PATIENCE) -> People:
    """The set in a folder or a zip on this machine.

    Raises:
        DataError: with one plain sentence that says what is wrong and what is allowed.
    """
    if path.is_dir():
        return _people(list(_walk(path)), Clock(seconds))
    try:
        data = read_bounded(path, MAX_UPLOAD)
    except OSError:
        raise DataError(f"{shown(path.name)} cannot be read; allowed: a folder or a zip.") from None
    return own_people_from_zip(data, path.name, seconds=seconds)


def own_people_from_zip(data: bytes, filename: str, *, seconds: float = PATIENCE) -> People:
    """The set in an uploaded zip.

    The same pictures give the same name and the same set, be they in a zip or in a folder.

    Args:
        data: the file's bytes, at most 64 MB.
        filename: what the file is called in messages, and nothing else.
        seconds: how long reading it may take.

    Raises:
        DataError: with one plain sentence that says what is wrong and what is allowed.
    """
    if len(data) > MAX_UPLOAD:
        raise DataError(f"{shown(filename)} is too large; allowed: {MAX_UPLOAD >> 20} MB.")
    if not is_zip(data):
        raise DataError(
            f"{shown(filename)} is no zip; allowed: a zip with one folder of pictures a person."
        )
    archive = Archive(data)
    photos = [
        _Photo(entry.parts, partial(archive.read, entry))
        for entry in archive.entries
        if entry.suffix in SUFFIXES
    ]
    return _people(photos, Clock(seconds))


def _walk(top: Path) -> Iterator[_Photo]:
    """The pictures below a folder. Links and what begins with a dot are passed by."""
    seen = room = 0
    for folder, folders, files in os.walk(top):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(folder, name)
            seen += 1
            if seen > MAX_ENTRIES:
                raise DataError(f"The folder has more than {MAX_ENTRIES:,} files.")
            if name.startswith(".") or path.suffix.lower() not in SUFFIXES:
                continue
            if path.is_symlink() or not path.is_file():
                continue
            room += path.stat().st_size
            if room > MAX_UNPACKED:
                raise DataError(f"The folder has more than {MAX_UNPACKED >> 20} MB of pictures.")
            parts = path.relative_to(top).parts
            yield _Photo(parts, partial(_file, path))


def _file(path: Path) -> bytes:
    try:
        data = read_bounded(path, MAX_FILE)
    except OSError:
        raise DataError(f"{shown(path.name)} cannot be read.") from None
    if len(data) > MAX_FILE:
        raise DataError(f"{shown(path.name)} is too large; allowed: {MAX_FILE >> 20} MB.")
    return data


def _people(photos: list[_Photo], clock: Clock) -> People:
    if not photos:
        raise DataError("There are no pictures (png, jpg, gif, bmp, webp) in folders of people.")
    if len(photos) > MAX_PICTURES:
        raise DataError(f"There are {len(photos):,} pictures; allowed: {MAX_PICTURES:,}.")
    photos = sorted(photos, key=lambda photo: photo.parts)
    persons = [_person(photo) for photo in photos]
    names = _names(persons)  # checked before the first picture is decoded
    images = np.empty((len(photos), SIDE, SIDE), np.uint8)
    for i, photo in enumerate(photos):
        clock.check()
        images[i] = shrunk(_middle(read_picture(photo.read(), photo.path).grey))
    number = {name: k for k, name in enumerate(names)}
    people = np.array([number[person] for person in persons], np.int64)
    digest = hashlib.sha256("\n".join(persons).encode())
    digest.update(images.tobytes())
    return People(
        f"own-{digest.hexdigest()[:16]}", title("Own set", len(names)), images, people, names
    )


def _person(photo: _Photo) -> str:
    if len(photo.parts) < 2:
        raise DataError(
            f"{photo.path} lies in no folder; each picture needs one, named after its person."
        )
    try:
        return class_name(photo.parts[-2])
    except DataError:
        raise DataError(
            f"The name {shown(photo.parts[-2])} of a person is not used; allowed: plain text of at "
            "most 40 characters."
        ) from None


def _names(persons: list[str]) -> tuple[str, ...]:
    counts = Counter(persons)
    if not MIN_PEOPLE <= len(counts) <= MAX_PEOPLE:
        raise DataError(
            f"There are pictures of {len(counts):,} {'person' if len(counts) == 1 else 'people'}; "
            f"allowed: {MIN_PEOPLE} to {MAX_PEOPLE:,}, a folder for each."
        )
    for name, count in counts.items():
        if count < 2:
            raise DataError(
                f"There is {counted(count, 'picture')} of {shown(name)}; allowed: 2 or more of "
                "each person."
            )
    return tuple(sorted(counts))


def _middle(grey: Images) -> Images:
    """The square [S, S] in the middle of a picture [H, W]."""
    height, width = grey.shape
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return np.ascontiguousarray(grey[top : top + side, left : left + side])
