"""What a counterfactual becomes before it is drawn: unbroken runs of what was expected and felt."""

from __future__ import annotations

import polars as pl

BEFORE, WITHOUT = "forecast one period ahead", "expected without the event"
LINES = [BEFORE, WITHOUT]


def expected_lines(frame: pl.DataFrame) -> pl.DataFrame:
    """What was expected, cut behind the last period before the events and where there is a gap.

    Parameters
    ----------
    frame : polars.DataFrame
        ``period``, ``window``, ``used``, ``expected``, ``expected_low``, ``expected_high``.

    Returns
    -------
    polars.DataFrame
        ``period``, ``line``, ``value``, ``low``, ``high``, ``run`` (number of the run of
        neighbouring periods) and ``alone``: whether that run is one period long.
    """
    before = frame.filter(pl.col("window").is_null() & pl.col("used"))["period"]
    after = pl.col("period") > pl.lit(before.max(), frame.schema["period"])
    lines = frame.select(
        "period",
        pl.when(after.fill_null(value=True))
        .then(pl.lit(WITHOUT))
        .otherwise(pl.lit(BEFORE))
        .alias("line"),
        value="expected",
        low="expected_low",
        high="expected_high",
    )
    return _in_runs(lines, 2, (pl.col("line") == WITHOUT).cast(pl.Int64))


def effect_runs(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """An effect with its band, in the same columns; ``line`` is that of the expected course."""
    ends = {"value": name, "low": f"{name}_low", "high": f"{name}_high"}
    return _in_runs(frame.select("period", line=pl.lit(WITHOUT), **ends), 1, pl.lit(0))


def _in_runs(lines: pl.DataFrame, parts: int, part: pl.Expr) -> pl.DataFrame:
    return (
        lines.with_columns(run=pl.col("value").is_null().cum_sum() * parts + part)
        .drop_nulls("value")
        .with_columns(alone=pl.len().over("run") == 1)
    )
