"""Stance over time above its sentences: drag over a period, and read what was said in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import altair as alt
import polars as pl

from stancelib.charts.brushed_core import one_target, sentences_of, table_rows, with_telling
from stancelib.charts.diverging import stance_color, text_on_color
from stancelib.charts.events import EventMark
from stancelib.charts.heading import heading
from stancelib.charts.over_time import Style, drawable, notes_of, stance_layers, style_of
from stancelib.charts.over_time_marks import counts
from stancelib.charts.theme import (
    FONT_SIZE,
    LABEL_SIZE,
    LIGHT,
    MOST_COLOURS,
    PALETTES,
    ThemeName,
    themed,
)
from stancelib.charts.words import describe_series
from stancelib.errors import ArgumentError, NotEnoughDataError

BRUSH: Final = "brush"
_ROW, _CHIP, _TEXT_AT, _LINE = 56, 44, 54, 15
_DAY: Final = "utcFormat({}, '%-d %b %Y')"
_TELLING: Final = (("most_against", "most against"), ("most_in_favor", "most in favor"))


def series_with_sentences(
    series: pl.DataFrame,
    sentences: pl.DataFrame,
    *,
    target: str | None = None,
    events: Sequence[EventMark] = (),
    most: int = 6,
    title: str | None = None,
    description: str | None = None,
    width: int = 640,
    height: int = 220,
    theme: ThemeName = "light",
) -> alt.VConcatChart:
    """Draw stance over time above its most telling sentences.

    On a page, dragging over the picture picks a period, and the table shows the sentences of that
    period; a click beside it shows all again. In a PNG, SVG or PDF the table is that of all
    periods. Points tell the strongest sentence of each side behind them.

    Parameters
    ----------
    series : polars.DataFrame
        A Series frame of at most seven sources, as for `stance_over_time`. Null ``stance``: a gap.
    sentences : polars.DataFrame
        One row a sentence, as ``store.telling_sentences`` returns them: ``text``, ``stance`` in
        [-1, 1], ``source``, ``published_at`` (with a time zone); and if there ``target``,
        ``voice`` and ``speaker``. All of them go into the picture: choose some hundreds.
        Those of sources that the series does not have are left out, and counted below the title.
    target : str, optional
        Which one, where the series has several.
    events : sequence of Event
        Anything with ``name``, ``at`` (with a time zone) and ``label``.
    most : int
        Sentences that the table shows: of both sides the strongest, then from against to favor.
    title, description : str, optional
        Above the picture, and its alternative text.
    width, height : int
        Of the plotting area of the series, in pixels.
    theme : {"light", "dark"}
        Colours, safe for colour-blind readers. The global altair theme is not touched.

    Returns
    -------
    altair.VConcatChart
        Can be changed further; ``charts.save(chart, "page.html")`` makes a page that works without
        a network. The selection is named ``brush``.

    Raises
    ------
    ArgumentError
        For an unknown target or theme, several targets without `target`, more than seven sources,
        or `most` below 1.
    DataError
        When a column is missing, a time has no time zone, or the stance of a sentence is null.
    NotEnoughDataError
        When no period has a stance, or no sentence is left.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> series = pl.DataFrame({
    ...     "target": "NATO", "source": "Example Post", "stance": [-0.2, -0.3],
    ...     "period": [datetime(2022, 2, day, tzinfo=UTC) for day in (7, 14)],
    ...     "se": [0.05, 0.1], "n_documents": [12, 7],
    ... })
    >>> said = pl.DataFrame({
    ...     "text": ["NATO has broken its word."], "stance": [-0.8], "source": ["Example Post"],
    ...     "published_at": [datetime(2022, 2, 9, tzinfo=UTC)],
    ... })
    >>> series_with_sentences(series, said).title.text
    ['Stance toward NATO, and what was said']
    """
    if most < 1:
        raise ArgumentError(f"most must be at least 1; got {most}")
    own, name = one_target(series, target)
    frame = drawable(own)
    style = style_of(own, frame, events, width=width, height=height)
    if len(style.sources) > MOST_COLOURS:
        raise ArgumentError(
            f"{len(style.sources)} sources are more than the {MOST_COLOURS} colours; choose some"
        )
    said = sentences_of(sentences, own, name)
    if said.is_empty():
        raise NotEnoughDataError(
            f"none of {len(sentences)} sentences is on {name} by a source of the series"
        )
    named = title or f"Stance toward {name}, and what was said"
    left_out = len(sentences) - len(said)
    chart = alt.vconcat(
        _picture(with_telling(frame, said), style),
        _table(said, style, most, theme),
        spacing=24,
    ).properties(
        title=heading(named, _notes(style, most, left_out), width=width),
        description=description
        or f"{describe_series(own)} A table below has {len(said)} sentences.",
    )
    chart.resolve = alt.Resolve(scale=alt.ScaleResolveMap(color="independent"))
    return themed(chart, theme, style.tables)


def _picture(frame: pl.DataFrame, style: Style) -> alt.VConcatChart:
    """The series, on which a period can be picked, and the number of articles."""
    data = style.tables.add_frame(frame.drop("target", "se"))
    told = [alt.Tooltip(f"{name}:N", title=said) for name, said in _TELLING]
    layers = stance_layers(data, style, told)
    layers[-1] = layers[-1].add_params(_brush())
    above = alt.layer(*layers).properties(width=style.width, height=style.height)
    below = counts(data, style.clock, style.sources, width=style.width, shared=False)
    return alt.vconcat(above, below, spacing=8)


def _brush() -> alt.Parameter:
    return alt.selection_interval(name=BRUSH, encodings=["x"])


def _table(said: pl.DataFrame, style: Style, most: int, theme: ThemeName) -> alt.LayerChart:
    """The strongest sentences of the picked period, below a line that says which it is."""
    palette = PALETTES.get(theme, LIGHT)
    rows = table_rows(said, width=style.width - _TEXT_AT, font_size=FONT_SIZE)
    picked = (
        alt.Chart(style.tables.add_frame(rows))
        # Dates are text in the data; the selection compares times.
        .transform_calculate(period="toDate(datum.period)")
        .transform_filter({"param": BRUSH})
    )
    chosen = _strongest(picked, most)
    chip = chosen.encode(
        x=alt.value(0),
        x2=alt.value(_CHIP),
        y=_pixel(2),
        y2=_pixel(20),
        color=_color(style, theme),
    )
    place = {"x": alt.value(_TEXT_AT)}
    tooltip = [
        alt.Tooltip("text:N"),
        alt.Tooltip("about:N", title="where"),
        alt.Tooltip("stance_words:N", title="stance"),
    ]
    layers = [
        _headline(picked, palette.ink),
        chip.mark_rect(cornerRadius=2),
        chosen.mark_text(fontSize=LABEL_SIZE).encode(
            x=alt.value(_CHIP / 2),
            y=_pixel(11.5),
            text="stance_words:N",
            color=text_on_color("stance", 1.0, theme=theme),
        ),
        chosen.mark_text(
            align="left", fontSize=LABEL_SIZE, color=palette.muted, limit=style.width - _TEXT_AT
        ).encode(y=_pixel(11.5), text="about:N", tooltip=tooltip, **place),
        chosen.mark_text(
            align="left",
            baseline="top",
            fontSize=FONT_SIZE,
            color=palette.ink,
            lineBreak="\n",
            lineHeight=_LINE,
        ).encode(y=_pixel(22), text="lines:N", tooltip=tooltip, **place),
    ]
    return alt.LayerChart(layer=layers).properties(width=style.width, height=_ROW * most)


def _color(style: Style, theme: ThemeName) -> alt.Color:
    color: alt.Color = stance_color("stance", 1.0, theme=theme, width=style.width).legend(None)
    return color


def _strongest(picked: alt.Chart, most: int) -> alt.Chart:
    """The strongest of both sides by turns, then in the order of their stance."""
    chart: alt.Chart = (
        picked.transform_window(
            turn="row_number()", sort=[_by("strength", "descending")], groupby=["side"]
        )
        .transform_window(
            taken="row_number()", sort=[_by("turn", "ascending"), _by("strength", "descending")]
        )
        .transform_filter(f"datum.taken <= {most}")
        .transform_window(row="row_number()", sort=[_by("stance", "ascending")])
    )
    return chart


def _by(field: str, order: Literal["ascending", "descending"]) -> alt.SortField:
    return alt.SortField(field, order=order)


def _pixel(down: float) -> alt.Value:
    """So many pixels below the top of a sentence's row."""
    value: alt.Value = alt.value(alt.ExprRef(f"(datum.row - 1) * {_ROW} + {down:g}"))
    return value


def _headline(picked: alt.Chart, ink: str) -> alt.Chart:
    """Which period is picked, and how many sentences it has."""
    ends = [_DAY.format(f"{BRUSH}.period[{end}]") for end in (0, 1)]
    when = f"isDefined({BRUSH}.period) ? {ends[0]} + ' to ' + {ends[1]} : 'all periods'"
    line: alt.Chart = (
        picked.transform_aggregate(n="count()")
        .transform_calculate(
            said=f"'Most telling sentences, ' + ({when}) + ' (of ' + datum.n + ')'"
        )
        .mark_text(align="left", fontSize=FONT_SIZE, fontWeight=600, color=ink)
        .encode(x=alt.value(0), y=alt.value(-12), text="said:N")
    )
    return line


def _notes(style: Style, most: int, left_out: int) -> str:
    notes = (
        f"{notes_of(style)} On a page: drag over a time, and the table shows the {most} strongest "
        "sentences of it, from against to in favor."
    )
    if left_out:
        notes += f" Left out: {left_out} sentences of other sources or targets."
    return notes
