"""A small set of real digits, and one thread to train on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from lgm_core.data import Dataset, load


@pytest.fixture(scope="module")
def digits() -> Dataset:
    """A part of the bundled digits, so that an epoch takes a moment."""
    whole = load("bundled")
    return Dataset(
        "bundled",
        whole.train_images[:600],
        whole.train_labels[:600],
        whole.test_images[:300],
        whole.test_labels[:300],
        whole.class_names,
    )


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Two threads would wait for each other at every layer where a machine is busy."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
