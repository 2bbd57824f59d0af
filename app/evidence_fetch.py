"""Finding the papers that cite a work in open indexes, for the page of evidence."""

from __future__ import annotations

import streamlit as st

from app.engine import engine
from app.plain import plain
from lgm_core.evidence.entry import Entry, Origin
from lgm_core.evidence.indexes.fetch import Fetched, fetch_citing
from lgm_core.evidence.indexes.identifiers import parse
from lgm_core.evidence.paper import EvidenceError

#: Citing works that are asked for at once.
_LIMIT = 20
#: Sentences about works that could not be had, before the rest is only counted.
_MOST_TOLD = 5

_FETCHED = "evidence.fetched"
_TOLD = "evidence.told"


def fetched() -> list[Entry]:
    """The papers that were fetched in this session."""
    return list(st.session_state.get(_FETCHED, []))


def fetch_box() -> None:
    """A field for a DOI or arXiv id, and what came of the last search."""
    with st.form("evidence.fetch", border=False):
        text = st.text_input(
            "Find papers that cite",
            placeholder="DOI or arXiv id",
            help="Asks OpenAlex and Europe PMC, which learn the identifier and this server's "
            "address, nothing else. Open full texts are read; without a network it says so.",
            max_chars=300,
        )
        asked = st.form_submit_button("Search", width="stretch")
    if asked:
        st.session_state[_TOLD] = _search(text)
    for sentence in st.session_state.get(_TOLD, []):
        st.caption(plain(sentence))
    if fetched() and st.button("Forget what was fetched", width="stretch"):
        st.session_state[_FETCHED], st.session_state[_TOLD] = [], []
        st.rerun()


def _search(text: str) -> list[str]:
    """Fetches and reads; a click on anything else ends it. Returns what to say about it."""
    troubles: list[str] = []
    entries = fetched()
    known = {entry.id for entry in entries}
    before = len(entries)
    place = st.empty()
    with place.status("Asks the indexes", expanded=False) as status:
        # A click elsewhere runs the script anew, which ends this one at its next word to the page.
        st.button("Cancel")
        try:
            for number, found in enumerate(fetch_citing(parse(text), limit=_LIMIT), 1):
                status.update(label=f"Citing work {number} of at most {_LIMIT}")
                if not isinstance(found, Fetched):
                    troubles.append(found.sentence)
                    continue
                entry = _entry(found, troubles)
                if entry and entry.id not in known:
                    known.add(entry.id)
                    entries.append(entry)
                    st.session_state[_FETCHED] = list(entries)
        except EvidenceError as error:
            troubles.append(str(error))
    place.empty()  # sentences below say what came of it
    count = len(entries) - before
    told = [f"{count} full text{'' if count == 1 else 's'} read."] if count or not troubles else []
    more = len(troubles) - _MOST_TOLD
    return told + troubles[:_MOST_TOLD] + ([f"And {more} more of this kind."] if more > 0 else [])


def _entry(found: Fetched, troubles: list[str]) -> Entry | None:
    work = found.work
    origin = Origin("Europe PMC", work.open_access_url)
    try:
        return engine().reading.read(found.jats, origin)
    except EvidenceError as error:
        troubles.append(f"{work.title}: {error}")
        return None
