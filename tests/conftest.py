"""What every test stands on: folders and threads of its own, and browser tests last."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
import torch

#: Fixed, so that sums are added in the same order on a laptop and on a large server. One: two
#: threads that wait for each other crawl when the browser or another test has the second core.
TORCH_THREADS = 1


def pytest_configure(config: pytest.Config) -> None:
    # Before any test module is imported: what a person has set, and the runs that they keep,
    # must neither steer a test nor be touched by one.
    for name in [name for name in os.environ if name.startswith("LGM_")]:
        del os.environ[name]
    home = tempfile.TemporaryDirectory(prefix="lgm-tests-", ignore_cleanup_errors=True)
    config.add_cleanup(home.cleanup)
    for name in ("LGM_RUNS_DIR", "LGM_CACHE_DIR"):
        folder = Path(home.name, name.split("_")[1].lower())
        folder.mkdir()
        os.environ[name] = str(folder)
    os.environ["OMP_NUM_THREADS"] = str(TORCH_THREADS)  # for the processes that tests start
    torch.set_num_threads(TORCH_THREADS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Playwright keeps an event loop in this thread once it has started; other tests go first.
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
