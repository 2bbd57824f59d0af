"""The page of evidence: papers from the sidebar, and the panel that shows what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, cast
from urllib.parse import urlencode

import streamlit as st

from app import address, evidence_data
from app.evidence_fetch import fetch_box, fetched
from app.evidence_papers import read_files, shipped
from app.ledger import Ledger
from app.panels.evidence import VIEWS, View, evidence
from app.plain import plain
from lgm_core.evidence.claim import load_claims
from lgm_core.evidence.collection import CitedWork, Collection, tally
from lgm_core.evidence.entry import Entry
from lgm_core.evidence.export import bibtex, ledger_csv, ledger_markdown, statements_csv
from lgm_core.evidence.literature import about
from lgm_core.evidence.paper import EvidenceError, Label, Reference

_NAME = "evidence"
_STATE = "evidence.state"
_LEDGER = "evidence.ledger"
_MANUSCRIPT = "evidence.manuscript"
_PAPERS = "evidence.papers"
_COLLECTION = "evidence.collection"

_KINDS = "PDF, LaTeX (.tex or .tar.gz, with its .bib or .bbl), JATS, TEI, Markdown, text"


class PageState(NamedTuple):
    """What the page shows."""

    view: View = "papers"
    work: str = ""  #: a DOI, an arXiv id, or a title, so that a link means the same elsewhere
    relabelled: Mapping[str, Label] = MappingProxyType({})


def page() -> None:
    """Draws the page and keeps what was chosen in it."""
    state = _state()
    papers = [*_articles(), *fetched()]
    manuscript = None
    with st.sidebar:
        papers += _added()
        fetch_box()
        manuscript = _manuscript()
    collection = _collection(papers, state.relabelled)
    works = collection.works()
    chosen = _chosen(works, collection, state.work)
    ledger = st.session_state.setdefault(_LEDGER, Ledger())
    told = evidence(
        view=state.view,
        work=chosen.id if chosen else None,
        relabelled=state.relabelled,
        data={
            "works": [evidence_data.work_row(one) for one in works[: evidence_data.MOST_WORKS]],
            "work": evidence_data.work_page(chosen) if chosen else None,
            "checked": evidence_data.checked(manuscript, collection) if manuscript else None,
            "ledger": evidence_data.ledger(ledger.rows, collection, ledger.token),
        },
    )
    with st.sidebar:
        _downloads(collection, works, chosen, ledger)
    wanted = next((work for work in works if work.id == told.work), chosen)
    after = PageState(told.view, _name(wanted.reference) if wanted else "", told.relabelled)
    address.write(_NAME, _query(after))
    st.session_state[_STATE] = after
    if after != state or told.measured:
        st.rerun()


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
        help=f"{_KINDS}; at most 30 MB each. They are kept in this session alone.",
    )
    if not files:
        return []
    with st.spinner("Reads and classifies"):
        found = read_files(files)
    for read in found:
        if read.problem:
            st.error(plain(f"{read.name}: {read.problem}"))
        elif read.entry:
            for note in read.entry.paper.notes:
                st.caption(plain(f"{read.name}: {note}"))
    return [read.entry for read in found if read.entry]


def _manuscript() -> Entry | None:
    files = st.file_uploader(
        "Check a manuscript",
        accept_multiple_files=True,
        key=_MANUSCRIPT,
        help=f"Each of its references is shown with what the loaded papers say of it. {_KINDS}.",
    )
    if not files:
        return None
    with st.spinner("Reads the manuscript"):
        found = read_files(files, key="evidence.manuscript.read")
    for read in found:
        if read.problem:
            st.error(plain(f"{read.name}: {read.problem}"))
    return next((read.entry for read in found if read.entry), None)


def _downloads(
    collection: Collection, works: list[CitedWork], chosen: CitedWork | None, ledger: Ledger
) -> None:
    rows, claims = ledger.rows, load_claims()
    literature = {claim.id: tally(about(claim, collection)) for claim in claims}
    with st.popover("Export", width="stretch"):
        if chosen:
            st.download_button(
                "Statements about this work (CSV)",
                statements_csv(chosen.statements),
                "statements.csv",
                "text/csv",
                on_click="ignore",
                width="stretch",
            )
        st.download_button(
            "All works (BibTeX)",
            lambda: bibtex(work.reference for work in works),
            "works.bib",
            "text/plain",
            on_click="ignore",
            width="stretch",
        )
        st.download_button(
            "Ledger (Markdown)",
            ledger_markdown(claims, rows, literature),
            "ledger.md",
            "text/markdown",
            on_click="ignore",
            width="stretch",
        )
        st.download_button(
            "Ledger (CSV)",
            ledger_csv(rows),
            "ledger.csv",
            "text/csv",
            on_click="ignore",
            width="stretch",
        )
        st.text_input("Link to this view", "?" + urlencode(_query(_kept())), disabled=True)


def _kept() -> PageState:
    state = st.session_state.get(_STATE)
    return state if isinstance(state, PageState) else PageState()


def _state() -> PageState:
    """The page's state: from the link if that is news, else as it was left."""
    query = address.news(_NAME)
    kept = _kept()
    if not query:
        return kept
    view = query.get("view", "papers")
    if view not in VIEWS:
        told = f"In the link, view is {plain(view[:40])}; allowed: {', '.join(VIEWS)}."
        st.toast(f"{told} The default is used.", duration="infinite")
        view = "papers"
    return PageState(cast("View", view), query.get("work", "")[:300], kept.relabelled)


def _query(state: PageState) -> dict[str, str]:
    query = {"view": state.view} if state.view != "papers" else {}
    return query | ({"work": state.work} if state.work else {})


def _chosen(works: list[CitedWork], collection: Collection, name: str) -> CitedWork | None:
    """The work that a link names; else the one that most is said about."""
    if name:
        for reference in (Reference("", doi=name), Reference("", arxiv=name), Reference("", name)):
            if found := collection.work(reference):
                return found
    return works[0] if works else None


def _name(reference: Reference) -> str:
    return (reference.doi or reference.arxiv or reference.title or "")[:300]
