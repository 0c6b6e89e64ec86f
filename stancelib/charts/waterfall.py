"""What moved a mean, as a waterfall: from the mean before, over its parts, to the mean after."""

from __future__ import annotations

from typing import Any, Final

import altair as alt
import polars as pl

from stancelib.charts.diverging import DIVERGING
from stancelib.charts.heading import heading
from stancelib.charts.specification import SIGNED
from stancelib.charts.tables import Tables
from stancelib.charts.theme import LABEL_SIZE, LIGHT, PALETTES, Palette, ThemeName, themed
from stancelib.charts.waterfall_core import Steps, steps_of
from stancelib.charts.words import signed
from stancelib.errors import ArgumentError

_ROW, _BAR, _LONGEST = 34, 15, 170
# Part of the axis beyond the steps that their numbers need.
_ROOM = 0.16
_TITLE: Final = "Mean stance (−1 against … +1 in favor)"


def decomposition_waterfall(
    by_source: pl.DataFrame,
    table: pl.DataFrame | None = None,
    *,
    outlets: int = 0,
    confidence_level: float = 0.95,
    title: str = "What moved the mean stance",
    description: str | None = None,
    width: int = 420,
    theme: ThemeName = "light",
) -> alt.LayerChart:
    """Draw a change of the mean as steps: what outlets changed, and what their mix did.

    Parameters
    ----------
    by_source : polars.DataFrame
        One row an outlet, as ``sl.decompose_change(...).by_source`` has them: ``source``,
        ``share_before`` and ``share_after`` (of all articles of that side), ``stance_before`` and
        ``stance_after`` (null: no article on that side), and the parts of the change in stance
        units: ``within`` (the outlet moved), ``between`` (its share did), ``entry`` and ``exit``
        (it came, or went).
    table : polars.DataFrame, optional
        As ``sl.decompose_change(...).table``: ``term``, ``low`` and ``high``, for the intervals of
        the parts (null: none). That of ``total`` is drawn at the end.
    outlets : int
        So many outlets that moved the mean most have a step of their own; the other ones share
        one. Their steps have no interval.
    confidence_level : float
        Of the intervals, for the note.
    title, description : str, optional
        Above the picture, and its alternative text; by default the latter tells every step.
    width : int
        Of the plotting area, in pixels; each step has a row.
    theme : {"light", "dark"}
        Colours, safe for colour-blind readers: one toward favor, one toward against, and a number
        with its sign at each step. The global altair theme is not touched.

    Returns
    -------
    altair.LayerChart
        Can be changed further. The axis need not hold 0: lengths of steps can be compared.

    Raises
    ------
    ArgumentError
        For an unknown theme, or a negative number of outlets.
    DataError
        When a column is missing, or the parts do not sum to the change of the mean.
    NotEnoughDataError
        When a side has no articles.

    References
    ----------
    Griliches, Z. and Regev, H. (1995). Firm productivity in Israeli industry 1979-1988. Journal
    of Econometrics 65(1), 175-203, section 4: the parts.

    Examples
    --------
    >>> by_source = pl.DataFrame({
    ...     "source": ["Beacon Wire", "Courrier"],
    ...     "share_before": [0.5, 0.5], "share_after": [0.5, 0.5],
    ...     "stance_before": [-0.2, 0.2], "stance_after": [-0.4, 0.2],
    ...     "within": [-0.1, 0.0], "between": [0.0, 0.0], "entry": [0.0, 0.0], "exit": [0.0, 0.0],
    ... })
    >>> print(decomposition_waterfall(by_source).description)
    What moved the mean stance: before 0.00; outlets moved −0.10; shares moved 0.00; after −0.10.
    """
    if outlets < 0:
        raise ArgumentError(f"outlets must not be negative; got {outlets}")
    steps, tables = steps_of(by_source, table, outlets=outlets), Tables()
    chart = alt.LayerChart(layer=_layers(steps, tables, theme)).properties(
        width=width,
        height=_ROW * steps.frame.height,
        title=heading(title, _notes(steps, confidence_level), width=width),
        description=description or f"{title}: {_told(steps)}.",
    )
    return themed(chart, theme, tables)


