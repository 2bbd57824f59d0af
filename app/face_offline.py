"""Alignment runs as one HTML file that plays them anywhere, with no server and no network."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from string import Template
from typing import Any

from app.face_sidebar import WORDS
from app.offline import as_script_text, part, policy
from app.panels.face_warp import assets
from lgm_core.alignment.frame import decode
from lgm_core.alignment.settings import AlignSettings
from lgm_core.export.recording import ExportError
from lgm_core.runs.engine import FacesRun
from lgm_core.runs.reader import RunReader
from lgm_core.runs.store import StoreError
from lgm_core.runs.weights import part_of_weights
from lgm_core.training.frame import FrameError

#: Frames of a run at most; the first and the last are always among them.
MOST_FRAMES = 500
_SHOWN = ("people", "transform", "loss", "turn", "scale", "shift", "steps", "seed")


def faces_page(runs: Sequence[FacesRun], titles: Sequence[str], curves: str = "") -> str:
    """The HTML file.

    Args:
        runs: one to three, the one that is looked at most closely last.
        titles: of their walls; the transform's name where there is none.
        curves: id of a run whose curves are shown, and no wall.

    Raises:
        ExportError: if there is no run, or one has no frame.
    """
    if not runs:
        raise ExportError("No run was named.")
    panel = assets()
    boot = panel.js + "\n" + part("face_offline.js")
    recorded = []
    for number, run in enumerate(runs):
        known = number < len(titles) and titles[number]
        title = titles[number] if known else WORDS["transform"][run.settings.transform]
        recorded.append(_recorded(run, title) | {"wall": run.id != curves or len(runs) == 1})
    return Template(part("offline.html")).substitute(
        title="Faces that straighten themselves",
        policy=policy([boot]),
        css=part("offline.css") + panel.css,
        panel=panel.html,
        settings=_settings_list(runs[-1].settings),
        recording=as_script_text({"runs": recorded}),
        scripts=f'<script type="module">{boot}</script>',
    )


def _recorded(run: FacesRun, title: str) -> dict[str, Any]:
    count = run.reader.count()
    if not count:
        raise ExportError("This run has no frame yet.")
    try:
        opening = decode(run.reader.frame(0)).opening
    except FrameError:
        opening = None
    if opening is None:
        raise ExportError("The first frame of this run cannot be read.")
    kept = sorted({round(i * (count - 1) / (MOST_FRAMES - 1)) for i in range(MOST_FRAMES)})
    return {
        "title": title,
        "settings": run.settings.model_dump(by_alias=True),
        "total_steps": run.settings.steps,
        "frames": [_text(run.reader.frame(index)) for index in kept],
        "weights": _weights(run.reader),
    }


def _weights(reader: RunReader) -> str | None:
    """The transformer's, so that a face can be turned without a server; None without any."""
    try:
        return _text(part_of_weights(reader, "transformer."))
    except StoreError:
        return None


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _settings_list(settings: AlignSettings) -> str:
    rows = []
    for field in _SHOWN:
        value = getattr(settings, field)
        text = f"{value:g}" if isinstance(value, float) else str(value)
        own = "A set of one's own" if text.startswith("own-") else text
        words = WORDS.get(field, {}).get(text, own)
        name = AlignSettings.model_fields[field].title or field
        rows.append(f"<div><dt>{html.escape(name)}</dt><dd>{html.escape(words)}</dd></div>")
    return "".join(rows)
