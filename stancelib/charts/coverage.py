"""The grid of a coverage study: how often intervals held the truth, against what they promise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import altair as alt
import polars as pl

from stancelib.charts.coverage_core import HIGH, LOW, Grid, Promise, grids_of
from stancelib.charts.diverging import DIVERGING, text_on_color
from stancelib.charts.heading import heading
from stancelib.charts.tables import Tables
from stancelib.charts.theme import LABEL_SIZE, LIGHT, PALETTES, ThemeName, themed
from stancelib.errors import ArgumentError

_CELL_HEIGHT, _LEAST_WIDTH, _LONGEST = 26, 52, 130
# Row names and gap beside a panel, in pixels.
_BETWEEN_PANELS = 90
# Distance from the nominal level, in shares, at which the colours end.
_END: Final = 0.15


def coverage_grid(
    records: pl.DataFrame,
    *,
    rows: str,
    columns: str,
    coverage: str | Sequence[str],
    facet: str | None = None,
    runs: str = "runs",
    nominal: float = 0.95,
    tolerance: float = 0.02,
    panels: int = 2,
    title: str = "How often the intervals held the truth",
    description: str | None = None,
    width: int = 260,
    theme: ThemeName = "light",
) -> alt.VConcatChart:
    """Draw a coverage study: cells of two factors, a panel a method and a third factor.

    Every cell holds its number. A triangle points down where the intervals hold the truth too
    rarely, up where too often: filled where the simulation shows it, hollow where the true coverage
    may well lie within the tolerance.

    Parameters
    ----------
    records : polars.DataFrame
        One row a cell of the study, as ``benchmarks/results/*.jsonl`` have them: the factors, the
        number of `runs`, and one or several columns of coverage, shares in [0, 1] (null: not
        simulated, an empty cell).
    rows, columns : str
        Names of the two factors of a panel; numbers stand in order, words as they come.
    coverage : str or sequence of str
        Columns of coverage; each is a panel.
    facet : str, optional
        A third factor, each of whose values is a panel, too.
    runs : str
        Column of the numbers of simulated series, which say how well a coverage is known.
    nominal, tolerance : float
        What the intervals promise, and how far from it is still well, in shares: by default 93 to
        97 %.
    panels : int
        Panels beside each other.
    title, description : str, optional
        Above the picture, and its alternative text; by default the latter counts the cells.
    width : int
        Of one panel, in pixels, or more where cells would not hold their numbers.
    theme : {"light", "dark"}
        Colours, safe for colour-blind readers: grey is nominal, orange too rare, blue too often.
        The global altair theme is not touched.

    Returns
    -------
    altair.VConcatChart
        Can be changed further.

    Raises
    ------
    ArgumentError
        For an unknown theme, a `nominal` outside (0, 1), a `tolerance` out of range, no column of
        coverage, or `panels` below 1.
    DataError
        When a column is missing, a coverage lies outside [0, 1], a number of runs is not positive,
        or a cell has two records; the message names the factors in which they differ.
    NotEnoughDataError
        When no cell has a coverage.

    Notes
    -----
    A coverage of k of n runs has Wilson's (1927) 95 % interval, which the tooltip tells. A triangle
    is filled when this interval and the tolerance do not meet.

    Examples
    --------
    >>> records = pl.DataFrame({
    ...     "noise": ["AR 0", "AR 0.6"], "n_periods": [40, 40], "runs": [2000, 2000],
    ...     "gls": [0.952, 0.81],
    ... })
    >>> grid = coverage_grid(records, rows="noise", columns="n_periods", coverage="gls")
    >>> print(grid.description)
    How often the intervals held the truth, against 95 %. gls: 1 of 2 cells within 93 to 97 %, 1 too
    low, lowest 81.0 % (noise AR 0.6, n_periods 40).
    """
    promise = Promise.checked(nominal, tolerance)
    if panels < 1:
        raise ArgumentError(f"panels must be at least 1; got {panels}")
    names = [coverage] if isinstance(coverage, str) else list(coverage)
    grids = grids_of(records, (rows, columns), names, facet=facet, runs=runs, promise=promise)
    tables, wide = Tables(), max(width, _LEAST_WIDTH * max(len(grid.columns) for grid in grids))
    drawn = [_panel(grid, tables, theme, (rows, columns), wide) for grid in grids]
    lines = [alt.hconcat(*drawn[i : i + panels]) for i in range(0, len(drawn), panels)]
    whole = min(panels, len(drawn)) * (wide + _BETWEEN_PANELS) - _BETWEEN_PANELS
    told = " ".join(_told(grid, (rows, columns), promise) for grid in grids)
    chart = alt.VConcatChart(vconcat=lines).properties(
        title=heading(title, _notes(grids, promise), width=whole),
        description=description or f"{title}, against {_percent(nominal)} %. {told}",
    )
    return themed(chart, theme, tables)


def _panel(
    grid: Grid, tables: Tables, theme: ThemeName, names: tuple[str, str], width: int
) -> alt.LayerChart:
    palette = PALETTES.get(theme, LIGHT)
    base = alt.Chart(tables.add_frame(grid.frame)).encode(
        x=_factor("column", grid.columns, names[1], palette.ink),
        y=_factor("row", grid.rows, names[0], palette.ink),
    )
    text = {"color": text_on_color("distance", _END, theme=theme)}
    known = base.transform_filter("isValid(datum.coverage)")
    layers = [
        known.mark_rect().encode(color=_color(theme), tooltip=_tooltip(names)),
        known.mark_text(fontSize=LABEL_SIZE + 1, align="center", dx=-6).encode(
            text="coverage_words:N", **text
        ),
        *_triangles(known, text),
    ]
    panel = alt.LayerChart(layer=layers).properties(
        width=width, height=_CELL_HEIGHT * len(grid.rows)
    )
    limit = width + _BETWEEN_PANELS - 20
    return panel.properties(title=alt.TitleParams(grid.heading, fontSize=12, offset=6, limit=limit))


def _triangles(known: alt.Chart, text: dict[str, Any]) -> list[alt.Chart]:
    """Right of the numbers: which way a coverage misses, filled where the simulation shows it."""
    shape = alt.Shape(
        "verdict:N",
        scale=alt.Scale(domain=[LOW, HIGH], range=["triangle-down", "triangle-up"]),
        legend=None,
    )
    missed = known.transform_filter(f"datum.verdict === '{LOW}' || datum.verdict === '{HIGH}'")
    stroke = {"stroke": text["color"]}
    return [
        missed.transform_filter("datum.clear")
        .mark_point(size=34, opacity=1, filled=True, xOffset=19)
        .encode(shape=shape, **text),
        missed.transform_filter("!datum.clear")
        .mark_point(size=34, opacity=1, filled=False, strokeWidth=1, xOffset=19)
        .encode(shape=shape, **stroke),
    ]


def _color(theme: ThemeName) -> alt.Color:
    colours = DIVERGING.get(theme, DIVERGING["light"])
    domain = [-_END, -_END / 2, 0, _END / 2, _END]
    scale = alt.Scale(domain=domain, range=list(colours), clamp=True, interpolate="lab")
    return alt.Color("distance:Q", scale=scale, legend=None)


def _factor(field: str, values: list[str], title: str, ink: str) -> Any:
    axis = alt.Axis(
        title=title.replace("_", " "),
        labelAngle=0,
        labelLimit=_LONGEST,
        labelColor=ink,
        labelOverlap=False,
        ticks=False,
        domain=False,
    )
    channel = alt.X if field == "column" else alt.Y
    scale = alt.Scale(domain=values, padding=0.05)
    return channel(f"{field}:N", sort=values, scale=scale, axis=axis)


def _tooltip(names: tuple[str, str]) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("row:N", title=names[0]),
        alt.Tooltip("column:N", title=names[1]),
        alt.Tooltip("coverage:Q", title="coverage", format=".1%"),
        alt.Tooltip("interval:N", title="simulation's 95 % interval"),
        alt.Tooltip("verdict_words:N", title="that is"),
        alt.Tooltip("runs:Q", title="runs", format=",d"),
    ]


def _notes(grids: list[Grid], promise: Promise) -> str:
    counts = (
        pl.concat([grid.frame["runs"].drop_nulls() for grid in grids]).unique().sort().to_list()
    )
    runs = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}"
    notes = (
        f"Numbers: % of {runs} simulated series whose interval held the truth; "
        f"{_percent(promise.nominal)} is promised, and {promise.words} is well (no triangle). "
        "▼ and orange: too rarely, the interval is too sure. ▲ and blue: too often, it is too "
        "wide. Hollow triangles: the simulation's own error could explain it."
    )
    empty = any(grid.frame["coverage"].null_count() for grid in grids)
    return f"{notes} Empty: not simulated." if empty else notes


def _told(grid: Grid, names: tuple[str, str], promise: Promise) -> str:
    known = grid.frame.filter(pl.col("coverage").is_not_null())
    if known.is_empty():
        return f"{grid.heading}: no cell was simulated."
    low, high = (known.filter(verdict=verdict).height for verdict in (LOW, HIGH))
    within = f"{known.height - low - high} of {known.height} cells within {promise.words}"
    missed = [f"{count} {word}" for count, word in ((low, LOW), (high, HIGH)) if count]
    row = known.sort("coverage").row(0, named=True)
    at = f"{names[0]} {row['row']}, {names[1]} {row['column']}"
    lowest = f"lowest {100 * row['coverage']:.1f} % ({at})"
    return f"{grid.heading}: {', '.join([within, *missed, lowest])}."


def _percent(share: float) -> str:
    return f"{100 * share:.4g}"
