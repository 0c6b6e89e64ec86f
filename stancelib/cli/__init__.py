"""The command line: ``python -m stancelib demo``, ``run`` and ``evaluate``."""

from __future__ import annotations

from stancelib.cli.commands import main

__all__ = ["main"]
