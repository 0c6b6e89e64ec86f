"""The picture of a specification curve: estimates in order, and the choices behind each."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import polars as pl

from stancelib.charts.heading import heading
from stancelib.charts.tables import Tables, check_columns
from stancelib.charts.theme import LIGHT, PALETTES, ThemeName, themed
from stancelib.errors import NotEnoughDataError

NEEDED = ("estimate", "low", "high")
CLEAR, UNCLEAR = "interval without 0", "interval with 0"
_NAMES = {
    "window_days": "window",
    "every": "period",
    "event_period": "event's period",
}
SIGNED = "datum.value === 0 ? '0' : format(datum.value, '+.2~f')"
_ROW, _LEAST_OPTIONS = 16, 2


def specification_chart(
    curve: pl.DataFrame,
    *,
    choices: Sequence[str],
    title: str = "The shift under every specification",
    description: str | None = None,
    width: int = 640,
    height: int = 220,
    theme: ThemeName = "light",
) -> alt.VConcatChart:
    """Draw the estimates of a specification curve in order, the choices below.

    Parameters
    ----------
    curve : polars.DataFrame
        One row a specification: ``estimate`` with the interval from ``low`` to ``high``, in
        stance units, and a column for each choice; null reads ``all``.
    choices : sequence of str
        Columns that say what was chosen. One with a single option is not drawn.
    title, description : str, optional
        Above the picture, and its alternative text.
    width, height : int
        Of the upper panel, in pixels.
    theme : {"light", "dark"}
        Colours. The global altair theme is not touched.

    Returns
    -------
    altair.VConcatChart
        Can be changed further.

    Raises
    ------
    DataError
        When a column is missing.
    NotEnoughDataError
        When there is no specification.

    Notes
    -----
    After U. Simonsohn, J. Simmons and L. Nelson, "Specification curve analysis", Nature Human
    Behaviour 4 (2020).

    Examples
    --------
    >>> curve = pl.DataFrame({
    ...     "every": ["1d", "1w"], "estimate": [-0.2, -0.1], "low": [-0.3, -0.3],
    ...     "high": [-0.1, 0.1],
    ... })
    >>> len(specification_chart(curve, choices=["every"]).vconcat)
    2
    """
    check_columns(curve, (*NEEDED, *choices))
    if curve.is_empty():
        raise NotEnoughDataError("the curve has no specification, nothing to draw")
    ordered = curve.sort("estimate").with_columns(
        rank=pl.int_range(1, pl.len() + 1),
        clear=pl.when((pl.col("low") > 0) | (pl.col("high") < 0))
        .then(pl.lit(CLEAR))
        .otherwise(pl.lit(UNCLEAR)),
        **{name: pl.col(name).cast(pl.String).fill_null("all") for name in choices},
    )
    tables = Tables()
    drawn = [name for name in choices if ordered[name].n_unique() >= _LEAST_OPTIONS]
    panels: list[alt.Chart | alt.LayerChart] = [
        _estimates(ordered, tables, theme).properties(width=width, height=height)
    ]
    if drawn:
        panels.append(_options(ordered, drawn, tables, theme).properties(width=width))
    chart = alt.VConcatChart(vconcat=panels, spacing=8).properties(
        title=heading(title, _notes(ordered), width=width), description=description or title
    )
    return themed(chart, theme, tables)


def _x(ordered: pl.DataFrame) -> alt.X:
    scale = alt.Scale(domain=[0, ordered.height + 1], nice=False)
    return alt.X("rank:Q", scale=scale, axis=None)


def _colour(theme: ThemeName, *, legend: bool) -> alt.Color:
    palette = PALETTES.get(theme, LIGHT)
    return alt.Color(
        "clear:N",
        scale=alt.Scale(domain=[CLEAR, UNCLEAR], range=[palette.categories[0], palette.neutral]),
        legend=alt.Legend(title=None, symbolType="circle") if legend else None,
    )


def _estimates(ordered: pl.DataFrame, tables: Tables, theme: ThemeName) -> alt.LayerChart:
    data = tables.add_frame(ordered.select("rank", *NEEDED, "clear"))
    base = alt.Chart(data).encode(x=_x(ordered), color=_colour(theme, legend=True))
    axis = alt.Axis(title="Level shift, in stance units", labelExpr=SIGNED)
    zero: alt.Chart = (
        alt.Chart(tables.add([{"zero": 0}])).mark_rule(style="neutral-rule").encode(y="zero:Q")
    )
    return alt.LayerChart(
        layer=[
            zero,
            base.mark_rule(strokeWidth=1.2, opacity=0.6).encode(y=alt.Y("low:Q"), y2="high:Q"),
            base.mark_point(filled=True, opacity=1, size=30).encode(
                y=alt.Y("estimate:Q", axis=axis),
                tooltip=[alt.Tooltip(f"{name}:Q", format="+.3f") for name in NEEDED],
            ),
        ]
    )


def _options(
    ordered: pl.DataFrame, drawn: Sequence[str], tables: Tables, theme: ThemeName
) -> alt.Chart:
    """One row an option, a tick where a specification chose it."""
    rows = pl.concat(
        ordered.select(
            "rank",
            "clear",
            option=pl.lit(f"{_NAMES.get(name, name)}: ") + _option(name),
        )
        for name in drawn
    )
    order = [
        f"{_NAMES.get(name, name)}: {option}"
        for name in drawn
        for option in ordered.select(_option(name)).to_series().unique(maintain_order=True).sort()
    ]
    axis = alt.Axis(title=None, labelLimit=200, ticks=False, grid=True)
    chart: alt.Chart = (
        alt.Chart(tables.add_frame(rows))
        .mark_tick(thickness=2.5, size=9)
        .encode(
            x=_x(ordered),
            y=alt.Y("option:N", sort=order, axis=axis, title=None),
            color=_colour(theme, legend=False),
        )
        .properties(height=_ROW * len(order))
    )
    return chart


def _option(name: str) -> pl.Expr:
    """An option in words; days lose their decimal point."""
    text = pl.col(name).str.strip_suffix(".0")
    if name == "window_days":
        text = pl.when(text == "all").then(text).otherwise(text + pl.lit(" days"))
    return text.alias(name)


def _notes(ordered: pl.DataFrame) -> str:
    clear = ordered.filter(clear=CLEAR).height
    return (
        f"Each of the {ordered.height} points is the whole analysis under one set of choices, "
        f"marked below, with its interval; {clear} of the intervals leave out 0. "
        "The specifications share their data."
    )
