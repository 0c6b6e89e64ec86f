"""``python -m stancelib``."""

from __future__ import annotations

import sys

from stancelib.cli import main

if __name__ == "__main__":
    sys.exit(main())
