"""What ``python -m streamlit run app/main.py`` starts: the page script and the stream routes."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app import broadcast, dimensions, exports, picture, strange

ROUTES = [
    *broadcast.routes(),
    *exports.routes(),
    *strange.routes(),
    *dimensions.routes(),
    *picture.routes(),
]
app = st.App(Path(__file__).parent / "shell.py", routes=ROUTES, lifespan=broadcast.lifespan)
