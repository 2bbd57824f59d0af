"""The page of evidence: papers from the sidebar, and the panel that shows what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from app import address, evidence_data, evidence_link
from app.evidence_exports import downloads
from app.evidence_fetch import fetch_box, fetched
from app.evidence_link import PageState
from app.evidence_papers import Read, read_files, shipped
from app.ledger import Ledger, find
from app.notices import refused
from app.panels.evidence import evidence
from app.plain import plain
from app.style import hide_sidebar
from lgm_core.evidence.collection import CitedWork, Collection
from lgm_core.evidence.entry import Entry
from lgm_core.evidence.paper import MOST_BYTES, EvidenceError, Label

_NAME = "evidence"
_STATE = "evidence.state"
_LEDGER = "evidence.ledger"
_MANUSCRIPT = "evidence.manuscript"
_PAPERS = "evidence.papers"
_COLLECTION = "evidence.collection"
_LINKS = "evidence.links"
_CHOSEN = "evidence.chosen"
_CHECKED = "evidence.checked"

#: Streamlit's megabytes are 2^20 bytes.
_MOST_MEGABYTES = MOST_BYTES // 2**20
_KINDS = "PDF, LaTeX (.tex or .tar.gz, with its .bib or .bbl), JATS, TEI, Markdown, text"


def page() -> None:
    """Draws the page and keeps what was chosen in it."""
    state, news = _state()
    ledger = _ledger()
    papers = list(_articles())
    manuscript = None
    with st.sidebar:
        added = _added()
        fetch_box()
        papers += [*fetched(), *added]
        manuscript = _manuscript()
    if (new := manuscript.id if manuscript else None) != st.session_state.get(_CHECKED):
        st.session_state[_CHECKED] = new
        if new:  # whoever drops one wants to see what is said of it
            st.session_state[_LINKS] = st.session_state.get(_LINKS, 0) + 1
            # Kept at once, as in _state: this run may be ended by a click.
            state = st.session_state[_STATE] = state._replace(view="check")
    collection = _collection(papers, state.relabelled)
    works = collection.works()
    chosen = _chosen(works, collection, state.work, news=news)
    # The panel keeps its filters itself, unless a link that is new to it says otherwise.
    links = st.session_state.get(_LINKS, 0)
    told = evidence(
        view=state.view,
        work=chosen.id if chosen else None,
        filters=state.filters,
        relabelled=state.relabelled,
        aside=state.aside,
        data={
            "links": links,
            "works": [evidence_data.work_row(one) for one in works[: evidence_data.MOST_WORKS]],
            "work": evidence_data.work_page(chosen) if chosen else None,
            "checked": evidence_data.checked(manuscript, collection) if manuscript else None,
            "ledger": evidence_data.ledger(ledger.rows, collection, ledger.token, state.aside),
        },
        present=state.present,
    )
    if state.present:
        # It is there all the same: what was dropped in it stays loaded.
        hide_sidebar()
    with st.sidebar:
        downloads(collection, works, chosen, ledger, state.aside)
    wanted = next((work for work in works if work.id == told.work), chosen)
    after = PageState(
        told.view,
        evidence_link.name_of(wanted.reference) if wanted else "",
        evidence_link.filters_of(told.filters)[0],
        told.relabelled,
        told.aside,
        told.present,
    )
    address.write(_NAME, evidence_link.render(after))
    st.session_state[_STATE] = after
    st.session_state[_CHOSEN] = wanted.id if wanted else None
    # A first visit needs no second run, which could cost it what the link's toasts say.
    now = state._replace(filters=after.filters, work=after.work)
    moved = wanted is not None and chosen is not None and wanted.id != chosen.id
    reclaimed = _reclaimed(told.ledger, ledger)
    if after != now or moved or told.measured or reclaimed:
        st.rerun()


def _ledger() -> Ledger:
    if _LEDGER not in st.session_state:
        st.session_state[_LEDGER] = Ledger()
    ledger = st.session_state[_LEDGER]
    assert isinstance(ledger, Ledger)
    return ledger


def _reclaimed(token: str | None, ledger: Ledger) -> bool:
    """Takes up the ledger that this tab had before it was reloaded, if the server still has it."""
    before = find(token) if token and not ledger.rows else None
    if before is None or before is ledger:
        return False
    st.session_state[_LEDGER] = before
    return True


def _collection(papers: Sequence[Entry], relabelled: Mapping[str, Label]) -> Collection:
    """The papers together; made anew only when one of them, or a label, has changed."""
    key = (tuple(paper.id for paper in papers), dict(relabelled))
    kept = st.session_state.get(_COLLECTION)
    if kept is None or kept[0] != key:
        kept = st.session_state[_COLLECTION] = (key, Collection(papers, relabelled))
    found: Collection = kept[1]
    return found


def _articles() -> tuple[Entry, ...]:
    """The lab's own articles, if they are wanted."""
    with st.sidebar:
        if not st.toggle("The lab's own articles", value=True, key="evidence.shipped"):
            return ()
    place = st.empty()
    place.progress(0.0, "Reads the lab's own articles")

    def tell(done: int, total: int) -> None:
        place.progress(done / total, f"Reads the lab's own articles: {done + 1} of {total}")

    try:
        return shipped(tell)
    except EvidenceError as error:
        st.sidebar.error(plain(str(error)))
        return ()
    finally:
        place.empty()


