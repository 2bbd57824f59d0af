"""The bundled set cut short: enough for a few batches."""

from __future__ import annotations

from lgm_core.data import Dataset, load


def first_digits(train: int, test: int) -> Dataset:
    """The first training and test digits of the bundled set."""
    whole = load("bundled")
    return Dataset(
        "bundled",
        whole.train_images[:train],
        whole.train_labels[:train],
        whole.test_images[:test],
        whole.test_labels[:test],
        whole.class_names,
    )
