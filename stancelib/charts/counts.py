"""The picture of an interrupted series of counts: observed, fitted, and without the event."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import polars as pl

from stancelib.charts.axes import ROW_HEIGHT, Clock
from stancelib.charts.clock import DAY_EXPRESSION, date_words, period_name, wall_clock
from stancelib.charts.events import EventMark, event_layers
from stancelib.charts.heading import heading
from stancelib.charts.interrupted import fit_lines, line_layers
from stancelib.charts.tables import Tables, check_columns
from stancelib.charts.theme import ThemeName, themed
from stancelib.errors import ArgumentError

NEEDED = (
    "period",
    "count",
    "fitted",
    "low",
    "high",
    "counterfactual",
    "counterfactual_low",
    "counterfactual_high",
)
_NOUNS = {"n_documents": "Articles", "n_sentences": "Sentences"}


def interrupted_counts_chart(
    fitted: pl.DataFrame,
    events: Sequence[EventMark],
    *,
    outcome: str = "n_documents",
    confidence_level: float = 0.95,
    title: str | None = None,
    description: str | None = None,
    width: int = 640,
    height: int = 260,
    theme: ThemeName = "light",
) -> alt.LayerChart:
    """Draw counts over time, their fit, and what was expected without the events.

    Parameters
    ----------
    fitted : polars.DataFrame
        One row a period: ``period`` (with a time zone), ``count``, ``fitted`` with ``low`` and
        ``high``, ``counterfactual`` with ``counterfactual_low`` and ``counterfactual_high``
        (null where there is none).
    events : sequence of stancelib.Event
        At least one; their rules are labelled.
    outcome : str
        What is counted, for the axis.
    confidence_level : float
        Of the bands, for the note below the title.
    title, description : str, optional
        Above the picture, and its alternative text.
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
    ArgumentError
        When there is no event.
    DataError
        When a column is missing.

    Examples
    --------
    >>> import stancelib as sl
    >>> simulated = sl.simulate_series(n_periods=80, seed=1)
    >>> event = sl.Event("Vilnius summit", simulated.event_at)
    >>> effect = sl.interrupted_counts(simulated.series, event)
    >>> interrupted_counts_chart(effect.fitted, [event]).title.text
    ['Coverage before and after Vilnius summit']
    """
    if not events:
        raise ArgumentError("'events' is empty; name at least one Event")
    check_columns(fitted, NEEDED)
    frame = fitted.select(*NEEDED).sort("period")
    clock, tables = Clock.of(frame), Tables()
    marks = event_layers(events, clock, tables, width=width)
    lines = fit_lines(frame, wall_clock(events[0].at, clock.time_zone))
    x = clock.channel(width=width)
    noun = _NOUNS.get(outcome, outcome)
    name = title or f"Coverage before and after {events[0].name}"
    days = ", ".join(date_words(wall_clock(event.at, clock.time_zone)) for event in events)
    notes = (
        f"Points: {noun.lower()} of a {period_name(frame)}. Bands: {100 * confidence_level:g} % "
        f"intervals of the two lines. Event{'s' if len(events) > 1 else ''}: {days}. Times in "
        f"{clock.time_zone}."
    )
    layers = [
        *line_layers(tables.add_frame(lines), x, label_rows=marks.rows),
        _points(tables.add_frame(frame.select("period", "count")), x, noun, marks.rows),
        *marks.rules,
        *marks.labels,
    ]
    chart = alt.LayerChart(layer=layers).properties(
        width=width,
        height=height,
        title=heading(name, notes, width=width),
        description=description or name,
    )
    return themed(chart, theme, tables)


def _points(seen: alt.NamedData, x: alt.X, noun: str, label_rows: int) -> alt.Chart:
    axis = alt.Axis(
        title=noun,
        titleAngle=0,
        titleAlign="left",
        titleAnchor="end",
        titleBaseline="bottom",
        titleX=-30,
        titleY=-10 - ROW_HEIGHT * label_rows,
        format=",d",
        tickCount=5,
    )
    points: alt.Chart = (
        alt.Chart(seen)
        .transform_calculate(when=DAY_EXPRESSION)
        .mark_point(style="observed", filled=True, size=30)
        .encode(
            x=x,
            y=alt.Y("count:Q", axis=axis, scale=alt.Scale(zero=True)),
            tooltip=[
                alt.Tooltip("when:N", title="period from"),
                alt.Tooltip("count:Q", title=noun.lower(), format=",d"),
            ],
        )
    )
    return points
