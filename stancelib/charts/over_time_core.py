"""What a stance series becomes before it is drawn: interval ends and unbroken runs."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from stancelib.charts.axes import NORMAL_95
from stancelib.charts.theme import MOST_COLOURS

CELL = ("target", "source")


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel of a picture: its heading and its rows of the drawn frame."""

    heading: str
    frame: pl.DataFrame


def drawn_frame(series: pl.DataFrame) -> pl.DataFrame:
    """Rows with a stance, with interval ends and the runs that lines and bands follow.

    Parameters
    ----------
    series : polars.DataFrame
        ``target``, ``source``, ``period``, ``stance``, ``se``, ``n_documents``, and perhaps
        ``low``, ``high``.

    Returns
    -------
    polars.DataFrame
        The same columns and ``low``, ``high``: the frame's own, or else ± 1.96 `se` (null without
        it, cut at -1 and 1); ``line_run``, ``band_run``: number of the run of neighbouring periods
        with a stance or an interval; ``alone``, ``band_alone``: whether that run is one period
        long.
    """
    if not has_bounds(series):
        half = NORMAL_95 * pl.col("se")
        series = series.with_columns(
            low=(pl.col("stance") - half).clip(-1, 1),
            high=(pl.col("stance") + half).clip(-1, 1),
        )
    has_stance, has_band = pl.col("stance").is_not_null(), pl.col("low").is_not_null()
    return (
        series.sort(*CELL, "period")
        .with_columns(
            line_run=_run_number(has_stance),
            band_run=_run_number(has_stance & has_band),
        )
        .filter(has_stance)
        .with_columns(
            alone=pl.len().over(*CELL, "line_run") == 1,
            band_alone=has_band & (has_band.sum().over(*CELL, "band_run") == 1),
        )
    )


def has_bounds(series: pl.DataFrame) -> bool:
    """Whether the frame brings the intervals of its cells."""
    return {"low", "high"} <= set(series.columns)


def _run_number(present: pl.Expr) -> pl.Expr:
    """Grows by one at each period without a value, so that a gap parts two runs."""
    return (~present).cast(pl.Int64).cum_sum().over(*CELL)


def panels_of(frame: pl.DataFrame) -> list[Panel]:
    """One panel a target; one a target and source where there are more sources than colours."""
    if frame["source"].n_unique() <= MOST_COLOURS:
        parts = frame.partition_by("target", maintain_order=True)
        return [Panel(part["target"][0], part) for part in parts]
    one_target = frame["target"].n_unique() == 1
    parts = frame.partition_by(*CELL, maintain_order=True)
    return [
        Panel(
            part["source"][0] if one_target else f"{part['target'][0]} · {part['source'][0]}", part
        )
        for part in parts
    ]
