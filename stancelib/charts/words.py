"""Numbers and pictures in words: signed stances, and alternative texts."""

from __future__ import annotations

import operator
from datetime import datetime

import polars as pl

from stancelib.charts.clock import date_words, period_name

MOST_DESCRIBED = 12


def signed(value: float) -> str:
    """A stance with its sign, a true minus and two decimals.

    Examples
    --------
    >>> signed(-0.254), signed(0.3), signed(-0.001)
    ('−0.25', '+0.30', '0.00')
    """
    return "0.00" if round(value, 2) == 0 else f"{value:+.2f}".replace("-", "−")


def describe_series(series: pl.DataFrame) -> str:
    """What a picture of a stance series shows, for readers who do not see it.

    Parameters
    ----------
    series : polars.DataFrame
        ``target``, ``source``, ``period``, ``stance`` and ``n_documents``, with a stance in at
        least one period.

    Returns
    -------
    str
        Range of time, and for each target and source the mean over articles with its lowest
        and highest period; after twelve of them only how many more there are.

    Examples
    --------
    >>> from datetime import UTC
    >>> print(describe_series(pl.DataFrame({
    ...     "target": "NATO", "source": "Example Post", "stance": [-0.2, -0.4],
    ...     "period": [datetime(2022, 2, day, tzinfo=UTC) for day in (7, 14)],
    ...     "n_documents": [1, 3],
    ... })))
    Stance by week, 7 Feb 2022 to 14 Feb 2022. NATO in Example Post: mean −0.35, between
    −0.40 (14 Feb 2022) and −0.20 (7 Feb 2022).
    """
    name = period_name(series)
    known = series.filter(pl.col("stance").is_not_null()).sort("target", "source", "period")
    periods = known["period"].sort()
    parts = known.partition_by("target", "source", maintain_order=True)
    lines = [_describe_source(part) for part in parts[:MOST_DESCRIBED]]
    if len(parts) > MOST_DESCRIBED:
        lines.append(f"{len(parts) - MOST_DESCRIBED} more lines are in the picture.")
    head = f"Stance by {name}, {date_words(periods[0])} to {date_words(periods[-1])}."
    return " ".join([head, *lines])


def _describe_source(part: pl.DataFrame) -> str:
    counts: list[int] = part["n_documents"].to_list()
    mean = sum(map(operator.mul, part["stance"], counts)) / sum(counts)
    lowest, highest = _extreme(part, descending=False), _extreme(part, descending=True)
    name = f"{part['target'][0]} in {part['source'][0]}"
    if len(part) == 1:
        return f"{name}: {lowest}, the only period with articles."
    return f"{name}: mean {signed(mean)}, between {lowest} and {highest}."


def _extreme(part: pl.DataFrame, *, descending: bool) -> str:
    row = part.sort("stance", descending=descending).row(0, named=True)
    at: datetime = row["period"]
    return f"{signed(row['stance'])} ({date_words(at)})"
