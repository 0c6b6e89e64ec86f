"""Stance over time: one line a source, interval bands, articles below, event rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import altair as alt
import polars as pl

from stancelib.charts.axes import Clock, neutral_rule, stance_channel, stance_domain
from stancelib.charts.clock import period_name
from stancelib.charts.events import EventLayers, EventMark, event_layers
from stancelib.charts.heading import heading
from stancelib.charts.over_time_core import Panel, drawn_frame, has_bounds, panels_of
from stancelib.charts.over_time_marks import color_of, counts, dash_of, hover
from stancelib.charts.tables import Tables, check_columns
from stancelib.charts.theme import MOST_COLOURS, ThemeName, themed
from stancelib.charts.words import describe_series
from stancelib.errors import NotEnoughDataError

_NORMAL_BAND = "95 %, ± 1.96 standard errors"
NEEDED = ("target", "source", "period", "stance", "se", "n_documents")
# Small multiples stand in two columns from this width on; the room is for the axis between.
TWO_COLUMNS = 560
AXIS_ROOM = 70
# Ends of bands beyond this quantile leave the picture, so that a week of two articles that
# disagree does not flatten all the others.
BAND_QUANTILE = 0.97


def stance_over_time(
    series: pl.DataFrame,
    *,
    events: Sequence[EventMark] = (),
    title: str | None = None,
    width: int = 640,
    height: int = 220,
    theme: ThemeName = "light",
) -> alt.VConcatChart:
    """Draw the stance of each source over time, with interval bands and event marks.

    One panel a target; with more than seven sources one panel a target and source. Bars below
    count the articles. A period without a stance breaks the line; a period whose neighbours
    have none is a point.

    Parameters
    ----------
    series : polars.DataFrame
        A Series frame. ``period`` carries the time zone in which dates are shown, on every
        machine. Null ``stance``: no articles, hence a gap. Null ``se``: no band.
    events : sequence of Event
        Anything with ``name``, ``at`` (with a time zone) and ``label``.
    title : str, optional
        Above the picture; by default it names the target.
    width, height : int
        Of the plotting area of a panel, in pixels.
    theme : {"light", "dark"}
        Colours. The global altair theme is not touched.

    Returns
    -------
    altair.VConcatChart
        Can be changed further; its ``description`` is an alternative text.

    Raises
    ------
    DataError
        When a column is missing, or ``period`` or an event has no time zone.
    NotEnoughDataError
        When no period has a stance.

    Notes
    -----
    The band is the interval of the frame, ``low`` to ``high``; where these columns are missing, the
    stance ± 1.96 standard errors, cut at -1 and 1.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> series = pl.DataFrame({
    ...     "target": "NATO", "source": "Example Post", "stance": [-0.2, -0.3, None],
    ...     "period": [datetime(2022, 2, day, tzinfo=UTC) for day in (7, 14, 21)],
    ...     "se": [0.05, 0.1, None], "n_documents": [12, 7, 0],
    ... })
    >>> chart = stance_over_time(series)
    >>> chart.title.text
    ['Stance toward NATO']
    """
    frame = drawable(series)
    style = style_of(series, frame, events, width=width, height=height)
    chart = _grid(panels_of(frame), style).properties(
        title=heading(title or _default_title(frame), notes_of(style), width=width),
        description=describe_series(series),
    )
    return themed(chart, theme, style.tables)


def lines_over_time(
    series: pl.DataFrame,
    lines: list[str],
    *,
    events: Sequence[EventMark],
    title: str,
    notes: str,
    width: int,
    height: int,
    theme: ThemeName,
) -> alt.VConcatChart:
    """Draw lines that share their articles: a colour and a dash each, articles not summed.

    `series` is a Series frame whose ``source`` is one of `lines`, and whose ``target`` is the
    heading of a panel.
    """
    frame = drawable(series)
    shared = style_of(series, frame, events, width=width, height=height)
    style = replace(shared, sources=lines, dashed=True)
    chart = _grid(panels_of(frame), style).properties(
        title=heading(title, f"{notes} {notes_of(style)}", width=width),
        description=describe_series(series),
    )
    return themed(chart, theme, style.tables)


@dataclass(frozen=True, slots=True)
class Style:
    """What all panels of a picture share."""

    tables: Tables
    clock: Clock
    marks: EventLayers
    domain: tuple[float, float]
    sources: list[str]
    period: str
    width: int
    height: int
    columns: int
    crowded: bool
    own_bounds: bool
    titled: bool = True
    dashed: bool = False

    @property
    def legend_width(self) -> int:
        """Room of the legend, which is drawn once over all columns."""
        return self.width * self.columns


def style_of(
    series: pl.DataFrame,
    frame: pl.DataFrame,
    events: Sequence[EventMark],
    *,
    width: int,
    height: int,
) -> Style:
    """What the panels of a series share: clock, event marks, sources, sizes."""
    clock, tables = Clock.of(series), Tables()
    sources = sorted(set(frame["source"]))
    crowded = len(sources) > MOST_COLOURS
    columns = 2 if crowded and width >= TWO_COLUMNS else 1
    room = (width - AXIS_ROOM * (columns - 1)) // columns
    return Style(
        tables=tables,
        clock=clock,
        marks=event_layers(events, clock, tables, width=room),
        domain=stance_domain(_shown_values(frame)),
        sources=sources,
        period=period_name(series),
        width=room,
        height=height // 2 if crowded else height,
        columns=columns,
        crowded=crowded,
        own_bounds=has_bounds(series),
    )


def _grid(panels: list[Panel], style: Style) -> alt.VConcatChart:
    """Panels in rows; of small multiples only the first row has event labels and axis title."""
    bare = replace(style, marks=style.marks.bare(), titled=False)
    drawn = [
        _panel(
            panel,
            bare if style.crowded and i >= style.columns else style,
            headed=len(panels) > 1,
        )
        for i, panel in enumerate(panels)
    ]
    if style.columns == 1:
        return alt.vconcat(*drawn, spacing=14 if style.crowded else 26)
    starts = range(0, len(drawn), style.columns)
    rows = [alt.hconcat(*drawn[i : i + style.columns], spacing=20) for i in starts]
    return alt.vconcat(*rows, spacing=14)


def drawable(series: pl.DataFrame) -> pl.DataFrame:
    """The rows with a stance, as `drawn_frame` has them, after checks."""
    frame = drawn_frame(_checked(series))
    if frame.is_empty():
        raise NotEnoughDataError(f"none of {len(series)} periods has a stance, nothing to draw")
    return frame


def _checked(series: pl.DataFrame) -> pl.DataFrame:
    check_columns(series, NEEDED)
    if series.is_empty():
        raise NotEnoughDataError("the series has no rows, nothing to draw")
    return series.select(*NEEDED, *(("low", "high") if has_bounds(series) else ()))


def _shown_values(frame: pl.DataFrame) -> pl.Series:
    """The values that the stance axis must hold: every stance, nearly every end of a band."""
    ends = [
        frame["low"].quantile(1 - BAND_QUANTILE),
        frame["high"].quantile(BAND_QUANTILE),
    ]
    return pl.concat([frame["stance"], pl.Series("stance", ends, dtype=pl.Float64)])


def _default_title(frame: pl.DataFrame) -> str:
    targets = frame["target"].unique(maintain_order=True).to_list()
    return f"Stance toward {targets[0]}" if len(targets) == 1 else "Stance over time"


def notes_of(style: Style) -> str:
    """How to read line, band and gaps."""
    band = "that of the series, 95 % if not asked otherwise" if style.own_bounds else _NORMAL_BAND
    notes = (
        f"Line: mean stance of a {style.period}'s articles. Band: interval of that mean "
        f"({band}; none where there is one article). "
        f"Gaps: no article. Times in {style.clock.time_zone}."
    )
    return notes + style.marks.outside_words


def _panel(panel: Panel, style: Style, *, headed: bool) -> alt.VConcatChart:
    """The stances of a panel, and the number of articles below them."""
    data = style.tables.add_frame(panel.frame.drop("target", "se"))
    stances = alt.layer(*stance_layers(data, style)).properties(
        width=style.width, height=style.height
    )
    below = counts(data, style.clock, style.sources, width=style.width, shared=style.dashed)
    block = alt.vconcat(stances, below, spacing=8)
    if not headed:
        return block
    return block.properties(title=alt.TitleParams(text=panel.heading, fontSize=13, offset=6))


def stance_layers(
    data: alt.NamedData, style: Style, told: Sequence[alt.Tooltip] = ()
) -> list[alt.Chart]:
    """Bands, lines, points and events; last what answers to the pointer, with more to be told."""
    x = style.clock.channel(width=style.width, labelled=False)
    y = stance_channel("stance", style.domain, label_rows=style.marks.rows, titled=style.titled)
    color = color_of(style.sources, width=style.legend_width, dashed=style.dashed)
    base = alt.Chart(data).encode(x=x, color=color)
    dash = {"strokeDash": dash_of(style.sources, width=style.legend_width)} if style.dashed else {}
    several = base.transform_filter("!datum.alone")
    with_band = base.transform_filter("isValid(datum.low)")
    ends = {"y": alt.Y("low:Q"), "y2": alt.Y2("high:Q")}
    return [
        neutral_rule(style.tables),
        with_band.transform_filter("!datum.band_alone")
        .mark_area(opacity=0.16, clip=True)
        .encode(detail="band_run:N", **ends),
        with_band.transform_filter("datum.band_alone")
        .mark_rule(opacity=0.35, strokeWidth=3, clip=True)
        .encode(**ends),
        several.mark_line(strokeWidth=2, clip=True).encode(y=y, detail="line_run:N", **dash),
        base.transform_filter("datum.alone")
        .mark_point(filled=True, size=28, opacity=1)
        .encode(y=y),
        *style.marks.rules,
        *style.marks.labels,
        hover(base, y, style.period, told),
    ]
