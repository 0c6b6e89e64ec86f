"""The picture of a counterfactual: observed against expected, the effect, and its sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import polars as pl

from stancelib.charts.axes import ROW_HEIGHT, Clock, neutral_rule, stance_channel, stance_domain
from stancelib.charts.clock import date_words, period_expression, period_name, wall_clock
from stancelib.charts.counterfactual_core import LINES, effect_runs, expected_lines
from stancelib.charts.events import EventLayers, EventMark, event_layers
from stancelib.charts.heading import heading
from stancelib.charts.interrupted import observed_points, seen_periods
from stancelib.charts.tables import Tables, check_columns
from stancelib.charts.theme import ThemeName, themed
from stancelib.errors import NotEnoughDataError

NEEDED = (
    "period",
    "stance",
    "expected",
    "expected_low",
    "expected_high",
    "effect",
    "effect_low",
    "effect_high",
    "cumulative",
    "cumulative_low",
    "cumulative_high",
    "n_documents",
    "window",
    "used",
)
_SIGNED = "datum.value === 0 ? '0' : format(datum.value, '+.3~g')"
_LOWER_HEIGHT = 0.45


@dataclass(frozen=True, slots=True)
class _Style:
    """What the three panels share."""

    tables: Tables
    clock: Clock
    marks: EventLayers
    period: str
    width: int
    height: int


def counterfactual_chart(
    course: pl.DataFrame,
    *,
    events: Sequence[EventMark],
    confidence_level: float = 0.95,
    title: str | None = None,
    description: str | None = None,
    width: int = 640,
    height: int = 240,
    theme: ThemeName = "light",
) -> alt.VConcatChart:
    """Draw a counterfactual in three panels: stance, effect of each period, cumulative effect.

    Parameters
    ----------
    course : polars.DataFrame
        One row a period: ``period`` (with a time zone), ``stance`` (null: no articles),
        ``n_documents``, ``window`` (null: in no event's window), ``used`` (with a null window: it
        lies before the events), and ``expected``, ``effect`` and ``cumulative``, each with
        ``_low`` and ``_high`` (null: not drawn).
    events : sequence of Event
        Anything with ``name``, ``at`` (with a time zone) and ``label``; one at least.
    confidence_level : float
        Of the bands.
    title : str, optional
        Above the picture; by default it names the events.
    description : str, optional
        Alternative text, for instance the sentence of the effect; by default the title.
    width, height : int
        Of the plotting area of the first panel, in pixels.
    theme : {"light", "dark"}
        Colours. The global altair theme is not touched.

    Returns
    -------
    altair.VConcatChart
        Can be changed further.

    Raises
    ------
    DataError
        When a column is missing, or ``period`` or an event has no time zone.
    NotEnoughDataError
        When there is no event, or nothing was expected.

    Notes
    -----
    The picture follows K. H. Brodersen, F. Gallusser, J. Koehler, N. Remy and S. L. Scott,
    "Inferring causal impact using Bayesian structural time-series models", Annals of Applied
    Statistics 9 (2015).

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from stancelib.charts.events import PlainEvent
    >>> frame = pl.DataFrame({
    ...     "period": [datetime(2022, 2, day, tzinfo=UTC) for day in (7, 14, 21, 28)],
    ...     "stance": [-0.1, -0.2, -0.5, -0.4], "n_documents": [9, 8, 12, 11],
    ...     "expected": [-0.2, -0.15, -0.2, -0.2], "window": [None, None, "summit", "summit"],
    ...     "used": [True] * 4,
    ...     "effect": [None, None, -0.3, -0.2], "cumulative": [None, None, -0.3, -0.5],
    ... }).with_columns(
    ...     (pl.col(name) + sign * 0.1).alias(f"{name}_{end}")
    ...     for name in ("expected", "effect", "cumulative")
    ...     for end, sign in (("low", -1), ("high", 1))
    ... )
    >>> summit = PlainEvent("summit", datetime(2022, 2, 21, tzinfo=UTC))
    >>> len(counterfactual_chart(frame, events=[summit]).vconcat)
    3
    """
    frame = _checked(course, events)
    clock, tables = Clock.of(frame), Tables()
    marks = event_layers(events, clock, tables, width=width)
    style = _Style(tables, clock, marks, period_name(frame), width, height)
    names = ", ".join(event.name for event in events)
    name = title or f"Stance with and without {names}"
    panels = [
        _stance_panel(frame, style),
        _effect_panel(frame, "effect", "Observed less expected", style, labelled=False),
        _effect_panel(frame, "cumulative", "Summed over the periods", style, labelled=True),
    ]
    chart = alt.vconcat(*panels, spacing=12).properties(
        title=heading(name, _notes(style, events, confidence_level), width=width),
        description=description or name,
    )
    return themed(chart, theme, tables)


def _checked(course: pl.DataFrame, events: Sequence[EventMark]) -> pl.DataFrame:
    check_columns(course, NEEDED)
    if course["expected"].drop_nulls().is_empty():
        raise NotEnoughDataError(f"nothing was expected in {len(course)} periods, nothing to draw")
    if not events:
        raise NotEnoughDataError("no event was named; a counterfactual needs one at least")
    return course.select(*NEEDED).sort("period")


def _stance_panel(frame: pl.DataFrame, style: _Style) -> alt.LayerChart:
    lines = expected_lines(frame)
    ends = [frame["stance"], lines["value"], *(lines[end].clip(-1, 1) for end in ("low", "high"))]
    values = pl.concat([pl.Series("value", column, dtype=pl.Float64) for column in ends])
    x = style.clock.channel(width=style.width, labelled=False)
    y = stance_channel("stance", stance_domain(values.clip(-1, 1)), label_rows=style.marks.rows)
    dash = alt.StrokeDash("line:N", scale=alt.Scale(domain=LINES, range=[[1, 0], [5, 4]]))
    base = alt.Chart(style.tables.add_frame(lines)).encode(x=x, color=_color(style), detail="run:N")
    layers = [
        neutral_rule(style.tables),
        *_bands(base),
        base.mark_line(strokeWidth=2, clip=True).encode(y=alt.Y("value:Q"), strokeDash=dash),
        _lone(base).mark_point(filled=True, size=24, opacity=1).encode(y=alt.Y("value:Q")),
        observed_points(style.tables.add_frame(seen_periods(frame)), x, y, style.period),
        *style.marks.rules,
        *style.marks.labels,
    ]
    return alt.LayerChart(layer=layers).properties(width=style.width, height=style.height)


def _color(style: _Style) -> alt.Color:
    """The same in all panels, which share their scale, so that the legend is drawn once."""
    offset = 26 + ROW_HEIGHT * style.marks.rows
    legend = alt.Legend(title=None, symbolType="stroke", offset=offset)
    return alt.Color("line:N", scale=alt.Scale(domain=LINES), legend=legend)


def _bands(base: alt.Chart) -> tuple[alt.Chart, alt.Chart]:
    """Bands over runs of periods, and a bar where a run is one period long."""
    ends = {"y": alt.Y("low:Q"), "y2": alt.Y2("high:Q")}
    return (
        base.mark_area(opacity=0.16, clip=True).encode(**ends),
        _lone(base).mark_rule(opacity=0.35, strokeWidth=3, clip=True).encode(**ends),
    )


def _lone(base: alt.Chart) -> alt.Chart:
    lone: alt.Chart = base.transform_filter("datum.alone")
    return lone


def _effect_panel(
    frame: pl.DataFrame, name: str, title: str, style: _Style, *, labelled: bool
) -> alt.LayerChart:
    """Band and line of an effect; runs end where there is none."""
    axis = alt.Axis(
        title=title,
        titleAngle=0,
        titleAlign="left",
        titleAnchor="end",
        titleBaseline="bottom",
        titleX=-30,
        titleY=-10,
        labelExpr=_SIGNED,
        tickCount=4,
    )
    base = (
        alt.Chart(style.tables.add_frame(effect_runs(frame, name)))
        .transform_calculate(
            when=period_expression(style.period),
            interval="format(datum.low, '+.2f') + ' to ' + format(datum.high, '+.2f')",
        )
        .encode(
            x=style.clock.channel(width=style.width, labelled=labelled),
            detail="run:N",
            color=_color(style),
        )
    )
    y = alt.Y("value:Q", axis=axis)
    tooltip = [
        alt.Tooltip("when:N", title="period"),
        alt.Tooltip("value:Q", title=title.lower(), format="+.2f"),
        alt.Tooltip("interval:N"),
    ]
    layers = [
        neutral_rule(style.tables),
        *_bands(base),
        base.mark_line(strokeWidth=1.6).encode(y=y),
        base.mark_point(filled=True, size=18, opacity=0.9).encode(y=y, tooltip=tooltip),
        *style.marks.bare().rules,
    ]
    return alt.LayerChart(layer=layers).properties(
        width=style.width, height=round(_LOWER_HEIGHT * style.height)
    )


def _notes(style: _Style, events: Sequence[EventMark], confidence_level: float) -> str:
    dated = [
        f"{event.name}, {date_words(wall_clock(event.at, style.clock.time_zone))}"
        for event in events
    ]
    bands = f"{100 * confidence_level:g} % intervals"
    notes = (
        f"Points: mean stance of a {style.period}, larger with more articles. Bands: {bands} of "
        "what would be observed, cut at the ends of the scale; below, of the effect in each "
        f"{style.period} and of its sum so far. {'; '.join(dated)}. "
        f"Times in {style.clock.time_zone}."
    )
    return notes + style.marks.outside_words
