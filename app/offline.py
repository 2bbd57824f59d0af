"""Two runs as one HTML file that plays them anywhere, with no server and no network."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from app.panels.feature_space import DEFAULT_LAYERS, assets, knob_ranges
from app.sidebar import WORDS
from app.vendor import PLOTLY
from lgm_core.data import atlas_png
from lgm_core.export.recording import Recording, thinned
from lgm_core.training.settings import TrainSettings

#: About the size that the file may have; frames are thinned out to keep to it.
MAX_BYTES = 12_000_000
#: What is left for one run's frames at the least, however large all else may be.
_LEAST_FRAMES = 1_000_000

_HERE = Path(__file__).parent
_SHOWN = (
    "data", "network", "feature_dim", "covariance", "margin_schedule", "decay", "batch_size",
    "epochs", "seed",
)  # fmt: skip


def offline_page(
    left: Recording, right: Recording, *, layers: Mapping[str, bool] = DEFAULT_LAYERS
) -> str:
    """The HTML file.

    Args:
        left, right: the runs.
        layers: ``side.layer`` -> shown, of each panel.

    Raises:
        ExportError: if a run has no frame, or one that cannot be read.
    """
    panel = assets()
    boot = panel.js + "\n" + part("offline.js")
    scripts = [("", _plotly()), (' type="module"', boot)]
    sprites = [_data_url(atlas_png(run.dataset)) for run in (left, right)]
    taken = sum(map(len, (panel.css, panel.html, boot, _plotly(), *sprites)))
    # Base64 makes four bytes out of three.
    room = max(_LEAST_FRAMES, (MAX_BYTES - taken) * 3 // 8)
    recording = {
        "left": _recorded(left, sprites[0], room),
        "right": _recorded(right, sprites[1], room),
        "ranges": knob_ranges(),
        "layers": dict(layers),
        "theme": None,
    }
    return Template(part("offline.html")).substitute(
        title=html.escape(f"{left.title} beside {right.title}"),
        policy=policy([text for _, text in scripts]),
        css=part("offline.css") + panel.css,
        panel=panel.html,
        settings=_settings_list(left.settings, right.settings),
        recording=as_script_text(recording),
        scripts="\n".join(f"<script{kind}>{text}</script>" for kind, text in scripts),
    )


def as_script_text(value: object) -> str:
    """JSON that cannot end the script element around it, nor open a comment in it."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def policy(scripts: Sequence[str]) -> str:
    """A content security policy: these very scripts, pictures within the file, nothing else."""
    hashes = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts]
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def _recorded(run: Recording, sprite: str, room: int) -> dict[str, Any]:
    data = run.dataset
    return {
        "title": run.title,
        "loss": run.settings.loss,
        "frames": [base64.b64encode(frame).decode() for frame in thinned(run, room)],
        "labels": data.train_labels[data.displayed].tolist(),
        "class_names": list(data.class_names),
        "digits": sprite,
        "settings": run.settings.model_dump(by_alias=True),
        "total_steps": run.total_steps,
    }


def _settings_list(left: TrainSettings, right: TrainSettings) -> str:
    """Terms and values; where the two runs differ, both values."""
    rows = []
    for field in _SHOWN:
        words = WORDS.get(field, {})
        values = []
        for settings in (left, right):
            value = str(getattr(settings, field))
            word = "A set of one's own" if value.startswith("own-") else words.get(value, value)
            if word not in values:
                values.append(word)
        title = TrainSettings.model_fields[field].title or field
        shown = html.escape(" and ".join(values))
        rows.append(f"<div><dt>{html.escape(title)}</dt><dd>{shown}</dd></div>")
    return "".join(rows)


def _data_url(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


@cache
def part(name: str) -> str:
    """A file that lies beside this one."""
    return (_HERE / name).read_text(encoding="utf-8")


@cache
def _plotly() -> str:
    return PLOTLY.read_text(encoding="utf-8")
