"""A heat map of one target: sources below each other, periods beside each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import altair as alt
import polars as pl

from stancelib.charts.axes import Clock, utc_moment
from stancelib.charts.clock import period_name
from stancelib.charts.diverging import check_limit, stance_color, stance_limit, text_on_color
from stancelib.charts.events import EventMark, event_layers
from stancelib.charts.heading import heading
from stancelib.charts.heat_map_core import Cells, cells_of
from stancelib.charts.tables import Tables
from stancelib.charts.theme import LABEL_SIZE, LIGHT, PALETTES, ThemeName, themed
from stancelib.charts.words import describe_series
from stancelib.errors import ArgumentError

Order = Literal["given", "mean"]
ORDERS: Final = ("given", "mean")
_LONGEST = 170
# Cells at least this wide, in pixels, hold their number.
_ROOM_FOR_NUMBERS = 34
# Cells at least this wide are parted by a line.
_ROOM_FOR_LINES = 4
# Height of a row, in pixels, for up to so many sources.
_ROWS = ((8, 28), (20, 22))
_SMALL_ROW = 16
# Pixels between two dates, and how much denser than in other pictures the months stand.
_DATE_ROOM, _DENSER = 52, 1.5
# Part of a row's height that a cell of few articles has.
_LOW = 0.38
_FIRM = "isValid(datum.stance) && !datum.few"


@dataclass(frozen=True, slots=True)
class _Style:
    tables: Tables
    clock: Clock
    theme: ThemeName
    width: int
    limit: float

    @property
    def cell(self) -> float:
        """Pixels between two periods."""
        return self.clock.step_pixels(self.width)


def stance_heat_map(
    series: pl.DataFrame,
    *,
    target: str | None = None,
    events: Sequence[EventMark] = (),
    order: Order = "given",
    fewest: float = 5.0,
    limit: float | None = None,
    title: str | None = None,
    description: str | None = None,
    width: int = 640,
    theme: ThemeName = "light",
) -> alt.LayerChart:
    """Draw the stance toward one target as colours: a row a source, a column a period.

    Grey is neutral; a period without articles has no tile, only a dot. Where few articles speak,
    the tile is low: its colour stays true, and noise takes less room than news.

    Parameters
    ----------
    series : polars.DataFrame
        A Series frame, as ``store.series(by="source")`` returns it: ``target``, ``source``,
        ``period`` (with a time zone), ``stance`` (null: no article) and ``n_documents``. If there,
        ``low`` and ``high``, or else ``se``, are told as interval, and ``n_effective`` (articles
        that would say as much if all were independent) is held against `fewest`; without it,
        ``n_documents`` is. A source and period without a row has no tile either.
    target : str, optional
        Needed where the series holds several.
    events : sequence of Event
        Anything with ``name``, ``at`` (with a time zone) and ``label``.
    order : {"given", "mean"}
        Sources from top to bottom: as the series has them, or by the mean over their articles, the
        most favorable first.
    fewest : float
        Effective articles below which a tile is low.
    limit : float, optional
        Stance at both ends of the colours, in (0, 1]; by default the next quarter above the
        strongest stance of tiles that are not low. Stronger ones have the colour of the end.
    title, description : str, optional
        Above the picture, and its alternative text; by default the latter tells every source.
    width : int
        Of the plotting area, in pixels; each source has a row.
    theme : {"light", "dark"}
        Colours, safe for colour-blind readers. The global altair theme is not touched.

    Returns
    -------
    altair.LayerChart
        Can be changed further. Wide tiles hold their number; all tell it on hovering.

    Raises
    ------
    ArgumentError
        For an unknown target, theme or order, several targets without `target`, or a `limit` or
        `fewest` out of range.
    DataError
        When a column is missing, ``period`` has no time zone, or a cell has two rows.
    NotEnoughDataError
        When no period has a stance.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> series = pl.DataFrame({
    ...     "target": "NATO", "source": "Beacon Wire", "stance": [-0.2, None],
    ...     "period": [datetime(2022, 2, day, tzinfo=UTC) for day in (7, 14)],
    ...     "n_documents": [12, 0],
    ... })
    >>> stance_heat_map(series).title.text
    ['Stance toward NATO']
    """
    if order not in ORDERS:
        raise ArgumentError.unknown("order", order, ORDERS)
    if fewest < 0:
        raise ArgumentError(f"fewest must not be negative; got {fewest:g}")
    cells = cells_of(series, target=target, by_mean=order == "mean", fewest=fewest)
    end = stance_limit(cells.firm["stance"]) if limit is None else check_limit(limit)
    style = _Style(Tables(), _clock(cells), theme, width, end)
    marks = event_layers(events, style.clock, style.tables, width=width)
    named = title or f"Stance toward {cells.target}"
    chart = alt.LayerChart(layer=[*_layers(cells, style), *marks.rules, *marks.labels]).properties(
        width=width,
        height=_row_height(len(cells.sources)) * len(cells.sources),
        title=heading(named, _notes(cells, style, fewest) + marks.outside_words, width=width),
        description=description or f"{named}. {describe_series(cells.drawn)} {_counts(cells)}",
    )
    return themed(chart, theme, style.tables)


def _clock(cells: Cells) -> Clock:
    """From the first moment of the first period to the last of the last."""
    usual = Clock.of(cells.frame)
    first = cells.frame["period"].dt.replace_time_zone(None).min()
    last = cells.frame["end"].dt.replace_time_zone(None).max()
    return Clock(usual.time_zone, first, last, usual.step)  # type: ignore[arg-type]  # times, not empty


def _row_height(sources: int) -> int:
    return next((height for most, height in _ROWS if sources <= most), _SMALL_ROW)


def _layers(cells: Cells, style: _Style) -> list[alt.Chart]:
    palette = PALETTES.get(style.theme, LIGHT)
    y = alt.Y(
        "source:N",
        sort=cells.sources,
        scale=alt.Scale(domain=cells.sources, paddingInner=0.08, paddingOuter=0.04),
        axis=alt.Axis(title=None, labelLimit=_LONGEST, labelColor=palette.ink),
    )
    base = alt.Chart(style.tables.add_frame(cells.shown)).encode(x=_time(cells, style), y=y)
    tiles = base.encode(
        x2="end:T",
        color=stance_color("stance", style.limit, theme=style.theme, width=style.width, below=True),
        tooltip=_tooltip(),
    )
    paper, line = palette.background, 1 if style.cell >= _ROOM_FOR_LINES else 0
    layers = [
        base.transform_filter("!isValid(datum.stance)")
        .mark_point(filled=True, size=5, opacity=1, color=palette.neutral)
        .encode(x="middle:T", tooltip=_tooltip()),
        tiles.transform_filter(_FIRM).mark_rect(stroke=paper, strokeWidth=line),
        tiles.transform_filter("isValid(datum.stance) && datum.few").mark_rect(
            stroke=paper, strokeWidth=line, height={"band": _LOW}
        ),
    ]
    if style.cell < _ROOM_FOR_NUMBERS:
        return layers
    number = (
        base.transform_filter(_FIRM)
        .mark_text(fontSize=LABEL_SIZE)
        .encode(
            x="middle:T",
            text="stance_words:N",
            color=text_on_color("stance", style.limit, theme=style.theme),
        )
    )
    return [*layers, number]


def _time(cells: Cells, style: _Style) -> alt.X:
    """The time axis; wide tiles are dated by their own first days, not by Sundays."""
    channel = style.clock.channel(width=style.width * _DENSER)
    if style.cell >= _ROOM_FOR_NUMBERS:
        every = math.ceil(_DATE_ROOM / style.cell)
        starts = cells.frame["period"].dt.replace_time_zone(None).unique().sort()
        channel["axis"]["values"] = [utc_moment(at) for at in starts.gather_every(every)]
    return channel


def _tooltip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("source:N"),
        alt.Tooltip("period_words:N", title="period"),
        alt.Tooltip("stance_words:N", title="stance"),
        alt.Tooltip("interval:N", title="interval"),
        alt.Tooltip("n_documents:Q", title="articles", format=",d"),
        alt.Tooltip("n_effective:Q", title="effective articles", format=",.1f"),
    ]


def _notes(cells: Cells, style: _Style, fewest: float) -> str:
    notes = f"A tile: mean stance of a {period_name(cells.frame)}'s articles. "
    if cells.frame["few"].any():
        notes += f"Low tiles: fewer than {fewest:g} effective articles, mostly noise. "
    if cells.frame["stance"].null_count():
        notes += "A dot: no article, which is not neutral. "
    beyond = cells.drawn.filter(pl.col("stance").abs() > style.limit).height
    if beyond:
        told = "1 tile is" if beyond == 1 else f"{beyond} tiles are"
        notes += f"{told} beyond the colours' ends. "
    return f"{notes}Times in {style.clock.time_zone}."


def _counts(cells: Cells) -> str:
    empty, few = cells.frame["stance"].null_count(), int(cells.frame["few"].sum())
    return f"Of {cells.frame.height} cells, {empty} have no article and {few} have few."