def _layers(steps: Steps, tables: Tables, theme: ThemeName) -> list[alt.Chart]:
    palette = PALETTES.get(theme, LIGHT)
    # The names that the rows show stand behind their numbers, which keep namesakes apart.
    order = steps.frame["row"].to_list()
    axis = alt.Axis(
        title=None,
        ticks=False,
        labelLimit=_LONGEST,
        labelColor=palette.ink,
        labelExpr="slice(datum.value, indexof(datum.value, '|') + 1)",
    )
    base = alt.Chart(tables.add_frame(steps.frame)).encode(
        y=alt.Y("row:N", sort=order, scale=alt.Scale(domain=order), axis=axis)
    )
    low, high = _domain(steps)
    x = alt.X(
        "start:Q",
        scale=alt.Scale(domain=[low, high], nice=False, zero=False),
        axis=alt.Axis(title=_TITLE, labelExpr=SIGNED, tickCount=5, grid=True, labelFlush=False),
    )
    tooltip = [
        alt.Tooltip("name:N", title=""),
        alt.Tooltip("value_words:N", title="stance units"),
        alt.Tooltip("interval:N"),
    ]
    colours = DIVERGING.get(theme, DIVERGING["light"])
    toward = alt.Color(
        "toward:N",
        scale=alt.Scale(domain=["toward against", "toward favor"], range=[colours[0], colours[4]]),
        legend=alt.Legend(title=None, symbolType="square"),
    )
    parts, means = base.transform_filter("!datum.mean"), base.transform_filter("datum.mean")
    known = base.transform_filter("isValid(datum.low)")
    neutral = [_neutral(tables)] if low <= 0 <= high else []
    return [
        *neutral,
        _connectors(steps, tables, order, palette.muted),
        parts.mark_bar(height=_BAR).encode(x=x, x2="end:Q", color=toward, tooltip=tooltip),
        known.mark_rule(strokeWidth=4, color=palette.background).encode(x="low:Q", x2="high:Q"),
        known.mark_rule(strokeWidth=1.5, color=palette.ink).encode(x="low:Q", x2="high:Q"),
        means.mark_point(
            filled=True, shape="diamond", size=110, opacity=1, color=palette.ink
        ).encode(x=alt.X("end:Q"), tooltip=tooltip),
        *_numbers(base, palette),
    ]


def _numbers(base: alt.Chart, palette: Palette) -> list[alt.Chart]:
    """The number of each row on a strip of paper, so that no rule runs through it."""
    placed = base.encode(x="right:Q", text="value_words:N")
    size, paper = LABEL_SIZE + 1, palette.background
    return [
        placed.mark_text(align="left", dx=7, fontSize=size, stroke=paper, strokeWidth=4),
        placed.mark_text(align="left", dx=7, fontSize=size, color=palette.ink),
    ]


def _connectors(steps: Steps, tables: Tables, order: list[str], color: str) -> alt.Chart:
    """A thin line from where a step ends to the next row, where the next starts."""
    ends = steps.frame["end"].to_list()
    rows: list[dict[str, Any]] = [
        {"from": order[i], "to": order[i + 1], "at": round(ends[i], 4)}
        for i in range(len(order) - 1)
    ]
    lines: alt.Chart = (
        alt.Chart(tables.add(rows))
        .mark_rule(strokeWidth=1, strokeDash=[2, 2], color=color)
        .encode(x="at:Q", y=alt.Y("from:N", sort=order), y2="to:N")
    )
    return lines


def _neutral(tables: Tables) -> alt.Chart:
    rule: alt.Chart = (
        alt.Chart(tables.add([{"neutral": 0}]))
        .mark_rule(style="neutral-rule")
        .encode(x="neutral:Q")
    )
    return rule


def _domain(steps: Steps) -> tuple[float, float]:
    """What the axis holds: every step, every interval, and the numbers right of them."""
    frame = steps.frame
    ends = pl.concat([frame[name].drop_nulls() for name in ("start", "end", "low", "high")])
    values: list[float] = ends.to_list()
    low, high = min(values), max(values)
    reach = max(high - low, 0.02)
    return low - 0.05 * reach, high + _ROOM * reach


def _notes(steps: Steps, confidence_level: float) -> str:
    notes = "Diamonds: the mean before and after. Bars: what each part added, one after another"
    if steps.frame["low"].null_count() < steps.frame.height:
        notes += (
            f". Lines: {100 * confidence_level:g} % intervals of the parts, and at the end of the "
            "whole change, from the errors of the articles alone"
        )
    if steps.frame["own_name"].any():
        notes += ". Outlets by name: what they added by moving"
    low, high = _domain(steps)
    return f"{notes}." if low <= 0 <= high else f"{notes}. The axis leaves out 0."


def _told(steps: Steps) -> str:
    return "; ".join(
        f"{row['name'][0].lower()}{row['name'][1:]} {signed(row['value'])}"
        if row["own_name"] is False
        else f"{row['name']} {signed(row['value'])}"
        for row in steps.frame.iter_rows(named=True)
    )
