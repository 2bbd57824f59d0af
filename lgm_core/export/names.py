"""What exported files are called."""

from __future__ import annotations

from lgm_core.training.settings import TrainSettings


def script_name(settings: TrainSettings) -> str:
    """The name to save a run's script under, such as ``lgm_cosface.py``."""
    return f"lgm_{settings.loss.replace('-', '_')}.py"
