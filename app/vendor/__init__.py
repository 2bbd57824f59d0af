"""Scripts of others, unchanged, that the panels draw with.

``plotly-basic.min.js`` is Plotly's bundle of lines, bars and pies, version 4.1.1 (MIT licence:
``plotly-LICENSE.txt``), from the npm package ``plotly.js-basic-dist-min``. Python's plotly package
ships the bundle of everything alone: four times the size for every browser and every exported
file, 1.4 seconds of a browser's time to load instead of 0.3, and 0.2 seconds of every start of
the server, since Streamlit loads the package where it finds it.

For a newer version: ``npm pack plotly.js-basic-dist-min``, copy the file, and write its version and
digest into ``tests/app/test_vendor.py``.
"""

from __future__ import annotations

from pathlib import Path

PLOTLY = Path(__file__).parent / "plotly-basic.min.js"
