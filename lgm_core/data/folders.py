"""A zip with one folder of pictures a class.

The folder that a picture lies in is its class. A folder named train or test above that one
says which part of the set it is; above or beside them other folders may stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from lgm_core.data.dataset import SIDE, DataError
from lgm_core.data.packed import Archive, Entry
from lgm_core.data.parts import (
    TEST_WORDS,
    TRAIN_WORDS,
    Clock,
    Found,
    Part,
    class_name,
    class_names,
    counted,
)
from lgm_core.data.pictures import SUFFIXES, UnreadableError, fit, is_bright, read_picture

#: Of this many pictures, one may be unreadable: it is left out and named.
_UNREADABLE_ONE_IN = 100


def is_picture(entry: Entry) -> bool:
    """Whether the entry is a picture by its name."""
    return entry.suffix in SUFFIXES


def read_folders(archive: Archive, entries: Sequence[Entry], clock: Clock) -> Found:
    """The pictures ``entries`` of a zip.

    Raises:
        DataError: with one sentence, if a picture is in no class folder, too many cannot be
            read, one is too large, the classes are too many or too few, or the time is up.
    """
    _check_folders(entries)
    tested = [_is_test(entry) for entry in entries]
    separate = any(tested) and not all(tested)
    labels = [class_name(entry.parts[-2]) for entry in entries]
    train = [i for i, test in enumerate(tested) if not (separate and test)]
    held = [i for i, test in enumerate(tested) if separate and test]
    # Checked before the first picture is decoded: a wrong set should not take a minute.
    class_names([labels[i] for i in train], [labels[i] for i in held] if separate else None)

    work = _Work(archive, clock, allowed=len(entries) // _UNREADABLE_ONE_IN)
    part = work.read([entries[i] for i in train], [labels[i] for i in train])
    test = work.read([entries[i] for i in held], [labels[i] for i in held]) if separate else None
    return Found(part, test, work.report())


def _check_folders(entries: Sequence[Entry]) -> None:
    for entry in entries:
        if len(entry.parts) < 2:
            raise DataError(
                f"{entry.path} lies in no class folder; each picture needs one folder, named "
                "after its class."
            )
    folders = {entry.parts[-2].lower() for entry in entries}
    if folders <= TRAIN_WORDS | TEST_WORDS:
        raise DataError(
            f"The pictures lie directly in {' and '.join(sorted(folders))}; each class needs a "
            "folder of its own in there."
        )


def _is_test(entry: Entry) -> bool:
    return len(entry.parts) > 2 and entry.parts[-3].lower() in TEST_WORDS


class _Work:
    """Reads pictures and counts what was done to them."""

    def __init__(self, archive: Archive, clock: Clock, allowed: int) -> None:
        self._archive = archive
        self._clock = clock
        self._allowed = allowed
        self._unreadable: list[str] = []
        self._sizes: Counter[tuple[int, int]] = Counter()
        self._inverted = 0
        self._coloured = 0

    def read(self, entries: Sequence[Entry], labels: Sequence[str]) -> Part:
        """The pictures as a part of a set; unreadable ones are left out as long as few are."""
        images = np.empty((len(entries), SIDE, SIDE), np.uint8)
        kept: list[str] = []
        for entry, label in zip(entries, labels, strict=True):
            self._clock.check()
            try:
                picture = read_picture(self._archive.read(entry), entry.path)
            except UnreadableError as error:
                self._leave_out(entry, error)
                continue
            self._coloured += picture.coloured
            self._sizes[picture.size] += 1
            grey = picture.grey
            # Each picture by itself: people draw theirs on paper, boards and screens.
            if is_bright(grey):
                grey = 255 - grey
                self._inverted += 1
            images[len(kept)] = fit(grey)
            kept.append(label)
        return Part(images[: len(kept)], kept)

    def _leave_out(self, entry: Entry, error: UnreadableError) -> None:
        self._unreadable.append(entry.path)
        if len(self._unreadable) <= self._allowed:
            return
        if not self._allowed:
            raise error
        raise DataError(
            f"{self._unreadable[0]} and {counted(self._allowed, 'other picture')} cannot be read; "
            f"at most one in {_UNREADABLE_ONE_IN} is left out."
        )

    def report(self) -> list[str]:
        """What was done, in sentences."""
        total = self._sizes.total()
        lines = []
        if set(self._sizes) != {(SIDE, SIDE)}:
            if len(self._sizes) == 1:
                width, height = next(iter(self._sizes))
                source = f"{width} x {height}"
            else:
                source = f"{len(self._sizes):,} different sizes"
            lines.append(f"Resized from {source} to 28 x 28 pixels, aspect kept, centred.")
        if self._coloured:
            lines.append(f"{counted(self._coloured, 'picture')} of {total:,} turned grey.")
        if self._inverted:
            lines.append(
                f"{counted(self._inverted, 'picture')} of {total:,} inverted, from dark on "
                "bright to white on black."
            )
        if self._unreadable:
            lines.append(
                f"{counted(len(self._unreadable), 'picture')} left out, unreadable: "
                f"{self._unreadable[0]}{' and others' if len(self._unreadable) > 1 else ''}."
            )
        return lines
