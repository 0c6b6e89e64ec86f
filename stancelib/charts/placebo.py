"""The picture of a placebo test: the statistics of the placebos, that of the event marked."""

from __future__ import annotations

from typing import Literal

import altair as alt
import numpy as np
import polars as pl

from stancelib.charts.clock import date_words
from stancelib.charts.heading import heading
from stancelib.charts.tables import Tables, check_columns
from stancelib.charts.theme import LIGHT, PALETTES, ThemeName, themed
from stancelib.errors import ArgumentError, NotEnoughDataError

NEEDED = ("is_event", "term", "estimate", "statistic")
AXIS_TITLE = "Shift over its standard error"
AS_LARGE, SMALLER = "at least as large as the event's", "smaller"
_MOST_BINS = 40
_ROW = 24


def placebo_chart(
    placebos: pl.DataFrame,
    *,
    kind: str,
    event_name: str,
    term: str = "level",
    title: str | None = None,
    description: str | None = None,
    width: int = 640,
    height: int = 220,
    theme: ThemeName = "light",
) -> alt.LayerChart:
    """Draw the statistics of placebos, with that of the event marked.

    Parameters
    ----------
    placebos : polars.DataFrame
        One row a term and placebo: ``is_event`` (true once a term), ``term``, ``estimate``,
        ``statistic``; of dates also ``period`` (with a time zone), else ``placebo`` (a name).
    kind : str
        What the placebos are; dates are drawn as a histogram, all others as a row each.
    event_name : str
        Label of the event's rule.
    term : str
        Which term is drawn.
    title, description : str, optional
        Above the picture, and its alternative text.
    width, height : int
        Of the plotting area, in pixels; the height of a histogram.
    theme : {"light", "dark"}
        Colours. The global altair theme is not touched.

    Returns
    -------
    altair.LayerChart
        Can be changed further.

    Raises
    ------
    ArgumentError
        For a term that the frame does not hold.
    DataError
        When a column is missing.
    NotEnoughDataError
        When the event's own row is missing.

    Notes
    -----
    After A. Abadie, A. Diamond and J. Hainmueller, "Synthetic control methods for comparative
    case studies", Journal of the American Statistical Association 105 (2010).

    Examples
    --------
    >>> frame = pl.DataFrame({
    ...     "placebo": ["NATO", "Moldova"], "is_event": [True, False], "term": ["level"] * 2,
    ...     "estimate": [-0.3, 0.02], "statistic": [-4.1, 0.3],
    ... })
    >>> placebo_chart(frame, kind="target", event_name="Summit").title.text
    ['The level change at Summit among placebos']
    """
    rows = _checked(placebos, term, "period" if kind == "date" else "placebo")
    name = title or f"The {term} change at {event_name} among placebos"
    tables = Tables()
    if kind == "date":
        layers, notes = _histogram(rows, event_name, tables, theme), _date_notes(rows)
    else:
        layers, notes, height = (
            _dots(rows, tables, theme),
            _member_notes(rows, kind),
            _ROW * len(rows),
        )
    chart = alt.LayerChart(layer=layers).properties(
        width=width,
        height=height,
        title=heading(name, notes, width=width),
        description=description or name,
    )
    return themed(chart, theme, tables)


def _checked(placebos: pl.DataFrame, term: str, named: str) -> pl.DataFrame:
    check_columns(placebos, (*NEEDED, named))
    known = placebos["term"].unique(maintain_order=True).to_list()
    if term not in known:
        raise ArgumentError.unknown("term", term, known)
    rows = placebos.filter(pl.col("term") == term)
    if rows["is_event"].sum() != 1:
        raise NotEnoughDataError("one row must be the event's; there is nothing to compare")
    event = abs(rows.filter("is_event")["statistic"][0])
    # The same tolerance as the rank: what differs by rounding is as large.
    large = pl.col("statistic").abs() >= event * (1 - 1e-9)
    return rows.with_columns(large=pl.when(large).then(pl.lit(AS_LARGE)).otherwise(pl.lit(SMALLER)))


def _colour(theme: ThemeName, *, legend: bool) -> alt.Color:
    palette = PALETTES.get(theme, LIGHT)
    return alt.Color(
        "large:N",
        scale=alt.Scale(domain=[SMALLER, AS_LARGE], range=[palette.neutral, palette.categories[1]]),
        legend=alt.Legend(title=None, symbolType="square") if legend else None,
    )


