"""The picture of a power study: the chance to show a shift, over its size."""

from __future__ import annotations

import altair as alt
import polars as pl

from stancelib.charts.heading import heading
from stancelib.charts.tables import Tables, check_columns
from stancelib.charts.theme import ThemeName, themed
from stancelib.errors import NotEnoughDataError

NEEDED = ("articles", "shift", "power")


def power_chart(
    curve: pl.DataFrame,
    *,
    wanted: float = 0.8,
    title: str = "The chance to show a shift",
    description: str | None = None,
    width: int = 640,
    height: int = 240,
    theme: ThemeName = "light",
) -> alt.LayerChart:
    """Draw the chance to show a level shift over its size, a line for each number of articles.

    Parameters
    ----------
    curve : polars.DataFrame
        ``articles`` (name of a line), ``shift`` in stance units, ``power`` from 0 to 1.
    wanted : float
        Power that counts as enough; drawn as a rule.
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
    DataError
        When a column is missing.
    NotEnoughDataError
        When the curve has no row.

    Examples
    --------
    >>> curve = pl.DataFrame({
    ...     "articles": ["as collected"] * 2, "shift": [0.0, 0.3], "power": [0.02, 0.9]
    ... })
    >>> power_chart(curve).title.text
    ['The chance to show a shift']
    """
    check_columns(curve, NEEDED)
    if curve.is_empty():
        raise NotEnoughDataError("the curve has no row, nothing to draw")
    tables = Tables()
    names = curve["articles"].unique(maintain_order=True).to_list()
    color = alt.Color(
        "articles:N",
        scale=alt.Scale(domain=names),
        legend=alt.Legend(title=None, symbolType="stroke"),
    )
    y_axis = alt.Axis(title="Chance to show it", format="%", tickCount=5)
    x_axis = alt.Axis(title="Level shift, either way, in stance units", format=".2~f")
    enough = alt.Chart(tables.add([{"wanted": wanted}])).mark_rule(
        style="neutral-rule", strokeDash=[4, 4]
    )
    layers = [
        enough.encode(y=alt.Y("wanted:Q")),
        alt.Chart(tables.add_frame(curve.select(NEEDED)))
        .mark_line(strokeWidth=2.2)
        .encode(
            x=alt.X("shift:Q", axis=x_axis, scale=alt.Scale(nice=False)),
            y=alt.Y("power:Q", axis=y_axis, scale=alt.Scale(domain=[0, 1])),
            color=color,
            tooltip=[
                alt.Tooltip("shift:Q", format=".3f"),
                alt.Tooltip("power:Q", format=".0%"),
                alt.Tooltip("articles:N"),
            ],
        ),
    ]
    notes = (
        "Share of series, drawn from the noise of this one, whose interval leaves out 0 on the "
        f"side of the shift. Dashed: {100 * wanted:g} %, which counts as enough."
    )
    chart = alt.LayerChart(layer=layers).properties(
        width=width,
        height=height,
        title=heading(title, notes, width=width),
        description=description or title,
    )
    return themed(chart, theme, tables)
