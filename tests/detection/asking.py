"""Questions of the size that a test can wait for."""

from __future__ import annotations

from typing import Any

from lgm_core.detection.settings import DetectSettings

COUNT, D = 100, 64


def ask(**changed: Any) -> DetectSettings:
    """Settings of a study of 100 digits."""
    return DetectSettings(**{"count": COUNT, "epsilon": 0.1, **changed})
