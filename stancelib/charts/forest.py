"""A forest plot: estimates below each other, each with its interval."""

from __future__ import annotations

from typing import Final

import altair as alt
import polars as pl

from stancelib.charts.heading import heading
from stancelib.charts.specification import SIGNED
from stancelib.charts.tables import Tables, check_columns
from stancelib.charts.theme import LIGHT, PALETTES, ThemeName, themed
from stancelib.errors import DataError, NotEnoughDataError

_NEEDED: Final = ("label", "estimate", "low", "high")
_JOINT: Final = ("joint_low", "joint_high")
_ROW, _LONGEST = 26, 280
# Pixels between two ticks of the axis, so that its numbers stand apart.
_TICK: Final = 70
_CARRIED: Final = (*_NEEDED, *_JOINT, "group")


def forest_plot(
    effects: pl.DataFrame,
    *,
    truth: float | None = None,
    quantity: str = "Effect",
    confidence_level: float = 0.95,
    title: str = "Effects",
    description: str | None = None,
    width: int = 420,
    theme: ThemeName = "light",
) -> alt.LayerChart:
    """Draw estimates below each other: of outlets, targets, events, or of several methods.

    Parameters
    ----------
    effects : polars.DataFrame
        One row an estimate, in the order of the picture: ``label`` (its name), ``estimate``, and
        the ends ``low`` and ``high`` (null: unbounded or unknown; the point stands alone).
        Further columns, if there: ``group`` (rows of a group have a colour), ``joint_low`` and
        ``joint_high`` (wider ends that hold for all rows at once, drawn as a thin line).
    truth : float, optional
        A known value, marked by a dashed line.
    quantity : str
        Name of the axis, with its unit.
    confidence_level : float
        Of the intervals, for the note.
    title, description : str, optional
        Above the picture, and its alternative text; by default the latter tells the estimates.
    width : int
        Of the plotting area, in pixels; each estimate has a row.
    theme : {"light", "dark"}
        Colours, safe for colour-blind readers. The global altair theme is not touched.

    Returns
    -------
    altair.LayerChart
        Can be changed further.

    Raises
    ------
    ArgumentError
        For an unknown theme.
    DataError
        When a column is missing, or an estimate is null.
    NotEnoughDataError
        When there is no row.

    Examples
    --------
    >>> frame = pl.DataFrame({
    ...     "label": ["Beacon Wire", "Courrier"], "estimate": [-0.2, 0.05],
    ...     "low": [-0.3, -0.1], "high": [-0.1, 0.2],
    ... })
    >>> forest_plot(frame, title="After the summit").title.text
    ['After the summit']
    """
    check_columns(effects, _NEEDED)
    if effects.is_empty():
        raise NotEnoughDataError("there is no estimate, nothing to draw")
    if effects["estimate"].null_count():
        name = effects.filter(pl.col("estimate").is_null())["label"][0]
        raise DataError(f"'estimate' of {name!r} is null; leave its row out")
    tables = Tables()
    rows = effects.select(
        # The number keeps apart what has the same name.
        pl.format("{}|{}", pl.int_range(pl.len()), pl.col("label")).alias("row"),
        *[pl.col(name) for name in _CARRIED if name in effects.columns],
    )
    chart = alt.LayerChart(
        layer=_layers(rows, tables, truth, quantity, theme, width=width)
    ).properties(
        width=width,
        height=_ROW * rows.height,
        title=heading(title, _note(rows, truth, confidence_level), width=width),
        description=description or f"{title}: {'; '.join(_told(rows))}",
    )
    return themed(chart, theme, tables)


def _layers(
    rows: pl.DataFrame,
    tables: Tables,
    truth: float | None,
    quantity: str,
    theme: ThemeName,
    *,
    width: int,
) -> list[alt.Chart]:
    palette = PALETTES.get(theme, LIGHT)
    axis = alt.Axis(
        title=None,
        ticks=False,
        labelLimit=_LONGEST,
        labelColor=palette.ink,
        labelExpr="slice(datum.value, indexof(datum.value, '|') + 1)",
    )
    base = alt.Chart(tables.add_frame(rows)).encode(
        y=alt.Y("row:N", sort=rows["row"].to_list(), axis=axis)
    )
    if "group" in rows.columns:
        groups = rows["group"].unique(maintain_order=True).to_list()
        base = base.encode(
            color=alt.Color(
                "group:N",
                scale=alt.Scale(domain=groups, range=list(palette.categories)),
                legend=None if groups == rows["group"].to_list() else alt.Legend(title=None),
            )
        )
    x = alt.X(
        "estimate:Q",
        axis=alt.Axis(
            title=quantity,
            labelExpr=SIGNED,
            labelFlush=False,
            tickCount=max(2, min(7, width // _TICK)),
        ),
    )
    marks = [_rule(tables, 0.0).mark_rule(style="neutral-rule")]
    if truth is not None:
        marks.append(_rule(tables, truth).mark_rule(strokeDash=[4, 3], color=palette.ink))
    if set(_JOINT) <= set(rows.columns):
        marks.append(base.mark_rule(strokeWidth=1).encode(x="joint_low:Q", x2="joint_high:Q"))
    tooltip = [alt.Tooltip("label:N", title="")]
    tooltip += [alt.Tooltip(f"{name}:Q", format="+.3f") for name in ("estimate", "low", "high")]
    return [
        *marks,
        base.mark_rule(strokeWidth=2.5).encode(x="low:Q", x2="high:Q"),
        base.mark_point(filled=True, opacity=1, size=80).encode(x=x, tooltip=tooltip),
    ]


def _rule(tables: Tables, value: float) -> alt.Chart:
    return alt.Chart(tables.add([{"value": value}])).encode(x="value:Q")


def _note(rows: pl.DataFrame, truth: float | None, confidence_level: float) -> str:
    note = f"Points: estimates. Lines: {100 * confidence_level:g} % intervals"
    if set(_JOINT) <= set(rows.columns):
        note += ", each alone (thick) and for all rows at once (thin)"
    if truth is not None:
        note += ". Dashed: the true value"
    if rows.select(pl.any_horizontal(pl.col("low", "high").is_null()).any()).item():
        note += ". A point alone: no ends are known"
    return f"{note}."


def _told(rows: pl.DataFrame) -> list[str]:
    """The rows in words."""
    told = []
    for row in rows.iter_rows(named=True):
        words = f"{row['label']} {row['estimate']:+.2f}"
        if row["low"] is not None and row["high"] is not None:
            words += f" ({row['low']:+.2f} to {row['high']:+.2f})"
        told.append(words.replace("-", "−"))
    return told
