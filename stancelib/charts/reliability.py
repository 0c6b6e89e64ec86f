"""The reliability diagram: whether what is stated with 80 % is right 80 times of 100."""

from __future__ import annotations

import altair as alt
import polars as pl

from stancelib.charts.axes import NORMAL_95
from stancelib.charts.heading import heading
from stancelib.charts.tables import Tables, check_columns
from stancelib.charts.theme import LIGHT, PALETTES, ThemeName, themed
from stancelib.errors import NotEnoughDataError

NEEDED = ("set", "n", "confidence", "accuracy")
# Axis and gap, in pixels.
_BETWEEN_PANELS = 60
# The most probable of three classes has at least this probability.
_CHANCE = 1 / 3


def reliability_diagram(
    bins: pl.DataFrame,
    *,
    columns: int = 3,
    width: int = 170,
    height: int = 170,
    title: str = "How often the most probable class was right",
    theme: ThemeName = "light",
) -> alt.VConcatChart:
    """Draw the share of right answers against the stated confidence, one panel a set.

    Parameters
    ----------
    bins : polars.DataFrame
        One row a set and bin of confidence: ``set`` (name), ``n`` (mentions), ``confidence``
        (mean probability of the most probable class) and ``accuracy`` (share of right answers),
        both in [0, 1]; as `stancelib.training.metrics.reliability` gives them.
    columns : int
        Panels beside each other.
    width, height : int
        Of one panel, in pixels.
    title : str
        Above the picture, and its alternative text.
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
        When no bin holds a mention.

    Notes
    -----
    After DeGroot and Fienberg (1983), "The comparison and evaluation of forecasters", and Guo,
    Pleiss, Sun and Weinberger (2017), "On calibration of modern neural networks", ICML. Intervals
    of the accuracy are Wilson's (1927), at 95 %.

    Examples
    --------
    >>> bins = pl.DataFrame({
    ...     "set": ["news", "news"], "n": [40, 60],
    ...     "confidence": [0.55, 0.9], "accuracy": [0.5, 0.9],
    ... })
    >>> " ".join(reliability_diagram(bins).title.text)
    'How often the most probable class was right'
    """
    frame, tables = _checked(bins), Tables()
    colour = PALETTES.get(theme, LIGHT).categories[0]
    names = frame["set"].unique(maintain_order=True).to_list()
    panels = [
        _panel(tables.add_frame(frame.filter(set=name)), colour, first=i % columns == 0).properties(
            width=width, height=height, title=alt.TitleParams(name, fontSize=12, offset=6)
        )
        for i, name in enumerate(names)
    ]
    rows = [alt.hconcat(*panels[i : i + columns]) for i in range(0, len(panels), columns)]
    whole = min(columns, len(names)) * (width + _BETWEEN_PANELS)
    chart = alt.VConcatChart(vconcat=rows).properties(
        title=heading(title, _notes(frame), width=whole), description=title
    )
    return themed(chart, theme, tables)


def _checked(bins: pl.DataFrame) -> pl.DataFrame:
    check_columns(bins, NEEDED)
    frame = bins.select(NEEDED).filter(pl.col("n") > 0)
    if frame.is_empty():
        raise NotEnoughDataError("no bin holds a mention, nothing to draw")
    z2 = NORMAL_95**2
    p, n = pl.col("accuracy"), pl.col("n")
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = NORMAL_95 * (p * (1 - p) / n + z2 / (4 * n**2)).sqrt() / (1 + z2 / n)
    return frame.with_columns(low=middle - half, high=middle + half)


def _panel(bins: alt.NamedData, colour: str, *, first: bool) -> alt.LayerChart:
    scale = alt.Scale(domain=[_CHANCE, 1.0], nice=False)
    stated = alt.Axis(format="%", values=[0.4, 0.6, 0.8, 1.0], title="stated probability")
    right = alt.Axis(format="%", title="share right" if first else None, tickCount=5)
    x = alt.X("confidence:Q", scale=scale, axis=stated)
    y = alt.Y("accuracy:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=right)
    base = alt.Chart(bins)
    layers = [
        base.mark_line(style="neutral-rule", strokeDash=[4, 4]).encode(
            x=alt.X("confidence:Q"), y=alt.Y("confidence:Q")
        ),
        base.mark_rule(strokeWidth=1.5, color=colour).encode(x=x, y=alt.Y("low:Q"), y2="high:Q"),
        base.mark_point(filled=True, opacity=1, color=colour).encode(
            x=x,
            y=y,
            size=alt.Size("n:Q", scale=alt.Scale(range=[20, 160]), legend=None),
            tooltip=[
                alt.Tooltip("n:Q", title="mentions", format=",d"),
                alt.Tooltip("confidence:Q", title="stated", format=".1%"),
                alt.Tooltip("accuracy:Q", title="right", format=".1%"),
            ],
        ),
    ]
    return alt.LayerChart(layer=layers)


def _notes(frame: pl.DataFrame) -> str:
    counts: list[int] = frame["n"].to_list()
    return (
        "Points: bins of the stated probability, larger with more mentions "
        f"({min(counts)} to {max(counts)}); rules: 95 % intervals. "
        "On the dashed line, what is stated is what comes out; below it, the model is too sure."
    )
