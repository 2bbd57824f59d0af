"""Engines that end with their test and must leave no process behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from lgm_core.runs.local import LocalEngine
from lgm_core.runs.store import Store

MakeEngine = Callable[..., LocalEngine]


@pytest.fixture
def make_engine(tmp_path: Path) -> Iterator[MakeEngine]:
    engines: list[LocalEngine] = []

    def make(**options: Any) -> LocalEngine:
        engine = LocalEngine(Store(tmp_path / "runs"), nice=0, **options)
        engine.warm_up()
        engines.append(engine)
        return engine

    yield make
    for engine in engines:
        engine.close()
    _, left = psutil.wait_procs(workers(), timeout=10)
    assert not left, "a worker outlived its engine"


def workers() -> list[psutil.Process]:
    """The workers of this process: the children of its fork server."""
    found = []
    for child in psutil.Process().children():
        # Either may end between being listed and being asked.
        with suppress(psutil.NoSuchProcess):
            found += [w for w in child.children() if w.status() != psutil.STATUS_ZOMBIE]
    return found
