"""The dialog in which a person brings digits, or other pictures, of their own."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import streamlit as st

from app.memory import give_back
from app.plain import plain
from lgm_core.data import DataError
from lgm_core.data.uploads import check_sizes, import_files

_IMPORTED = "feature-space.imported"
_reading = threading.Lock()


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    """One upload at a time: a large one takes most of a gigabyte while it is read."""
    place = st.empty()
    while not _reading.acquire(timeout=0.5):
        # Here the run of a person who has left ends.
        place.caption("Somebody else's pictures are being read; yours are next.")
    try:
        place.empty()
        yield
    finally:
        _reading.release()
        give_back()


def take_imported() -> str | None:
    """Name of the set that was just chosen in the dialog, once."""
    name = st.session_state.pop(_IMPORTED, None)
    return name if isinstance(name, str) else None


def own_digits() -> None:
    """A button that opens the dialog; an imported set becomes the page's data."""
    if st.button("Use your own pictures", width="stretch"):
        _dialog()


@st.dialog("Your own pictures")
def _dialog() -> None:
    st.markdown(
        "A zip with one folder of images a class, a CSV (label, pixels), or IDX files: images "
        "and labels together. 2 to 50 classes, at most 64 MB. Everything becomes 28 × 28, white "
        "on black."
    )
    # No list of endings: the usual names of IDX files have none, and the reader says more.
    files = st.file_uploader("Files", accept_multiple_files=True, label_visibility="collapsed")
    if not files:
        return
    if len(files) > 1:
        st.caption(plain(f"Read together: {', '.join(file.name for file in files)}."))
    try:
        check_sizes([(file.name, file.size) for file in files])
        with st.spinner("Reading the pictures"), _turn():
            own = import_files([(file.name, file.getvalue()) for file in files])
    except DataError as error:
        st.error(plain(str(error)))
        return
    for line in own.report:
        st.caption(plain(line))
    if st.button("Train on these", type="primary"):
        st.session_state[_IMPORTED] = own.name
        st.rerun()
