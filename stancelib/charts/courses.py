"""Lines that ran together and parted: groups of outlets, or an outlet and its synthetic twin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
from stancelib.charts.clock import DAY_EXPRESSION, date_words, period_name, wall_clock
from stancelib.charts.events import PlainEvent, event_layers
from stancelib.charts.heading import heading
from stancelib.charts.tables import Tables, check_columns
from stancelib.charts.theme import ThemeName, themed
from stancelib.errors import NotEnoughDataError


@dataclass(frozen=True, slots=True)
class Course:
    """A line of the picture.

    Attributes
    ----------
    column, label : str
        Where its values stand, and what the legend calls it.
    dashed : bool
        Whether it is what was expected and not what was seen.
    """

    column: str
    label: str
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds the lines: event, words and size, as the public charts take them."""

    event_name: str
    event_at: datetime
    title: str
    note: str
    description: str | None
    width: int
    height: int
    theme: ThemeName


def courses_chart(frame: pl.DataFrame, courses: Sequence[Course], around: Frame) -> alt.LayerChart:
    """Draw lines over the periods of a frame; null values cut them."""
    check_columns(frame, ("period", *(course.column for course in courses)))
    clock, tables = Clock.of(frame), Tables()
    lines = _lines(frame.sort("period"), courses)
    if lines.is_empty():
        raise NotEnoughDataError(f"none of {len(frame)} periods has a stance, nothing to draw")
    event = PlainEvent(around.event_name, around.event_at)
    marks = event_layers([event], clock, tables, width=around.width)
    y = stance_channel(
        "value", domain_of_points(lines["value"], lines["value"]), label_rows=marks.rows
    )
    layers = [
        neutral_rule(tables),
        *_line_layers(tables.add_frame(lines), courses, clock, y, around, label_rows=marks.rows),
        *marks.rules,
        *marks.labels,
    ]
    at = wall_clock(around.event_at, clock.time_zone)
    notes = f"{around.note} Event: {date_words(at)}. Times in {clock.time_zone}."
    chart = alt.LayerChart(layer=layers).properties(
        width=around.width,
        height=around.height,
        title=heading(around.title, notes, width=around.width),
        description=around.description or around.title,
    )
    return themed(chart, around.theme, tables)


def _lines(frame: pl.DataFrame, courses: Sequence[Course]) -> pl.DataFrame:
    parts = [
        frame.select(
            "period",
            pl.lit(course.label).alias("line"),
            pl.col(course.column).alias("value"),
            (pl.col(course.column).is_null().cum_sum() * len(courses) + place).alias("run"),
        )
        for place, course in enumerate(courses)
    ]
    return pl.concat(parts).drop_nulls("value").with_columns(name=pl.lit(period_name(frame)))


def _line_layers(
    lines: alt.NamedData,
    courses: Sequence[Course],
    clock: Clock,
    y: alt.Y,
    around: Frame,
    *,
    label_rows: int,
) -> list[alt.Chart]:
    labels = [course.label for course in courses]
    dashes = [[5, 4] if course.dashed else [1, 0] for course in courses]
    legend = alt.Legend(title=None, symbolType="stroke", offset=26 + ROW_HEIGHT * label_rows)
    base = (
        alt.Chart(lines)
        .transform_calculate(when=DAY_EXPRESSION)
        .encode(
            x=clock.channel(width=around.width),
            y=y,
            color=alt.Color("line:N", scale=alt.Scale(domain=labels), legend=legend),
            detail="run:N",
        )
    )
    dash = alt.StrokeDash("line:N", scale=alt.Scale(domain=labels, range=dashes), legend=None)
    points = base.mark_point(filled=True, size=60, opacity=0).encode(
        tooltip=[
            alt.Tooltip("line:N"),
            alt.Tooltip("when:N", title="period from"),
            alt.Tooltip("value:Q", title="stance", format="+.2f"),
        ]
    )
    return [base.mark_line(strokeWidth=2, clip=True).encode(strokeDash=dash), points]
