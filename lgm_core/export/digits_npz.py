"""A set of one's own as NumPy arrays: what the stand-alone script of such a run reads."""

from __future__ import annotations

import io
import zipfile

import numpy as np

from lgm_core.data import Dataset
from lgm_core.export.recording import ExportError

#: Bytes of all pictures together; they are held in memory while they are packed.
MAX_BYTES = 128 << 20


def digits_npz(dataset: Dataset) -> bytes:
    """``train_images``, ``test_images`` uint8 [N, 28, 28], ``train_labels``, ``test_labels``
    int64 [N] and ``class_names`` [K], as the run was trained on them.

    Raises:
        ExportError: if the set is too large.
    """
    size = dataset.train_images.nbytes + dataset.test_images.nbytes
    if size > MAX_BYTES:
        raise ExportError(
            f"The set has {size >> 20:,} MB of pictures; allowed for an export: "
            f"{MAX_BYTES >> 20} MB."
        )
    arrays = {
        "train_images": dataset.train_images,
        "train_labels": dataset.train_labels,
        "test_images": dataset.test_images,
        "test_labels": dataset.test_labels,
        "class_names": np.array(dataset.class_names),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for name, array in arrays.items():
            entry = io.BytesIO()
            np.lib.format.write_array(entry, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(f"{name}.npy", entry.getbuffer())
    return buffer.getvalue()
