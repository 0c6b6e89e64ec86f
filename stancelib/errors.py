"""Exceptions, split by who can mend the cause.

=======================  ==========================================================
`DataError`              the caller's data: a file, a column, a row
`ArgumentError`          the caller's arguments: a name, an option, a combination
`NotEnoughDataError`     the question cannot be answered with this much data
`EnvironmentProblem`     the machine: a missing extra, file or permission
=======================  ==========================================================

All of them are `StancelibError`; the first three are also `ValueError`, the last is also
`RuntimeError`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Self


class StancelibError(Exception):
    """Base of every exception that stancelib raises on purpose."""


class DataError(StancelibError, ValueError):
    """The data that was handed in cannot be used as it is."""

    @classmethod
    def missing_column(cls, column: str, available: Iterable[str]) -> Self:
        """A column that is needed is not there; names the columns that are."""
        return cls(f"column {column!r} is missing; found columns: {', '.join(available)}")


class ArgumentError(StancelibError, ValueError):
    """An argument is not one of those that are allowed."""

    @classmethod
    def unknown(cls, what: str, value: object, known: Iterable[str]) -> Self:
        """An unknown name: the value, the allowed set and the nearest fix.

        Examples
        --------
        >>> str(ArgumentError.unknown("target", "Nato", ["NATO", "Russia", "Ukraine"]))
        "unknown target 'Nato'; known targets: NATO, Russia, Ukraine. Did you mean 'NATO'?"
        """
        names = list(known)
        folded = {name.casefold(): name for name in names}
        close = difflib.get_close_matches(str(value).casefold(), folded, n=1)
        hint = f". Did you mean {folded[close[0]]!r}?" if close else ""
        return cls(f"unknown {what} {value!r}; known {what}s: {', '.join(names)}{hint}")


class NotEnoughDataError(StancelibError, ValueError):
    """The question needs more data than there is; the message says how much."""


class EnvironmentProblem(StancelibError, RuntimeError):  # noqa: N818 - EnvironmentError is a builtin
    """Something outside the data and the call: a missing extra, file or permission."""

    @classmethod
    def missing_extra(cls, package: str, extra: str) -> Self:
        """A package of an extra is not installed; names the command that installs it.

        Examples
        --------
        >>> str(EnvironmentProblem.missing_extra("torch", "torch"))
        "this needs torch; install it with: pip install 'stancelib[torch]'"
        """
        return cls(f"this needs {package}; install it with: pip install 'stancelib[{extra}]'")
