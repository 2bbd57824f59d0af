"""Parts of a run's weights, without torch."""

from __future__ import annotations

from safetensors import SafetensorError
from safetensors.numpy import load, save

from lgm_core.runs.reader import RunReader
from lgm_core.runs.store import StoreError

#: A file of weights larger than this is not read.
MAX_BYTES = 32 << 20


def part_of_weights(reader: RunReader, prefix: str) -> bytes:
    """The weights whose names begin with ``prefix``, as safetensors bytes.

    Raises:
        StoreError: if the run has no weights, or none of such a name.
    """
    try:
        with (reader.folder / "weights.safetensors").open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise StoreError(f"The weights of this run have more than {MAX_BYTES >> 20} MB.")
        found = {name: value for name, value in load(data).items() if name.startswith(prefix)}
    except OSError:
        raise StoreError("This run has no weights: its training has not ended in order.") from None
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, StoreError):
            raise
        raise StoreError("The weights of this run cannot be read.") from None
    if not found:
        raise StoreError("This run has no such part.")
    return save(found)
