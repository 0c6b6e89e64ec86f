"""The picture of many effects: each with its interval, those that hold after correction marked."""

from __future__ import annotations

import altair as alt
import polars as pl

from stancelib.charts.heading import heading
from stancelib.charts.specification import SIGNED
from stancelib.charts.tables import Tables, check_columns
from stancelib.charts.theme import LIGHT, PALETTES, ThemeName, themed
from stancelib.errors import NotEnoughDataError

NEEDED = ("target", "source", "event", "term", "estimate", "low", "high")
P_VALUES = ("p_value", "p_value_adjusted")
HOLDS, ALONE, NOT = "holds after correction", "holds only alone", "does not hold"
_ROW = 22
_LONGEST = 320


def adjusted_chart(
    effects: pl.DataFrame,
    *,
    level: float = 0.05,
    method: str = "correction",
    title: str = "Effects, and which of them hold after correction",
    description: str | None = None,
    width: int = 520,
    theme: ThemeName = "light",
) -> alt.LayerChart:
    """Draw effects below each other, coloured by what is left of them after correction.

    Parameters
    ----------
    effects : polars.DataFrame
        One row an effect: ``target``, ``source``, ``event`` (names, or null), ``term``,
        ``estimate`` with its interval from ``low`` to ``high`` (null: none), ``p_value`` and
        ``p_value_adjusted``.
    level : float
        p-value up to which an effect holds.
    method : str
        Name of the correction, for the note.
    title, description : str, optional
        Above the picture, and its alternative text.
    width : int
        Of the plotting area, in pixels; each effect has a row.
    theme : {"light", "dark"}
        Colours. The global altair theme is not touched.

    Returns
    -------
    altair.LayerChart
        Can be changed further.

    Raises
    ------
    DataError
        When a column is missing.
    NotEnoughDataError
        When there is no effect.

    Examples
    --------
    >>> frame = pl.DataFrame({
    ...     "target": ["NATO"], "source": ["Beacon Wire"], "event": ["Summit"], "term": ["level"],
    ...     "estimate": [-0.2], "low": [-0.3], "high": [-0.1], "p_value": [0.001],
    ...     "p_value_adjusted": [0.01],
    ... })
    >>> adjusted_chart(frame).title.text
    ['Effects, and which of them hold after correction']
    """
    check_columns(effects, (*NEEDED, *P_VALUES))
    if effects.is_empty():
        raise NotEnoughDataError("there is no effect, nothing to draw")
    tables = Tables()
    rows = _rows(effects, level)
    chart = alt.LayerChart(layer=_layers(rows, tables, theme)).properties(
        width=width,
        height=_ROW * rows.height,
        title=heading(title, _notes(rows, level, method), width=width),
        description=description or title,
    )
    return themed(chart, theme, tables)


def _rows(effects: pl.DataFrame, level: float) -> pl.DataFrame:
    """Effects with a name of their own and what is left of them."""
    several = effects["term"].n_unique() > 1
    parts = [
        pl.col("target").fill_null("?"),
        pl.lit(" in ") + pl.col("source"),
        pl.lit(", ") + pl.col("event"),
        *([pl.lit(", ") + pl.col("term")] if several else []),
    ]
    left = (
        pl.when(pl.col("p_value_adjusted") <= level)
        .then(pl.lit(HOLDS))
        .when(pl.col("p_value") <= level)
        .then(pl.lit(ALONE))
        .otherwise(pl.lit(NOT))
    )
    return effects.select(
        # The number keeps apart what has the same name.
        pl.format("{}|{}", pl.int_range(pl.len()), pl.concat_str(parts, ignore_nulls=True)).alias(
            "row"
        ),
        "estimate",
        "low",
        "high",
        left=left,
        # Shown to more digits than a chart's other numbers.
        **{name: pl.col(name).round_sig_figs(2).cast(pl.String) for name in P_VALUES},
    )


def _layers(rows: pl.DataFrame, tables: Tables, theme: ThemeName) -> list[alt.Chart]:
    palette = PALETTES.get(theme, LIGHT)
    axis = alt.Axis(
        title=None,
        labelLimit=_LONGEST,
        ticks=False,
        labelExpr="slice(datum.value, indexof(datum.value, '|') + 1)",
    )
    colour = alt.Color(
        "left:N",
        scale=alt.Scale(
            domain=[HOLDS, ALONE, NOT],
            range=[palette.categories[0], palette.categories[4], palette.neutral],
        ),
        legend=alt.Legend(title=None, symbolType="circle"),
    )
    y = alt.Y("row:N", sort=rows["row"].to_list(), axis=axis)
    base = alt.Chart(tables.add_frame(rows)).encode(y=y, color=colour)
    zero: alt.Chart = (
        alt.Chart(tables.add([{"zero": 0}])).mark_rule(style="neutral-rule").encode(x="zero:Q")
    )
    return [
        zero,
        base.mark_rule(strokeWidth=1.5).encode(x=alt.X("low:Q"), x2="high:Q"),
        base.mark_point(filled=True, opacity=1, size=70).encode(
            x=alt.X("estimate:Q", axis=alt.Axis(title="Effect", labelExpr=SIGNED, tickCount=7)),
            tooltip=[
                alt.Tooltip("estimate:Q", format="+.3f"),
                alt.Tooltip("p_value:N", title="p-value alone"),
                alt.Tooltip("p_value_adjusted:N", title="p-value after correction"),
            ],
        ),
    ]


def _notes(rows: pl.DataFrame, level: float, method: str) -> str:
    return (
        f"Points: {rows.height} effects, with their single intervals. An effect holds when its "
        f"p-value is at most {level:.2g}, alone or corrected by {method}."
    )
