"""Progress of long steps: bars on terminals and in notebooks, lines in logs."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

Place = Literal["terminal", "notebook", "log"]
# Steps that are over by then show no bar.
_DELAY = 0.5


@contextmanager
def progress_bar(
    description: str, *, total: int, unit: str, shown: bool | None
) -> Iterator[Callable[[int], object]]:
    """Show how far a step is; yields what moves it on.

    A bar on a terminal and in a notebook, which is gone when the step is over. Elsewhere, as in
    a log, one line at the end of the step, and only where it was asked for.

    Parameters
    ----------
    description : str
        The step.
    total : int
        Of `unit`.
    unit : str
        What is counted, in the plural.
    shown : bool or None
        Null: bars only. True: a line in logs, too. False: nothing. The environment variable
        ``TQDM_DISABLE=1`` is the same as False, everywhere.

    Examples
    --------
    >>> with progress_bar("add", total=2, unit="articles", shown=False) as advance:
    ...     _ = advance(2)
    """
    place = where()
    if shown is False or _disabled() or (place == "log" and not shown):
        yield lambda _steps: None
    elif place == "log":
        with _line(description, total, unit) as advance:
            yield advance
    else:
        options = {"desc": description, "total": total, "unit": f" {unit}"}
        with _bar(place)(**options, leave=False, delay=_DELAY, dynamic_ncols=True) as bar:
            yield bar.update


def where() -> Place:
    """Where the output goes: a notebook's kernel, a terminal, or neither."""
    # Nobody has a kernel who has not loaded IPython.
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is not None and "IPKernelApp" in shell.config:
        return "notebook"
    return "terminal" if sys.stderr is not None and sys.stderr.isatty() else "log"


def _bar(place: Place) -> Any:
    """The class of the bar, loaded where one is shown; without ipywidgets it is one of text."""
    if place == "notebook" and find_spec("ipywidgets"):
        return import_module("tqdm.notebook").tqdm
    return import_module("tqdm").tqdm


@contextmanager
def _line(description: str, total: int, unit: str) -> Iterator[Callable[[int], object]]:
    """One line when the step is over, or when it breaks off."""
    done, began = [0], time.monotonic()

    def advance(steps: int) -> None:
        done[0] += steps

    try:
        yield advance
    finally:
        counted = f"{done[0]:,}" if done[0] == total else f"{done[0]:,} of {total:,}"
        seconds = time.monotonic() - began
        sys.stderr.write(f"{description}: {counted} {unit} in {seconds:.1f} s\n")


def _disabled() -> bool:
    return os.environ.get("TQDM_DISABLE", "").lower() not in {"", "0", "false"}