def _added() -> list[Entry]:
    files = st.file_uploader(
        "Add papers",
        accept_multiple_files=True,
        key=_PAPERS,
        max_upload_size=_MOST_MEGABYTES,
        help=f"{_KINDS}. They are kept in this session alone.",
    )
    if not files:
        return []
    found = _read(files, "evidence.read")
    for read in found:
        if read.problem:
            st.error(plain(read.told))
        elif read.entry:
            st.caption(plain(f"{read.name}: {_held(read.entry)}."))
            for note in read.entry.paper.notes:
                st.caption(plain(f"{read.name}: {note}"))
    return [read.entry for read in found if read.entry]


def _held(entry: Entry) -> str:
    statements, references = len(entry.paper.statements), len(entry.paper.references)
    return f"{statements:,} citing statements, {references:,} references"


def _read(files: Sequence[UploadedFile], key: str) -> list[Read]:
    """Reads what is new among the files, and says where it is."""
    place = st.empty()

    def tell(done: int, total: int, name: str) -> None:
        # Here the run of a person who has left ends, whatever files are still to be read.
        place.progress(done / total, f"Reads {plain(name[:40])}, {done + 1} of {total}")

    try:
        return read_files(files, key=key, progress=tell)
    finally:
        place.empty()


def _manuscript() -> Entry | None:
    files = st.file_uploader(
        "Check a manuscript",
        accept_multiple_files=True,
        key=_MANUSCRIPT,
        max_upload_size=_MOST_MEGABYTES,
        help=f"Each of its references is shown with what the loaded papers say of it. {_KINDS}.",
    )
    if not files:
        return None
    found = _read(files, "evidence.manuscript.read")
    for read in found:
        if read.problem:
            st.error(plain(read.told))
    papers = [read for read in found if read.entry]
    if len(papers) > 1:
        st.caption(plain(f"One at a time: {papers[0].name} is checked."))
    return papers[0].entry if papers else None


def _kept() -> PageState:
    state = st.session_state.get(_STATE)
    return state if isinstance(state, PageState) else PageState()


def _state() -> tuple[PageState, bool]:
    """The page's state, and whether it is news: from the link if that is, else as it was left."""
    query = address.news(_NAME)
    kept = _kept()
    if not query:
        return kept, False
    state, problems = evidence_link.parse(query)
    state = state._replace(relabelled=kept.relabelled, aside=kept.aside)
    # Kept at once: this run may be ended by the next step back, and the query counts as known.
    st.session_state[_STATE] = state
    st.session_state[_LINKS] = st.session_state.get(_LINKS, 0) + 1
    refused(f"{plain(problem)} The default is used." for problem in problems)
    return state, True


def _chosen(
    works: list[CitedWork], collection: Collection, name: str, *, news: bool
) -> CitedWork | None:
    """The work that was chosen, or that a link names; else the one that most is said about."""
    named = [work for work in works if evidence_link.name_of(work.reference) == name]
    kept = None if news else st.session_state.get(_CHOSEN)
    # Works without a title share their name, and short titles mean nothing elsewhere.
    if found := next((work for work in named if work.id == kept), None):
        return found
    if name:
        for reference in evidence_link.meanings(name):
            if found := collection.work(reference):
                return found
        if named:
            return named[0]
        if news:
            st.toast(
                f"In the link, work is {plain(name[:80])}; no loaded paper cites it. "
                "The work that most is said about is shown.",
                duration="infinite",
            )
    return works[0] if works else None
