"""What can be taken along from the page of evidence."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.ledger import Ledger
from lgm_core.evidence.claim import load_claims
from lgm_core.evidence.collection import CitedWork, Collection
from lgm_core.evidence.export import bibtex, ledger_csv, ledger_markdown, statements_csv
from lgm_core.evidence.literature import literature


def downloads(
    collection: Collection,
    works: list[CitedWork],
    chosen: CitedWork | None,
    ledger: Ledger,
    aside: Sequence[str],
) -> None:
    """The sidebar's menu of files.

    Args:
        collection: the loaded papers.
        works: that they cite.
        chosen: whose statements are shown, if any.
        ledger: the person's own rows.
        aside: statements that they say are not about a claim.
    """
    rows, claims = ledger.rows, load_claims()
    said = {claim.id: literature(claim, collection, aside) for claim in claims}
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
            ledger_markdown(claims, rows, said),
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