def _histogram(
    rows: pl.DataFrame, event_name: str, tables: Tables, theme: ThemeName
) -> list[alt.Chart]:
    values = rows["statistic"].to_numpy()
    edge = max(float(np.abs(values).max()), 1.0) * 1.02
    n_bins = min(_MOST_BINS, 2 * int(np.ceil(np.sqrt(len(values)))) + 2)
    edges = np.linspace(-edge, edge, n_bins + 1)
    bars = []
    for group in (SMALLER, AS_LARGE):
        counts, _ = np.histogram(rows.filter(large=group)["statistic"].to_numpy(), edges)
        bars += [
            {"low": round(a, 4), "high": round(b, 4), "dates": int(count), "large": group}
            for a, b, count in zip(edges[:-1], edges[1:], counts, strict=True)
            if count
        ]
    at = round(rows.filter("is_event")["statistic"][0], 4)
    event = tables.add([{"statistic": at, "event": event_name}])
    # The label stands on the side that has room.
    side: Literal["left", "right"] = "right" if at > 0 else "left"
    shift = -5 if at > 0 else 5
    scale = alt.Scale(domain=[-edge, edge], nice=False)
    base = alt.Chart(event).encode(x=alt.X("statistic:Q", scale=scale))
    return [
        alt.Chart(tables.add(bars))
        .mark_bar(binSpacing=1)
        .encode(
            x=alt.X("low:Q", bin="binned", scale=scale, axis=alt.Axis(title=AXIS_TITLE)),
            x2="high:Q",
            y=alt.Y("dates:Q", stack="zero", axis=alt.Axis(title="Dates", tickMinStep=1)),
            color=_colour(theme, legend=True),
            order=alt.Order("large:N"),
            tooltip=[alt.Tooltip("dates:Q"), alt.Tooltip("low:Q"), alt.Tooltip("high:Q")],
        ),
        base.mark_rule(style="event-rule", strokeWidth=2).encode(
            tooltip=["event:N", "statistic:Q"]
        ),
        base.mark_text(style="event-label", align=side, baseline="top", dx=shift).encode(
            y=alt.value(0), text="event:N"
        ),
    ]


def _dots(rows: pl.DataFrame, tables: Tables, theme: ThemeName) -> list[alt.Chart]:
    ordered = rows.sort(pl.col("statistic").abs(), descending=True)
    names = ordered["placebo"].to_list()
    data = tables.add_frame(ordered.select("placebo", "statistic", "estimate", "large", "is_event"))
    y = alt.Y("placebo:N", sort=names, axis=alt.Axis(title=None, labelLimit=220, ticks=False))
    base = alt.Chart(data).encode(y=y)
    zero = alt.Chart(tables.add([{"zero": 0}])).mark_rule(style="neutral-rule").encode(x="zero:Q")
    x = alt.X(
        "statistic:Q", axis=alt.Axis(title=AXIS_TITLE, tickCount=7), scale=alt.Scale(zero=True)
    )
    return [
        zero,
        base.mark_rule(strokeWidth=1.5).encode(
            x=x, x2=alt.datum(0), color=_colour(theme, legend=False)
        ),
        base.mark_point(filled=True, opacity=1, size=90).encode(
            x=x,
            color=_colour(theme, legend=True),
            shape=alt.Shape(
                "is_event:N",
                scale=alt.Scale(domain=[True, False], range=["diamond", "circle"]),
                legend=None,
            ),
            tooltip=[
                alt.Tooltip("placebo:N"),
                alt.Tooltip("statistic:Q", format="+.2f"),
                alt.Tooltip("estimate:Q", format="+.3f"),
            ],
        ),
    ]


def _date_notes(rows: pl.DataFrame) -> str:
    periods = rows["period"].dt.replace_time_zone(None)
    large = rows.filter(large=AS_LARGE).height
    return (
        f"Bars: all {rows.height} dates from {date_words(periods.min())} to "  # type: ignore[arg-type]  # never empty
        f"{date_words(periods.max())} at which the event might have stood, by their statistic. "  # type: ignore[arg-type]  # as above
        f"{'Only the event is' if large == 1 else f'{large}, the event among them, are'} as far "
        "from 0. Rule: the event."
    )


def _member_notes(rows: pl.DataFrame, kind: str) -> str:
    return (
        f"Diamond: the tested {kind}. Circles: {rows.height - 1} that the event should not have "
        "moved, by the same statistic at the same date."
    )
