"""The picture of an interrupted time series: observed, fitted, and without the event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import altair as alt
import polars as pl

from stancelib.charts.axes import (
    ROW_HEIGHT,
    Clock,
    domain_of_points,
    neutral_rule,
    stance_channel,
)
from stancelib.charts.clock import date_words, period_expression, period_name, wall_clock
from stancelib.charts.events import EventLayers, EventMark, PlainEvent, event_layers
from stancelib.charts.heading import heading
from stancelib.charts.tables import Tables, check_columns
from stancelib.charts.theme import ThemeName, themed
from stancelib.errors import NotEnoughDataError

NEEDED = (
    "period",
    "stance",
    "fitted",
    "counterfactual",
    "low",
    "high",
    "counterfactual_low",
    "counterfactual_high",
    "n_documents",
)
FITTED, EXPECTED = "fitted", "expected without the event"


def interrupted_time_series_chart(
    fitted: pl.DataFrame,
    *,
    event_name: str,
    event_at: datetime,
    further_events: Sequence[EventMark] = (),
    confidence_level: float = 0.95,
    title: str | None = None,
    description: str | None = None,
    width: int = 640,
    height: int = 260,
    theme: ThemeName = "light",
) -> alt.LayerChart:
    """Draw an interrupted time series: what was seen, the fit, and what was expected.

    Parameters
    ----------
    fitted : polars.DataFrame
        One row a period: ``period`` (with a time zone), ``stance`` (null: no articles),
        ``n_documents``, ``fitted`` with ``low`` and ``high``, ``counterfactual`` with
        ``counterfactual_low`` and ``counterfactual_high`` (null where there is none; only
        what follows the event is drawn).
    event_name : str
        Label of the event's rule.
    event_at : datetime
        When it happened, with a time zone.
    further_events : sequence of stancelib.Event
        Events that followed and are in the same model.
    confidence_level : float
        Of the bands, for the note below the title.
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
        When no period is fitted.

    Notes
    -----
    The picture follows J. Lopez Bernal, S. Cummins and A. Gasparrini, "Interrupted time series
    regression for the evaluation of public health interventions", International Journal of
    Epidemiology 46 (2017).

    Examples
    --------
    >>> from datetime import UTC
    >>> frame = pl.DataFrame({
    ...     "period": [datetime(2022, 2, day, tzinfo=UTC) for day in (7, 14, 21, 28)],
    ...     "stance": [-0.1, -0.2, -0.5, -0.4], "n_documents": [9, 8, 12, 11],
    ...     "fitted": [-0.12, -0.18, -0.45, -0.45], "low": [-0.2] * 4, "high": [0.0] * 4,
    ...     "counterfactual": [None, None, -0.24, -0.3],
    ...     "counterfactual_low": [None, None, -0.4, -0.5],
    ...     "counterfactual_high": [None, None, -0.1, -0.1],
    ... }).with_columns(low=pl.col("fitted") - 0.1, high=pl.col("fitted") + 0.1)
    >>> chart = interrupted_time_series_chart(
    ...     frame, event_name="an event", event_at=datetime(2022, 2, 20, tzinfo=UTC)
    ... )
    >>> chart.title.text
    ['Stance before and after an event']
    """
    frame = _checked(fitted)
    clock, tables = Clock.of(frame), Tables()
    events = [PlainEvent(event_name, event_at), *further_events]
    marks = event_layers(events, clock, tables, width=width)
    name = title or f"Stance before and after {event_name}"
    lines = fit_lines(frame, wall_clock(event_at, clock.time_zone))
    x = clock.channel(width=width)
    y = stance_channel("stance", _domain(frame, lines), label_rows=marks.rows)
    layers = [
        neutral_rule(tables),
        *line_layers(tables.add_frame(lines), x, label_rows=marks.rows),
        observed_points(tables.add_frame(seen_periods(frame)), x, y, period_name(frame)),
        *marks.rules,
        *marks.labels,
    ]
    chart = alt.LayerChart(layer=layers).properties(
        width=width,
        height=height,
        title=heading(name, _notes(frame, clock, events, confidence_level, marks), width=width),
        description=description or name,
    )
    return themed(chart, theme, tables)


def _checked(fitted: pl.DataFrame) -> pl.DataFrame:
    check_columns(fitted, NEEDED)
    if fitted["fitted"].drop_nulls().is_empty():
        raise NotEnoughDataError(f"none of {len(fitted)} periods is fitted, nothing to draw")
    return fitted.select(*NEEDED).sort("period")


def fit_lines(frame: pl.DataFrame, event: datetime) -> pl.DataFrame:
    """Fit and counterfactual below each other: ``line``, ``run``, ``value``, ``low``, ``high``.

    The fit is cut at the event; a period without a value cuts both.
    """
    after = _after(frame, event)
    fit = frame.select(
        "period",
        pl.lit(FITTED).alias("line"),
        pl.col("fitted").alias("value"),
        "low",
        "high",
        after.cast(pl.Int64).alias("part"),
    )
    expected = frame.select(
        "period",
        pl.lit(EXPECTED).alias("line"),
        pl.when(after).then(pl.col("counterfactual")).alias("value"),
        pl.col("counterfactual_low").alias("low"),
        pl.col("counterfactual_high").alias("high"),
        pl.lit(2, pl.Int64).alias("part"),
    )
    return (
        pl.concat([fit, expected])
        .with_columns(run=pl.col("value").is_null().cum_sum() * 3 + pl.col("part"))
        .drop_nulls("value")
        .drop("part")
    )


def _after(frame: pl.DataFrame, event: datetime) -> pl.Expr:
    """Where the model sees the time after the event: where it gives a counterfactual."""
    if frame["counterfactual"].null_count():
        return pl.col("counterfactual").is_not_null()
    return pl.col("period").dt.replace_time_zone(None) >= event


def line_layers(lines: alt.NamedData, x: alt.X, *, label_rows: int) -> list[alt.Chart]:
    """Bands and lines of the fit and of what was expected."""
    color = alt.Color(
        "line:N",
        scale=alt.Scale(domain=[FITTED, EXPECTED]),
        legend=alt.Legend(title=None, symbolType="stroke", offset=26 + ROW_HEIGHT * label_rows),
    )
    dash = alt.StrokeDash(
        "line:N", scale=alt.Scale(domain=[FITTED, EXPECTED], range=[[1, 0], [5, 4]])
    )
    base = alt.Chart(lines).encode(x=x, color=color, detail="run:N")
    return [
        base.mark_area(opacity=0.16, clip=True).encode(y=alt.Y("low:Q"), y2=alt.Y2("high:Q")),
        base.mark_line(strokeWidth=2.2, clip=True).encode(y=alt.Y("value:Q"), strokeDash=dash),
    ]


def seen_periods(frame: pl.DataFrame) -> pl.DataFrame:
    """Stance and articles of the periods that have some."""
    return frame.select("period", "stance", "n_documents").drop_nulls("stance")


def observed_points(seen: alt.NamedData, x: alt.X, y: alt.Y, period: str) -> alt.Chart:
    """Observed stances, their area in proportion to the articles."""
    points: alt.Chart = (
        alt.Chart(seen)
        .transform_calculate(when=period_expression(period))
        .mark_point(style="observed", filled=True)
        .encode(
            x=x,
            y=y,
            size=alt.Size("n_documents:Q", scale=alt.Scale(range=[12, 170]), legend=None),
            tooltip=[
                alt.Tooltip("when:N", title="period"),
                alt.Tooltip("stance:Q", format="+.2f"),
                alt.Tooltip("n_documents:Q", title="articles", format=",d"),
            ],
        )
    )
    return points


def _domain(frame: pl.DataFrame, lines: pl.DataFrame) -> tuple[float, float]:
    values = [frame["stance"], lines["value"], lines["low"], lines["high"]]
    joined = pl.concat([pl.Series("value", column, dtype=pl.Float64) for column in values])
    return domain_of_points(joined, frame["stance"])


def _notes(
    frame: pl.DataFrame,
    clock: Clock,
    events: Sequence[EventMark],
    confidence_level: float,
    marks: EventLayers,
) -> str:
    name = period_name(frame)
    days = [date_words(wall_clock(event.at, clock.time_zone)) for event in events]
    notes = (
        f"Points: mean stance of a {name}, larger with more articles{_range(frame)}. "
        f"Bands: {100 * confidence_level:g} % intervals of the two lines. "
        f"Event{'s' if len(days) > 1 else ''}: {', '.join(days)}. Times in {clock.time_zone}."
    )
    if not marks.outside:
        return notes
    where = "It lies" if len(days) == 1 else f"Not shown: {', '.join(marks.outside)},"
    return f"{notes} {where} outside the picture."


def _range(frame: pl.DataFrame) -> str:
    counts: list[int] = frame.drop_nulls("stance")["n_documents"].to_list()
    return f" ({min(counts)} to {max(counts)})" if counts else ""
