"""What the fork server loads once, so that a worker starts in some ten milliseconds.

Nothing here may use torch's threads: they do not survive a fork.
"""

import contextlib
import gc

from lgm_core.data import DataError, Dataset, load
from lgm_core.runs import worker  # noqa: F401 - imported for the workers' sake
from lgm_core.training import loop  # noqa: F401 - the same

BUNDLED: Dataset | None = None
# Without them, a worker that needs the digits says what is wrong.
with contextlib.suppress(DataError):
    #: Kept alive: workers share these pages with the fork server.
    BUNDLED = load("bundled")

# The collector writes to what it visits: left out of it, the pages stay shared with the workers,
# and the fork server ends ten times sooner.
gc.collect()
gc.freeze()
