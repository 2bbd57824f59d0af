"""The command line: ``python -m lgm_core``."""

import sys

from lgm_core.cli import main

sys.exit(main())
