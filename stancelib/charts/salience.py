"""How much outlets speak of a target against how they stand toward it."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Final

import altair as alt
import polars as pl

from stancelib.charts.axes import neutral_rule, stance_channel, stance_domain
from stancelib.charts.heading import heading
from stancelib.charts.point_labels import Box, PointLabel, place_point_labels
from stancelib.charts.salience_core import Points, points_of
from stancelib.charts.tables import Tables
from stancelib.charts.theme import LABEL_SIZE, LIGHT, MOST_COLOURS, PALETTES, ThemeName, themed
from stancelib.charts.words import MOST_DESCRIBED, signed

_SMALLEST, _LARGEST = 40.0, 420.0
# Room around each point that other points' names keep, in pixels.
_APART = 4.0
_SALIENCE: Final = "Salience: share of articles that name {}"
_TOOLTIP: Final = (
    ("source", "source"),
    ("stance_words", "stance"),
    ("interval", "interval"),
)


@dataclass(frozen=True, slots=True)
class _Style:
    """What all layers share."""

    tables: Tables
    domain: tuple[float, float]
    most: float
    width: int
    height: int
    theme: ThemeName
    coloured: bool

    def pixel(self, salience: float, stance: float) -> tuple[float, float]:
        """A point in pixels from the left and from the top."""
        low, high = self.domain
        return (
            salience / self.most * self.width,
            (high - stance) / (high - low) * self.height,
        )


def salience_against_stance(
    frame: pl.DataFrame,
    *,
    target: str | None = None,
    path: str | None = None,
    title: str | None = None,
    description: str | None = None,
    width: int = 560,
    height: int = 320,
    theme: ThemeName = "light",
) -> alt.LayerChart:
    """Draw how much each source speaks of a target against how it stands toward it.

    Parameters
    ----------
    frame : polars.DataFrame
        One row a source, or a source and step of its path: ``target``, ``source``, ``stance`` in
        [-1, 1], ``salience`` (share of the articles that name the target, in [0, 1]) and
        ``n_documents``, as a Series frame of one long period has them. Further columns, if there:
        ``low`` and ``high``, else ``se``, for the bars. Null ``stance`` or ``salience``: no point;
        a source without any is named below the title. Null ends: a point without a bar.
    target : str, optional
        Which one, where the frame has several.
    path : str, optional
        Column that tells the rows of a source apart, as ``period`` or a column of the values
        "before" and "after". The points of a source are connected, dates in their order and other
        values in the order of the frame; the last point is filled.
    title, description : str, optional
        Above the picture, and its alternative text; by default the latter tells every source.
    width, height : int
        Of the plotting area, in pixels.
    theme : {"light", "dark"}
        Colours, safe for colour-blind readers. The global altair theme is not touched.

    Returns
    -------
    altair.LayerChart
        Can be changed further. Names stand beside the points, and in no other's way.

    Raises
    ------
    ArgumentError
        For an unknown target or theme, or several targets without `target`.
    DataError
        When a column is missing, a source has several rows that `path` does not tell apart, or a
        salience is outside [0, 1].
    NotEnoughDataError
        When no row has both a stance and a salience.

    Notes
    -----
    Bars are the intervals of the frame, ``low`` to ``high``; where these columns are missing, the
    stance ± 1.96 standard errors, cut at -1 and 1.

    Examples
    --------
    >>> frame = pl.DataFrame({
    ...     "target": "NATO", "source": ["Beacon Wire", "Courrier"], "stance": [-0.2, 0.1],
    ...     "salience": [0.3, 0.12], "n_documents": [120, 40], "se": [0.03, 0.05],
    ... })
    >>> salience_against_stance(frame).title.text
    ['NATO: how much outlets speak of it, and how']
    """
    points, tables = points_of(frame, target, path), Tables()
    values = pl.concat([points.frame[name] for name in ("stance", "low", "high")])
    style = _Style(
        tables,
        stance_domain(values),
        points.most,
        width,
        height,
        theme,
        coloured=points.frame["source"].n_unique() <= MOST_COLOURS,
    )
    named = title or f"{points.target}: how much outlets speak of it, and how"
    chart = alt.LayerChart(layer=_layers(points, style)).properties(
        width=width,
        height=height,
        title=heading(named, _notes(points), width=width),
        description=description or f"{named}. {_told(points)}",
    )
    return themed(chart, theme, tables)


def _layers(points: Points, style: _Style) -> list[alt.Chart]:
    palette = PALETTES.get(style.theme, LIGHT)
    base = alt.Chart(style.tables.add_frame(points.frame)).encode(x=_across(points, style))
    if style.coloured:
        sources = points.frame["source"].unique(maintain_order=True).to_list()
        color = alt.Color("source:N", scale=alt.Scale(domain=sources), legend=None)
        base = base.encode(color=color)
    y = stance_channel("stance", style.domain, label_rows=0)
    told = [alt.Tooltip(f"{name}:N", title=said) for name, said in _TOOLTIP]
    if points.steps:
        told.insert(1, alt.Tooltip("step_name:N", title="when"))
    told += [
        alt.Tooltip("salience:Q", format=".1%"),
        alt.Tooltip("n_documents:Q", title="articles", format=",d"),
    ]
    size = alt.Size("n_documents:Q", scale=_sizes(points), legend=None)
    dots = base.encode(y=y, size=size, tooltip=told)
    marks = [neutral_rule(style.tables)]
    if points.steps:
        marks.append(base.mark_line(strokeWidth=1.5).encode(y=y, order="step:Q", detail="source:N"))
    bars = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=1.2, opacity=0.55)
    return [
        *marks,
        bars.encode(y=alt.Y("low:Q"), y2="high:Q"),
        dots.transform_filter("!datum.last").mark_point(
            filled=False, fill=palette.background, strokeWidth=2, opacity=1
        ),
        dots.transform_filter("datum.last").mark_point(
            filled=True, stroke=palette.background, strokeWidth=1, opacity=1
        ),
        *_names(points, style),
    ]


def _across(points: Points, style: _Style) -> alt.X:
    axis = alt.Axis(title=_SALIENCE.format(points.target), format="~%", tickCount=5)
    scale = alt.Scale(domain=[0, style.most], nice=False)
    return alt.X("salience:Q", axis=axis, scale=scale)


def _most_articles(points: Points) -> int:
    most: int = points.frame["n_documents"].max()  # type: ignore[assignment]  # numbers
    return max(most, 1)


def _sizes(points: Points) -> alt.Scale:
    return alt.Scale(domain=[0, _most_articles(points)], range=[_SMALLEST, _LARGEST])


def _names(points: Points, style: _Style) -> list[alt.Chart]:
    """Names of the last points, and lines to those that stand away from them."""
    palette = PALETTES.get(style.theme, LIGHT)
    ends = points.frame.filter("last").sort("salience", descending=True)
    at = [style.pixel(*pair) for pair in ends.select("salience", "stance").rows()]
    labels = place_point_labels(
        ends["source"].to_list(),
        at,
        radii=[_radius(count, points) for count in ends["n_documents"]],
        taken=_taken(points, style),
        size=(style.width, style.height),
        font_size=LABEL_SIZE,
    )
    rows = [_row(label, point) for label, point in zip(labels, at, strict=True)]
    base = alt.Chart(style.tables.add(rows))
    lines = base.transform_filter("datum.led").mark_rule(color=palette.muted, strokeWidth=0.8)
    return [
        lines.encode(
            x=alt.value(alt.ExprRef("datum.line_x")),
            y=alt.value(alt.ExprRef("datum.line_y")),
            x2=alt.value(alt.ExprRef("datum.point_x")),
            y2=alt.value(alt.ExprRef("datum.point_y")),
        ),
        base.mark_text(align="left", color=palette.ink, fontSize=LABEL_SIZE).encode(
            x=alt.value(alt.ExprRef("datum.x")), y=alt.value(alt.ExprRef("datum.y")), text="text:N"
        ),
    ]


def _row(label: PointLabel, point: tuple[float, float]) -> dict[str, object]:
    numbers = (label.x, label.y, label.line_x, label.line_y, *point)
    names = ("x", "y", "line_x", "line_y", "point_x", "point_y")
    rounded = {name: round(value, 1) for name, value in zip(names, numbers, strict=True)}
    return {"text": label.text, "led": label.led, **rounded}


def _radius(articles: int, points: Points) -> float:
    share = articles / _most_articles(points)
    return math.sqrt((_SMALLEST + (_LARGEST - _SMALLEST) * share) / math.pi)


def _taken(points: Points, style: _Style) -> list[Box]:
    """The boxes of points, and of bars and paths as chains of small boxes."""
    boxes = []
    for row in points.frame.iter_rows(named=True):
        x, y = style.pixel(row["salience"], row["stance"])
        half = _radius(row["n_documents"], points) + _APART
        boxes.append((x - half, y - half, x + half, y + half))
        if row["low"] is not None and row["high"] is not None:
            top, bottom = (style.pixel(0, row[name])[1] for name in ("high", "low"))
            boxes.append((x - 1, top, x + 1, bottom))
    for path in points.frame.partition_by("source"):
        at = [style.pixel(*pair) for pair in path.select("salience", "stance").rows()]
        for one, other in itertools.pairwise(at):
            boxes += [_dot(one, other, share / 16) for share in range(1, 16)]
    return boxes


def _dot(one: tuple[float, float], other: tuple[float, float], share: float) -> Box:
    x, y = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return x - 2, y - 2, x + 2, y + 2


def _notes(points: Points) -> str:
    counts: list[int] = points.frame["n_documents"].to_list()
    notes = f"Points: sources, larger with more articles ({min(counts)} to {max(counts)}). "
    if points.frame["low"].null_count() < len(points.frame):
        notes += "Bars: 95 % intervals of the stance, if not asked otherwise. "
    if len(points.steps) > 1:
        notes += f"Hollow to filled: {points.steps[0]} to {points.steps[-1]}. "
    if points.silent:
        notes += f"No article names {points.target} in {', '.join(points.silent)}."
    return notes.strip()


def _told(points: Points) -> str:
    """Sources in words."""
    parts = points.frame.partition_by("source", maintain_order=True)
    lines = [f"{part['source'][0]}: {_told_path(part)}." for part in parts[:MOST_DESCRIBED]]
    if len(parts) > MOST_DESCRIBED:
        lines.append(f"{len(parts) - MOST_DESCRIBED} more sources are in the picture.")
    return " ".join(lines)


def _told_path(part: pl.DataFrame) -> str:
    ends = part if len(part) == 1 else part[[0, -1]]
    return " to ".join(
        f"{signed(row['stance'])} in {100 * row['salience']:.0f} % of its articles"
        for row in ends.iter_rows(named=True)
    )
