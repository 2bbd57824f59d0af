"""The command line: ``python -m lgm_core``."""

import os
import sys

# Before torch is imported: its threads sleep while they wait for each other. Those that spin
# make training many times slower as soon as anything else wants a core.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from lgm_core.cli import main

if __name__ == "__main__":
    sys.exit(main())
