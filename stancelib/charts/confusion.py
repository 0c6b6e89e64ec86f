"""A confusion matrix: what a scorer says of what coders say, as shares of each label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import altair as alt
import polars as pl

from stancelib.charts.confusion_core import Matrix, matrices_of
from stancelib.charts.heading import heading
from stancelib.charts.tables import Tables
from stancelib.charts.theme import LABEL_SIZE, LIGHT, PALETTES, ThemeName, themed
from stancelib.errors import ArgumentError

# No and all pairs of a label; text on weak and on strong colours, and where it changes, so that
# its contrast is at least 4.5 everywhere.
SHADES: Final = {"light": ("#eef1f4", "#0072b2"), "dark": ("#222a32", "#2f9bdb")}
TEXT: Final = {"light": ("#000000", "#ffffff", 0.92), "dark": ("#ffffff", "#000000", 0.74)}
# Axes and gap beside a panel, in pixels.
_BETWEEN_PANELS = 78
_HEADING, _LONGEST = 60, 110


def confusion_chart(
    confusion: pl.DataFrame,
    *,
    classes: Sequence[str] | None = None,
    columns: int = 3,
    label_title: str = "coders say",
    predicted_title: str = "the scorer says",
    title: str = "What the scorer says of what coders say",
    description: str | None = None,
    width: int = 180,
    height: int = 150,
    theme: ThemeName = "light",
) -> alt.VConcatChart:
    """Draw how often each label got each prediction: a row a label, a panel a group.

    Parameters
    ----------
    confusion : polars.DataFrame
        One row a label and prediction, as ``sl.accuracy(...).confusion`` has them: ``label``,
        ``predicted`` and ``n`` (labelled pairs; null: unknown). If there, ``share_of_label``
        (weighted share of the label's pairs, in [0, 1], null: no such label), else the shares are
        those of `n`; and ``group``, with or without ``by`` (what the groups are of). A pair of
        classes without a row has no labelled pair.
    classes : sequence of str, optional
        Order of rows and columns; by default against, neutral, favor, or as the frame has them.
    columns : int
        Panels beside each other.
    label_title, predicted_title : str
        Names of the axes.
    title, description : str, optional
        Above the picture, and its alternative text; by default the latter tells how many of each
        label got it right.
    width, height : int
        Of one panel, in pixels.
    theme : {"light", "dark"}
        Colours, safe for colour-blind readers. The global altair theme is not touched.

    Returns
    -------
    altair.VConcatChart
        Can be changed further.

    Raises
    ------
    ArgumentError
        For an unknown theme, `columns` below 1, or `classes` that lack a class of the frame.
    DataError
        When a column is missing, a class is null, a count is negative, a share lies outside
        [0, 1], or a cell has two rows.
    NotEnoughDataError
        When there is no labelled pair.

    Examples
    --------
    >>> frame = pl.DataFrame({
    ...     "label": ["against", "against", "favor"], "predicted": ["against", "favor", "favor"],
    ...     "n": [30, 10, 20],
    ... })
    >>> confusion_chart(frame).description
    'What the scorer says of what coders say. Right: against 75 % of 40, favor 100 % of 20.'
    """
    if columns < 1:
        raise ArgumentError(f"columns must be at least 1; got {columns}")
    matrices, tables = matrices_of(confusion, classes), Tables()
    titles = (label_title, predicted_title)
    panels = [
        _panel(matrix, tables, theme, titles, width).properties(width=width, height=height)
        for matrix in matrices
    ]
    rows = [alt.hconcat(*panels[i : i + columns]) for i in range(0, len(panels), columns)]
    whole = min(columns, len(panels)) * (width + _BETWEEN_PANELS)
    chart = alt.VConcatChart(vconcat=rows).properties(
        title=heading(title, _notes(matrices, confusion.columns, titles), width=whole),
        description=description or f"{title}. {' '.join(map(_told, matrices))}",
    )
    return themed(chart, theme, tables)


def _panel(
    matrix: Matrix, tables: Tables, theme: ThemeName, titles: tuple[str, str], width: int
) -> alt.LayerChart:
    palette = PALETTES.get(theme, LIGHT)
    base = alt.Chart(tables.add_frame(matrix.frame)).encode(
        x=_classes("predicted", matrix.classes, f"{titles[1]} …", palette.ink),
        y=_classes("label", matrix.classes, f"{titles[0]} …", palette.ink),
    )
    shades = SHADES.get(theme, SHADES["light"])
    share = alt.Color(
        "share:Q",
        legend=None,
        scale=alt.Scale(domain=[0, 1], range=list(shades), interpolate="lab", clamp=True),
    )
    tooltip = [
        alt.Tooltip("label:N", title=titles[0]),
        alt.Tooltip("predicted:N", title=titles[1]),
        alt.Tooltip("share_words:N", title="of this label"),
        alt.Tooltip("n:Q", title="labelled pairs", format=",d"),
        alt.Tooltip("total:Q", title="with this label", format=",d"),
    ]
    known, text = base.transform_filter("isValid(datum.share)"), _text(theme)
    panel = alt.LayerChart(
        layer=[
            known.mark_rect().encode(color=share, tooltip=tooltip),
            known.transform_filter("datum.label === datum.predicted").mark_rect(
                filled=False, stroke=palette.ink, strokeWidth=1.5
            ),
            known.mark_text(fontSize=13, fontWeight=600, dy=-7).encode(
                text="share_words:N", **text
            ),
            known.mark_text(fontSize=LABEL_SIZE, dy=9).encode(
                text=alt.Text("n:Q", format=",d"), **text
            ),
            base.transform_filter("!isValid(datum.share)")
            .mark_text(color=palette.muted)
            .encode(text=alt.value("–"), tooltip=tooltip),
        ],
    )
    if matrix.heading is None:
        return panel
    title = alt.TitleParams(matrix.heading, fontSize=12, offset=6, limit=width + _HEADING)
    return panel.properties(title=title)


def _classes(field: str, classes: list[str], title: str, ink: str) -> Any:
    axis = alt.Axis(
        title=title,
        labelAngle=0,
        labelLimit=_LONGEST,
        labelColor=ink,
        labelOverlap=False,
        ticks=False,
        domain=False,
        minExtent=0,
    )
    channel = alt.X if field == "predicted" else alt.Y
    scale = alt.Scale(domain=classes, padding=0.04)
    return channel(f"{field}:N", sort=classes, scale=scale, axis=axis)


def _text(theme: ThemeName) -> dict[str, Any]:
    weak, strong, turn = TEXT.get(theme, TEXT["light"])
    return {"color": alt.condition(f"datum.share > {turn}", alt.value(strong), alt.value(weak))}


def _notes(matrices: list[Matrix], columns: list[str], titles: tuple[str, str]) -> str:
    weighted = "weighted for how they were drawn, " if "share_of_label" in columns else ""
    gaps = any(matrix.frame["share"].null_count() for matrix in matrices)
    unknown = " –: no such label, or its number is unknown." if gaps else ""
    return (
        f"Each row sums to 100 %: of the pairs of which {titles[0]} this, the share of which "
        f"{titles[1]} that, {weighted}and the number of labelled pairs below. "
        f"Outlined: both say the same.{unknown}"
    )


def _told(matrix: Matrix) -> str:
    right = matrix.frame.filter(
        pl.col("label") == pl.col("predicted"), pl.col("share").is_not_null()
    )
    parts = [
        f"{row['label']} {row['share_words']}" + (f" of {row['total']}" if row["total"] else "")
        for row in right.iter_rows(named=True)
    ]
    named = f"{matrix.heading}, right" if matrix.heading else "Right"
    return f"{named}: {', '.join(parts) or 'unknown'}."
