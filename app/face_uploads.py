"""The dialog in which a person brings faces of their own to train on."""

from __future__ import annotations

import streamlit as st

from app.plain import plain
from lgm_core.data import DataError
from lgm_core.data.own_people import import_people

_IMPORTED = "faces.imported"


def take_imported() -> str | None:
    """Name of the set that was just chosen in the dialog, once."""
    name = st.session_state.pop(_IMPORTED, None)
    return name if isinstance(name, str) else None


def own_faces() -> None:
    """A button that opens the dialog; an imported set becomes the page's faces."""
    if st.button("Train on your own faces", width="stretch"):
        _dialog()


@st.dialog("Your own faces")
def _dialog() -> None:
    st.markdown(
        "A zip with one folder of pictures a person, 4 people or more, 2 pictures each or more, "
        "at most 64 MB. Each picture is cut to its middle square and becomes 64 × 64 grey pixels. "
        "The set is kept on this server, in its cache folder, until room is needed."
    )
    file = st.file_uploader("Zip", type="zip", label_visibility="collapsed")
    if file is None:
        return
    try:
        with st.spinner("Reading the pictures"):
            people = import_people(file.getvalue(), file.name)
    except DataError as error:
        st.error(plain(str(error)))
        return
    st.caption(plain(f"{people.title}: {len(people.people):,} pictures."))
    if st.button("Train on these", type="primary"):
        st.session_state[_IMPORTED] = people.name
        st.rerun()
