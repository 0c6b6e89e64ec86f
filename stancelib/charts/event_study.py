"""The picture of an event study: one coefficient a period, the reference, the event."""

from __future__ import annotations

from datetime import datetime

import altair as alt
import polars as pl

from stancelib.charts.axes import Clock, neutral_rule
from stancelib.charts.clock import date_words, period_expression, period_name, wall_clock
from stancelib.charts.differences import difference_channel, difference_domain
from stancelib.charts.events import PlainEvent, event_layers
from stancelib.charts.heading import heading
from stancelib.charts.tables import Tables, check_columns
from stancelib.charts.theme import ThemeName, themed
from stancelib.errors import NotEnoughDataError

NEEDED = ("period", "relative", "estimate", "low", "high", "part", "n")
REFERENCE = "reference"


def event_study_chart(
    course: pl.DataFrame,
    *,
    event_name: str,
    event_at: datetime,
    compared: bool,
    confidence_level: float = 0.95,
    title: str | None = None,
    description: str | None = None,
    width: int = 640,
    height: int = 260,
    theme: ThemeName = "light",
) -> alt.LayerChart:
    """Draw the leads and lags of an event study.

    Parameters
    ----------
    course : polars.DataFrame
        One row a period: ``period`` (with a time zone), ``relative``, ``estimate`` (null: not
        known), ``low`` and ``high`` (null: unbounded), ``part`` (``reference`` in one row) and
        ``n`` sources.
    event_name : str
        Label of the event's rule.
    event_at : datetime
        When it happened, with a time zone.
    compared : bool
        Whether the course is that of treated sources less that of controls.
    confidence_level : float
        Of the intervals.
    title : str, optional
        Above the picture; by default it names the event.
    description : str, optional
        Alternative text, for instance the sentence of the effect; by default the title.
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
        When a column is missing, or ``period`` or `event_at` has no time zone.
    NotEnoughDataError
        When no period has an estimate.

    Examples
    --------
    >>> from datetime import UTC
    >>> frame = pl.DataFrame({
    ...     "period": [datetime(2022, 2, day, tzinfo=UTC) for day in (7, 14, 21, 28)],
    ...     "relative": [-2, -1, 0, 1], "estimate": [0.02, 0.0, -0.2, -0.3],
    ...     "low": [-0.1, None, -0.3, -0.4], "high": [0.1, None, -0.1, -0.2],
    ...     "part": ["before", "reference", "after", "after"], "n": [4, 4, 4, 4],
    ... })
    >>> chart = event_study_chart(
    ...     frame, event_name="an event", event_at=datetime(2022, 2, 21, tzinfo=UTC), compared=True
    ... )
    >>> chart.title.text
    ['Period by period around an event']
    """
    frame = _checked(course)
    clock, tables = Clock.of(frame), Tables()
    marks = event_layers([PlainEvent(event_name, event_at)], clock, tables, width=width)
    name = title or f"Period by period around {event_name}"
    values = pl.concat([frame["estimate"], frame["low"], frame["high"]])
    what = "Stance less that of the controls" if compared else "Stance"
    y_title = f"{what}, change since the reference"
    y = difference_channel("estimate", difference_domain(values), y_title, label_rows=marks.rows)
    x = clock.channel(width=width)
    rows = _rows(frame)
    layers = [
        neutral_rule(tables),
        *_interval_layers(tables.add_frame(rows.drop_nulls(["low", "high"])), x),
        *_point_layers(tables, rows, x, y, period_name(frame)),
        *marks.rules,
        *marks.labels,
    ]
    chart = alt.LayerChart(layer=layers).properties(
        width=width,
        height=height,
        title=heading(name, _notes(frame, clock, event_at, confidence_level), width=width),
        description=description or name,
    )
    return themed(chart, theme, tables)


def _checked(course: pl.DataFrame) -> pl.DataFrame:
    check_columns(course, NEEDED)
    if course.filter(pl.col("part") != REFERENCE)["estimate"].drop_nulls().is_empty():
        raise NotEnoughDataError(f"none of {len(course)} periods has an estimate, nothing to draw")
    return course.select(*NEEDED).sort("period")


def _rows(frame: pl.DataFrame) -> pl.DataFrame:
    """Estimates with the reference as a point of no width, in runs that gaps cut."""
    at_reference = pl.col("part") == REFERENCE
    return frame.with_columns(
        run=pl.col("estimate").is_null().cum_sum(),
        low=pl.when(at_reference).then("estimate").otherwise("low"),
        high=pl.when(at_reference).then("estimate").otherwise("high"),
    ).drop_nulls("estimate")


def _interval_layers(rows: alt.NamedData, x: alt.X) -> list[alt.Chart]:
    base = alt.Chart(rows).encode(x=x, y=alt.Y("low:Q"), y2=alt.Y2("high:Q"))
    band = base.mark_area(opacity=0.12, clip=True).encode(detail="run:N")
    return [band, base.mark_rule(strokeWidth=1.4, clip=True)]


def _point_layers(
    tables: Tables, rows: pl.DataFrame, x: alt.X, y: alt.Y, period: str
) -> list[alt.Chart]:
    """Estimates filled, the reference hollow."""
    layers = []
    for filled in (True, False):
        some = rows.filter((pl.col("part") != REFERENCE) == filled)
        points: alt.Chart = (
            alt.Chart(tables.add_frame(some))
            .transform_calculate(
                when=period_expression(period),
                interval="isValid(datum.low) && isValid(datum.high) ? "
                "format(datum.low, '+.2f') + ' to ' + format(datum.high, '+.2f') : 'unbounded'",
            )
            .mark_point(filled=filled, size=55, opacity=1, strokeWidth=1.6)
            .encode(
                x=x,
                y=y,
                tooltip=[
                    alt.Tooltip("when:N", title="period"),
                    alt.Tooltip("relative:Q", title="periods from the event"),
                    alt.Tooltip("estimate:Q", format="+.3f"),
                    alt.Tooltip("interval:N"),
                    alt.Tooltip("n:Q", title="outlets"),
                ],
            )
        )
        layers.append(points)
    return layers


def _notes(frame: pl.DataFrame, clock: Clock, event_at: datetime, confidence_level: float) -> str:
    name = period_name(frame)
    at = wall_clock(event_at, clock.time_zone)
    reference = frame.filter(pl.col("part") == REFERENCE)["period"].to_list()
    since = f" Hollow point: the reference {name}, {date_words(reference[0])}." if reference else ""
    points = frame.filter((pl.col("part") != REFERENCE) & pl.col("estimate").is_not_null())
    open_ended = points.filter(pl.col("low").is_null() | pl.col("high").is_null()).height
    unbounded = " Points without a bar have no bounded interval." if open_ended else ""
    return (
        f"Points: one {name} each. Bars and band: {100 * confidence_level:g} % intervals, each "
        f"for its own {name}.{since}{unbounded} Event: {date_words(at)}. Times in "
        f"{clock.time_zone}."
    )
