"""What all results share: plain rows, and words for sentences."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

_SMALLEST_SHOWN = 0.001


def plain_value(value: object) -> Any:
    """A value that json can write: instants in ISO 8601, durations in days, no number as null.

    Examples
    --------
    >>> plain_value(timedelta(hours=36)), plain_value(date(2022, 2, 24)), plain_value(0.5)
    (1.5, '2022-02-24', 0.5)
    >>> plain_value(float("nan")) is None
    True
    """
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value / timedelta(days=1)
    if isinstance(value, list):
        return [plain_value(part) for part in value]
    return value


def plain_table(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows of plain values."""
    return [
        {name: plain_value(value) for name, value in row.items()}
        for row in frame.iter_rows(named=True)
    ]


def p_words(p_value: float) -> str:
    """A p-value for a sentence.

    Examples
    --------
    >>> p_words(0.0431), p_words(0.25), p_words(0.00002)
    ('p = 0.043', 'p = 0.25', 'p < 0.001')
    """
    if p_value < _SMALLEST_SHOWN:
        return f"p < {_SMALLEST_SHOWN}"
    return f"p = {p_value:.2g}"


def listed(names: list[str], most: int = 5) -> str:
    """Names for a sentence.

    Examples
    --------
    >>> listed(["A"]), listed(["A", "B", "C"]), listed(list("ABCDEFG"))
    ('A', 'A, B and C', 'A, B, C, D, E and 2 more')
    """
    shown = [*names[:most], *([f"{len(names) - most} more"] if len(names) > most else [])]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
