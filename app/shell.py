"""The frame around every page: title, navigation, style. Streamlit runs it at every re-run."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app.style import style

ROOT = Path(__file__).parent.parent

st.set_page_config(page_title="L-GM Lab", page_icon=str(ROOT / "app" / "icon.png"), layout="wide")
page = st.navigation(
    [
        st.Page(ROOT / "pages" / "home.py", title="L-GM Lab", url_path="home", default=True),
        st.Page(
            ROOT / "pages" / "feature_space.py", title="Feature space", url_path="feature-space"
        ),
        st.Page(
            ROOT / "pages" / "adversarial.py", title="Strange inputs", url_path="strange-inputs"
        ),
        st.Page(ROOT / "pages" / "face_alignment.py", title="Faces", url_path="faces"),
        st.Page(ROOT / "pages" / "evidence.py", title="Evidence", url_path="evidence"),
    ],
    position="top",
)
page.run()
style()
