"""What was taken over from others is what they have published."""

from __future__ import annotations

import hashlib

from app.vendor import PLOTLY

VERSION = "4.1.1"
DIGEST = "99784e3abfb07b142a15e521a439e6d9addceadb3f79553fd24c72774f0649ba"


def test_plotly_is_the_published_file() -> None:
    content = PLOTLY.read_bytes()
    assert f"plotly.js (basic - minified) v{VERSION}".encode() in content[:100]
    assert hashlib.sha256(content).hexdigest() == DIGEST


def test_its_licence_lies_beside_it() -> None:
    assert "MIT License" in (PLOTLY.parent / "plotly-LICENSE.txt").read_text(encoding="utf-8")
