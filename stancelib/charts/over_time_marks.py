"""Marks and channels of stances over time: colours, dashes, hovering points, articles."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
from altair.utils.schemapi import UndefinedType

from stancelib.charts.axes import Clock
from stancelib.charts.clock import period_expression
from stancelib.charts.labels import text_width
from stancelib.charts.theme import AXIS_EXTENT, FONT_SIZE, MOST_COLOURS

COUNT_HEIGHT = 34
WIDEST_BAR = 12
# Area of a legend's stroke in square pixels, so that its dash can be told.
LONG_SYMBOL = 900
# Pixels of a legend's symbol and the gap behind its text.
_SYMBOL_ROOM, _LONG_ROOM = 36, 58
_DASHES = ((1, 0), (7, 4), (2, 3))


def color_of(
    sources: list[str], *, width: float, dashed: bool = False
) -> alt.Color | UndefinedType:
    """Colours of the theme in the order of the sources' names; one colour where they run out.

    The same legend everywhere: panels share their scale, so that it is drawn once.
    """
    if len(sources) > MOST_COLOURS:
        return alt.Undefined
    box = None if sources == ["all"] else _legend(sources, width=width, dashed=dashed)
    return alt.Color("source:N", scale=alt.Scale(domain=sources), legend=box)


def _legend(sources: list[str], *, width: float, dashed: bool) -> alt.Legend:
    """As many columns as fit the picture, so that the legend does not widen it."""
    size = LONG_SYMBOL if dashed else alt.Undefined
    symbol = _LONG_ROOM if dashed else _SYMBOL_ROOM
    widest = max(text_width(source, FONT_SIZE) for source in sources) + symbol
    columns = max(1, min(len(sources), int((width + AXIS_EXTENT) // widest)))
    return alt.Legend(title=None, symbolType="stroke", symbolSize=size, columns=columns)


def dash_of(sources: list[str], *, width: float) -> alt.StrokeDash:
    """A dash for each line beside its colour, for readers and printers without colours."""
    scale = alt.Scale(domain=sources, range=list(_DASHES[: len(sources)]))
    return alt.StrokeDash(
        "source:N", scale=scale, legend=_legend(sources, width=width, dashed=True)
    )


def hover(base: alt.Chart, y: alt.Y, period: str, told: Sequence[alt.Tooltip] = ()) -> alt.Chart:
    """Invisible points that say on hovering what stands there."""
    points: alt.Chart = (
        base.transform_calculate(
            when=period_expression(period),
            interval="isValid(datum.low) ? format(datum.low, '+.2f') + ' to ' + "
            "format(datum.high, '+.2f') : 'none: one article'",
        )
        .mark_point(filled=True, size=90, opacity=0)
        .encode(
            y=y,
            tooltip=[
                alt.Tooltip("source:N"),
                alt.Tooltip("when:N", title="period"),
                alt.Tooltip("stance:Q", format="+.2f"),
                alt.Tooltip("interval:N", title="95 % interval"),
                alt.Tooltip("n_documents:Q", title="articles", format=",d"),
                *told,
            ],
        )
    )
    return points


def counts(
    data: alt.NamedData, clock: Clock, sources: list[str], *, width: int, shared: bool
) -> alt.Chart:
    """Bars of the number of articles, stacked by source."""
    if shared:
        return _shared_counts(data, clock, sources, width)
    bar = max(1.0, min(WIDEST_BAR, 0.7 * clock.step_pixels(width)))
    bars: alt.Chart = (
        alt.Chart(data)
        .mark_bar(width=bar, opacity=0.8)
        .encode(
            x=clock.channel(width=width),
            y=alt.Y("sum(n_documents):Q", axis=_articles_axis()),
            color=color_of(sources, width=width),
            tooltip=[alt.Tooltip("source:N"), alt.Tooltip("n_documents:Q", title="articles")],
        )
    )
    return bars.properties(width=width, height=COUNT_HEIGHT)


def _articles_axis() -> alt.Axis:
    return alt.Axis(title="articles", tickCount=2, format="~s", grid=False, titlePadding=8)


def _shared_counts(data: alt.NamedData, clock: Clock, sources: list[str], width: int) -> alt.Chart:
    """Points of the number of articles of each line, not summed: lines share articles."""
    points: alt.Chart = (
        alt.Chart(data)
        .mark_point(size=14, filled=True, opacity=0.8)
        .encode(
            x=clock.channel(width=width),
            y=alt.Y("n_documents:Q", axis=_articles_axis(), scale=alt.Scale(zero=True)),
            color=color_of(sources, width=width, dashed=True),
            tooltip=[alt.Tooltip("source:N"), alt.Tooltip("n_documents:Q", title="articles")],
        )
    )
    return points.properties(width=width, height=COUNT_HEIGHT)
