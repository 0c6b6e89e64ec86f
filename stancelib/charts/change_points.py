"""The picture of change points: observed stance, levels, and the dates that the data allow."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import polars as pl

from stancelib.charts.axes import Clock, neutral_rule, stance_channel, stance_domain
from stancelib.charts.clock import period_name
from stancelib.charts.events import EventLayers, EventMark, event_layers
from stancelib.charts.heading import heading
from stancelib.charts.interrupted import observed_points, seen_periods
from stancelib.charts.tables import Tables, check_columns
from stancelib.charts.theme import ThemeName, themed
from stancelib.errors import NotEnoughDataError

NEEDED = ("period", "stance", "fitted", "low", "high", "segment", "n_documents")
NEEDED_DATES = ("change", "low", "high")


def change_points_chart(
    fitted: pl.DataFrame,
    dates: pl.DataFrame,
    *,
    events: Sequence[EventMark] = (),
    confidence_level: float = 0.95,
    title: str | None = None,
    description: str | None = None,
    width: int = 640,
    height: int = 260,
    theme: ThemeName = "light",
) -> alt.LayerChart:
    """Draw a series with its levels, its change points and the dates that they may have.

    Parameters
    ----------
    fitted : polars.DataFrame
        One row a period: ``period`` (with a time zone), ``stance`` (null: no articles),
        ``n_documents``, ``fitted`` (the level) with ``low`` and ``high``, and ``segment``.
    dates : polars.DataFrame
        One row a change: ``change`` (first instant of the new level), ``low`` and ``high``
        (first instants of the first and last period of its confidence set). No rows: no change.
    events : sequence of events
        Marked by rules with labels above the picture.
    confidence_level : float
        Of the band and the sets, for the note.
    title : str, optional
        Above the picture.
    description : str, optional
        Alternative text, for instance the sentence of the result; by default the title.
    width, height : int
        Of the plotting area, in pixels.
    theme : {"light", "dark"}
        Colours. The global altair theme is not touched.

    Returns
    -------
    altair.LayerChart
        Can be changed further.

    Raises
    ------
    DataError
        When a column is missing, or ``period`` has no time zone.
    NotEnoughDataError
        When there is no period.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> days = [datetime(2022, 2, day, tzinfo=UTC) for day in (21, 22, 23, 24)]
    >>> frame = pl.DataFrame({
    ...     "period": days, "stance": [0.1, 0.2, -0.5, -0.4], "n_documents": [9, 8, 12, 11],
    ...     "fitted": [0.15, 0.15, -0.45, -0.45], "segment": [0, 0, 1, 1],
    ... }).with_columns(low=pl.col("fitted") - 0.1, high=pl.col("fitted") + 0.1)
    >>> dates = pl.DataFrame({"change": [days[2]], "low": [days[1]], "high": [days[2]]})
    >>> change_points_chart(frame, dates).title.text
    ['Stance and its change points']
    """
    frame = _checked(fitted, NEEDED).sort("period")
    if frame.is_empty():
        raise NotEnoughDataError("the frame has no period, nothing to draw")
    found = _checked(dates, NEEDED_DATES)
    clock, tables = Clock.of(frame), Tables()
    marks = event_layers(events, clock, tables, width=width)
    name = title or "Stance and its change points"
    x = clock.channel(width=width)
    y = stance_channel("stance", _domain(frame), label_rows=marks.rows)
    layers = [
        *_date_layers(found, clock, tables),
        neutral_rule(tables),
        *_level_layers(_steps(frame, clock), x, tables),
        observed_points(tables.add_frame(seen_periods(frame)), x, y, period_name(frame)),
        *marks.rules,
        *marks.labels,
    ]
    notes = _notes(frame, found, clock, confidence_level, marks)
    chart = alt.LayerChart(layer=layers).properties(
        width=width,
        height=height,
        title=heading(name, notes, width=width),
        description=description or name,
    )
    return themed(chart, theme, tables)


def _checked(frame: pl.DataFrame, needed: Sequence[str]) -> pl.DataFrame:
    check_columns(frame, needed)
    return frame.select(*needed)


def _date_layers(dates: pl.DataFrame, clock: Clock, tables: Tables) -> list[alt.Chart]:
    """A line where each new level begins, and a column over the periods it may begin with."""
    if dates.is_empty():
        return []
    wall = dates.select(pl.all().dt.replace_time_zone(None)).sort("change")
    rows = wall.select(period="change", first="low", last=pl.col("high") + clock.step)
    base = alt.Chart(tables.add_frame(rows))
    column: alt.Chart = base.mark_rect(style="observed", opacity=0.22, clip=True).encode(
        x=alt.X("first:T"), x2=alt.X2("last:T"), y=alt.value(0), y2=alt.value("height")
    )
    line: alt.Chart = base.mark_rule(style="neutral-rule", strokeDash=[3, 3]).encode(x="period:T")
    return [column, line]


def _steps(frame: pl.DataFrame, clock: Clock) -> pl.DataFrame:
    """Both ends of each segment's level: it lasts until the next one begins."""
    level = ("segment", "fitted", "low", "high")
    wall = frame.select(pl.col("period").dt.replace_time_zone(None), *level)
    starts = wall.group_by("segment").first().sort("period").select(wall.columns)
    behind = wall["period"][-1] + clock.step
    ends = starts.with_columns(pl.col("period").shift(-1).fill_null(behind))
    return pl.concat([starts, ends]).sort("segment", "period")


def _level_layers(steps: pl.DataFrame, x: alt.X, tables: Tables) -> list[alt.Chart]:
    base = alt.Chart(tables.add_frame(steps)).encode(x=x, detail="segment:N")
    return [
        base.mark_area(opacity=0.16, clip=True).encode(y=alt.Y("low:Q"), y2=alt.Y2("high:Q")),
        base.mark_line(strokeWidth=2.2, clip=True).encode(y=alt.Y("fitted:Q")),
    ]


def _domain(frame: pl.DataFrame) -> tuple[float, float]:
    values = pl.concat([frame["stance"], frame["low"], frame["high"]])
    return stance_domain(values.clip(-1, 1))


def _notes(
    frame: pl.DataFrame,
    dates: pl.DataFrame,
    clock: Clock,
    confidence_level: float,
    marks: EventLayers,
) -> str:
    percent = f"{100 * confidence_level:g} %"
    points = f"Points: mean stance of a {period_name(frame)}, larger with more articles. "
    found = (
        f"Lines: mean level between change points, with {percent} bands. Dashed: where a new "
        f"level begins; grey: the periods that it may begin with ({percent} confidence set, from "
        "first to last). "
    )
    if dates.is_empty():
        found = f"Line: mean level, with its {percent} band; no change point was found. "
    events = "Solid lines with names: events. " if marks.rules else ""
    return f"{points}{found}{events}Times in {clock.time_zone}.{marks.outside_words}"
