"""What the fork server loads once, so that a worker starts in some ten milliseconds.

Nothing here may use torch's threads: they do not survive a fork.
"""

from lgm_core.data import DataError, Dataset, load
from lgm_core.runs import worker  # noqa: F401 - imported for the workers' sake

BUNDLED: Dataset | None = None
try:
    #: Kept alive: workers share these pages with the fork server.
    BUNDLED = load("bundled")
except DataError:
    pass  # a worker that needs the digits says what is wrong
