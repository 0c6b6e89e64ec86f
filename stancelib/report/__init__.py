"""The report: one HTML page that needs no network."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from stancelib.report.page import report
from stancelib.report.pdf import report_pdf


class _CallableRoom(ModuleType):
    """The package as a function, since importing it hides the function of the same name."""

    def __call__(self, *arguments: Any, **options: Any) -> Path:
        """Write the page; see `stancelib.report.page.report`."""
        return report(*arguments, **options)


# Without this, ``sl.report(...)`` would fail after anyone's ``import stancelib.report``.
sys.modules[__name__].__class__ = _CallableRoom
# ``help(sl.report)`` is about the function, whichever of the two the name is bound to.
__doc__ = report.__doc__ or ""

__all__ = ["report", "report_pdf"]
