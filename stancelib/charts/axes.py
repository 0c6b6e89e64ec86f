"""The axes that pictures share: time in the frame's own zone, and stance around its neutral."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

import altair as alt
import polars as pl

from stancelib.charts.clock import spacing, time_zone_of
from stancelib.charts.tables import Tables

STANCE_TITLE = "Stance (−1 against … +1 in favor)"
NORMAL_95 = 1.96
# Pixels between two ticks of the time axis, so that a season is marked by its months.
TICK_ROOM = 80
# Height of a row of event labels, in pixels.
ROW_HEIGHT = 15
_STEP = 0.25
_SIGNED = "datum.value === 0 ? '0' : format(datum.value, '+.2~f')"
_DATE_PARTS = {
    "year": "%Y",
    "quarter": "%b",
    "month": "%b",
    "week": "%-d %b",
    "date": "%-d %b",
    "hours": "%H:%M",
    "minutes": "%H:%M",
}


@dataclass(frozen=True, slots=True)
class Clock:
    """The time axis: its zone, its first and last moment as wall clocks, one period's length."""

    time_zone: str
    first: datetime
    last: datetime
    step: timedelta

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Clock:
        """From half a step before the first period to one step after the last began."""
        zone = time_zone_of(frame)
        periods: list[datetime] = frame["period"].dt.replace_time_zone(None).to_list()
        step = spacing(frame)
        return cls(zone, min(periods) - step / 2, max(periods) + step, step)

    def pixel(self, at: datetime, width: float) -> float:
        """Where a wall clock stands on an axis of a width in pixels."""
        return (at - self.first) / (self.last - self.first) * width

    def step_pixels(self, width: float) -> float:
        """Pixels between two periods."""
        return self.step / (self.last - self.first) * width

    def channel(self, *, width: float, labelled: bool = True) -> alt.X:
        """The x channel over ``period``; its dates are those of the frame's own time zone."""
        axis = alt.Axis(
            title=None,
            format=_DATE_PARTS,
            labels=labelled,
            ticks=labelled,
            domain=labelled,
            labelOverlap="greedy",
            tickCount=max(2, round(width / TICK_ROOM)),
        )
        domain = [utc_moment(self.first), utc_moment(self.last)]
        # No padding: bars would bring their own, and leave the line above them.
        scale = alt.Scale(type="utc", domain=domain, nice=False, padding=0)
        return alt.X("period:T", axis=axis, scale=scale)


def utc_moment(clock: datetime) -> alt.DateTime:
    """A wall clock, read as UTC, as Vega-Lite writes it.

    Not as milliseconds: those become calls of ``datetime`` with one argument, which Vega's
    interpreter of expressions (the one that needs no eval) reads as a year.
    """
    return alt.DateTime(
        year=clock.year,
        month=clock.month,
        date=clock.day,
        hours=clock.hour,
        minutes=clock.minute,
        utc=True,
    )


def stance_channel(
    field: str, domain: tuple[float, float], *, label_rows: int, titled: bool = True
) -> alt.Y:
    """The y channel of a stance, its title lying flat above the event labels."""
    axis = alt.Axis(
        title=STANCE_TITLE if titled else None,
        titleAngle=0,
        titleAlign="left",
        titleAnchor="end",
        titleBaseline="bottom",
        titleX=-30,
        titleY=-10 - ROW_HEIGHT * label_rows,
        labelExpr=_SIGNED,
        tickCount=5,
    )
    return alt.Y(f"{field}:Q", axis=axis, scale=alt.Scale(domain=list(domain), nice=False))


def stance_domain(values: pl.Series) -> tuple[float, float]:
    """Quarters that hold the values and both sides of 0, within [-1, 1].

    Examples
    --------
    >>> stance_domain(pl.Series([-0.55, 0.1, None]))
    (-0.75, 0.25)
    """
    known: list[float] = [0.0, *values.drop_nulls().to_list()]
    low = math.floor(min(known) / _STEP) * _STEP
    high = math.ceil(max(known) / _STEP) * _STEP
    return max(-1.0, min(low, -_STEP)), min(1.0, max(high, _STEP))


def domain_of_points(shown: pl.Series, points: pl.Series) -> tuple[float, float]:
    """`stance_domain` of all that is shown, wide enough for points beyond the ends of the scale.

    Few labels may carry a corrected stance there.
    """
    low, high = stance_domain(shown.clip(-1, 1))
    seen: list[float] = points.drop_nulls().to_list()
    return min([low, *seen]), max([high, *seen])


def neutral_rule(tables: Tables) -> alt.Chart:
    """The line at stance 0."""
    zero = tables.add([{"neutral": 0}])
    rule: alt.Chart = alt.Chart(zero).mark_rule(style="neutral-rule").encode(y="neutral:Q")
    return rule
