"""The axis of a difference of stances, around 0."""

from __future__ import annotations

import math

import altair as alt
import polars as pl

from stancelib.charts.axes import ROW_HEIGHT

_SIGNED = "datum.value === 0 ? '0' : format(datum.value, '+.2~f')"
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.25, 0.5)
_TICKS = 6
_LARGEST = 2.0


def difference_domain(values: pl.Series) -> tuple[float, float]:
    """Round steps that hold the values and both sides of 0, within [-2, 2].

    Examples
    --------
    >>> difference_domain(pl.Series([-0.31, 0.04, None]))
    (-0.4, 0.1)
    """
    known: list[float] = [0.0, *values.drop_nulls().to_list()]
    low, high = max(min(known), -_LARGEST), min(max(known), _LARGEST)
    step = next((s for s in _STEPS if (high - low) / s <= _TICKS), _STEPS[-1])
    below, above = math.floor(low / step), math.ceil(high / step)
    return round(min(below, -1) * step, 2), round(max(above, 1) * step, 2)


def difference_channel(
    field: str, domain: tuple[float, float], title: str, *, label_rows: int
) -> alt.Y:
    """The y channel of a difference, its title lying flat above the event labels."""
    axis = alt.Axis(
        title=title,
        titleAngle=0,
        titleAlign="left",
        titleAnchor="end",
        titleBaseline="bottom",
        titleX=-30,
        titleY=-10 - ROW_HEIGHT * label_rows,
        labelExpr=_SIGNED,
        tickCount=_TICKS,
    )
    return alt.Y(f"{field}:Q", axis=axis, scale=alt.Scale(domain=list(domain), nice=False))
