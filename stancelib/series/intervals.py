"""Intervals added to a Series frame."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.errors import ArgumentError
from stancelib.series.intervals_core import bootstrap_interval, student_interval, wilson_interval
from stancelib.series.panels import check_columns

SHARES: Final = ("share_against", "share_neutral", "share_favor")
_CELL: Final = ("target", "source", "period")


def check_level(confidence_level: float) -> float:
    """Return the level, or say what it must be."""
    if not 0 < confidence_level < 1:
        raise ArgumentError(f"confidence_level must lie inside (0, 1); got {confidence_level}")
    return confidence_level


def with_student_intervals(cells: pl.DataFrame, confidence_level: float) -> pl.DataFrame:
    """Add low and high from stance, se and degrees_of_freedom; a stance lies in [-1, 1]."""
    values = [
        cells.get_column(name).cast(pl.Float64).to_numpy()
        for name in ("stance", "se", "degrees_of_freedom")
    ]
    low, high = student_interval(values[0], values[1], values[2], confidence_level)
    return _with_bounds(cells, low, high)


def with_bootstrap_intervals(
    cells: pl.DataFrame,
    stories: pl.DataFrame,
    *,
    confidence_level: float,
    n_resamples: int,
    seed: int,
) -> pl.DataFrame:
    """Add low and high from resamples of the stories of each cell.

    `stories` has the columns target, source, period (as in `cells`), story, stratum, portion,
    weight and stance, in a stable order; `stance` is the weighted sum.
    """
    rows = []
    for place, ((target, source, period), cell) in enumerate(
        stories.group_by(*_CELL, maintain_order=True)
    ):
        outlets = cell.unique("stratum", maintain_order=True)
        low, high = bootstrap_interval(
            cell["stance"].to_numpy(),
            cell["weight"].to_numpy(),
            (_codes(cell["story"]), _codes(cell["stratum"])),
            outlets["portion"].to_numpy(),
            level=confidence_level,
            n_resamples=n_resamples,
            generator=np.random.default_rng([seed, place]),
        )
        rows.append((target, source, period, low, high))
    schema = {name: cells.schema[name] for name in _CELL} | {"low": pl.Float64, "high": pl.Float64}
    bounds = pl.DataFrame(rows, schema=schema, orient="row")
    joined = cells.join(bounds, on=_CELL, how="left", maintain_order="left")
    return _with_bounds(cells, joined["low"].to_numpy(), joined["high"].to_numpy())


def _codes(values: pl.Series) -> NDArray[np.int64]:
    """Numbers from 0 in the order in which the values first stand."""
    first = values.unique(maintain_order=True)
    numbers = pl.DataFrame({"value": first}).with_row_index("code")
    coded = pl.DataFrame({"value": values}).join(numbers, on="value", maintain_order="left")
    return coded["code"].cast(pl.Int64).to_numpy()


def _with_bounds(
    cells: pl.DataFrame, low: NDArray[np.float64], high: NDArray[np.float64]
) -> pl.DataFrame:
    bounds = pl.DataFrame({"low": low, "high": high}).select(pl.all().clip(-1, 1).fill_nan(None))
    return cells.with_columns(bounds.get_columns())


def share_intervals(series: pl.DataFrame, *, confidence_level: float = 0.95) -> pl.DataFrame:
    """Add Wilson intervals of the three shares to a Series frame.

    Parameters
    ----------
    series : polars.DataFrame
        A Series frame, as `Store.series` returns it.
    confidence_level : float
        Inside (0, 1); two-sided.

    Returns
    -------
    polars.DataFrame
        The frame with ``share_against_low``, ``share_against_high`` and so on, six columns in
        [0, 1]; null where the share is null.

    Raises
    ------
    ArgumentError
        When `confidence_level` is not inside (0, 1).
    DataError
        When a column of a Series frame is missing.

    Notes
    -----
    The shares are mean probabilities of articles, not counts. A mean of values in [0, 1] has at
    most the variance of a share of counts with the same mean, so that the interval, which takes
    `n_effective` articles, is wide enough, and wider where articles are mixed in themselves.

    References
    ----------
    Wilson (1927), "Probable inference, the law of succession, and statistical inference".
    Brown, Cai and DasGupta (2001), "Interval estimation for a binomial proportion".

    Examples
    --------
    >>> import stancelib as sl
    >>> series = sl.simulate_series(n_periods=10, seed=1).series
    >>> sl.share_intervals(series).columns[-2:]
    ['share_favor_low', 'share_favor_high']
    """
    check_level(confidence_level)
    check_columns(series, (*SHARES, "n_effective"))
    n = series.get_column("n_effective").to_numpy()
    n = np.where(n > 0, n, np.nan)
    bounds = []
    for name in SHARES:
        share = series.get_column(name).cast(pl.Float64).to_numpy()
        low, high = wilson_interval(share, n, confidence_level)
        bounds += [
            pl.Series(f"{name}_low", low).fill_nan(None),
            pl.Series(f"{name}_high", high).fill_nan(None),
        ]
    return series.with_columns(bounds)
