"""The sentence strip: articles sentence by sentence, coloured by stance toward each target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import altair as alt
import polars as pl

from stancelib.charts.diverging import stance_color, text_on_color
from stancelib.charts.heading import heading
from stancelib.charts.labels import shortened
from stancelib.charts.sentence_strip_core import KEY_LENGTH, VOICES, Strip, strip_of
from stancelib.charts.tables import Tables
from stancelib.charts.theme import FONT_SIZE, LABEL_SIZE, LIGHT, PALETTES, ThemeName, themed
from stancelib.charts.words import MOST_DESCRIBED, signed

_ROW: Final = 26
_ROOM_FOR_NUMBERS, _LONGEST_NAME, _LONGEST_HEADING = 28, 140, 200
_KNOWN: Final = "isValid(datum.stance)"
_TOOLTIP: Final = (
    ("number", "sentence"),
    ("text", "text"),
    ("target", "target"),
    ("stance_words", "stance"),
    ("voice_words", "voice"),
    ("speaker", "speaker"),
)


def sentence_strip(
    sentences: pl.DataFrame,
    *,
    targets: Sequence[str] | None = None,
    title: str = "Stance sentence by sentence",
    description: str | None = None,
    width: int = 640,
    theme: ThemeName = "light",
) -> alt.LayerChart:
    """Draw the sentences of articles in their order, a row of tiles a target.

    Long articles go on in a further line of tiles. Colours are those of the whole scale from -1 to
    1, so that pictures can be compared.

    Parameters
    ----------
    sentences : polars.DataFrame
        One row a sentence and target, as `stancelib.score_texts` returns it, or of a store:
        ``store.sentences().join(store.scores(), on="sentence_id", how="left")``, filtered to
        articles. Needed: ``position`` of the sentence in its article (from 0), ``text`` or
        ``sentence``, ``target``, ``stance`` in [-1, 1], and ``voice`` (author or quoted). A null
        ``target`` or ``stance``, or a position that has no row: the sentence does not name the
        target, or was not scored; its place stays empty.

        Further columns, if there: ``doc_id`` or ``text_index`` (which article a sentence belongs
        to; without it all are one article), ``source``, ``published_at`` and ``title`` (name the
        article), ``speaker`` and ``part`` (for tooltips).
    targets : sequence of str, optional
        Targets to draw, in this order; by default all that are named, by name.
    title, description : str, optional
        Above the picture, and its alternative text; by default the latter tells the articles.
    width : int
        Of the plotting area, in pixels.
    theme : {"light", "dark"}
        Colours, safe for colour-blind readers. The global altair theme is not touched.

    Returns
    -------
    altair.LayerChart
        Can be changed further. Tiles of quoted sentences have an outline; wide tiles hold their
        number; all tell the sentence on hovering.

    Raises
    ------
    ArgumentError
        For an unknown target or theme.
    DataError
        When a column is missing, a voice is unknown, a stance is outside [-1, 1], or a sentence
        has several stances toward a target.
    NotEnoughDataError
        When there is no sentence, or none names a target.

    Examples
    --------
    >>> frame = pl.DataFrame({
    ...     "position": [0, 1, 2], "target": ["NATO", None, "NATO"], "stance": [-0.7, None, 0.4],
    ...     "voice": ["author", "author", "quoted"],
    ...     "text": ["NATO lied.", "It rained.", "“NATO keeps us safe,” she said."],
    ... })
    >>> sentence_strip(frame).description
    'Stance sentence by sentence. NATO: 2 of 3 sentences, mean −0.15, 1 of them quoted.'
    """
    strip, tables = strip_of(sentences, targets, width), Tables()
    layers = _layers(strip, tables, width, theme)
    chart = alt.LayerChart(layer=layers).properties(
        width=width,
        height=_ROW * len(strip.rows),
        title=heading(title, _notes(strip), width=width),
        description=description or f"{title}. {_told(strip)}",
    )
    return themed(chart, theme, tables)


def _layers(strip: Strip, tables: Tables, width: int, theme: ThemeName) -> list[alt.Chart]:
    palette, tile = PALETTES.get(theme, LIGHT), width / strip.columns
    base = alt.Chart(tables.add_frame(strip.tiles.drop("article"))).encode(
        y=_rows(strip), tooltip=[alt.Tooltip(f"{name}:N", title=said) for name, said in _TOOLTIP]
    )
    tiles = base.transform_filter(_KNOWN).encode(
        x=_across("left", strip),
        x2="right:Q",
        color=stance_color("stance", 1.0, theme=theme, width=min(240, width)),
    )
    middle = base.encode(x=_across("middle", strip))
    # The gap between tiles is the paper, so that an outline of ink stands inside it.
    layers = [
        middle.transform_filter(f"!{_KNOWN}").mark_point(
            filled=True, size=5, opacity=1, color=palette.neutral
        ),
        tiles.mark_rect(stroke=palette.background, strokeWidth=2, height={"band": 0.92}),
        middle.transform_filter(f"{_KNOWN} && datum.voice === '{VOICES[1]}'").mark_rect(
            width=tile - 3,
            height={"band": 0.80},
            fillOpacity=0,
            stroke=palette.ink,
            strokeWidth=2,
            strokeOpacity=1,
        ),
        _text(strip.numbers, "middle", tables, strip).mark_text(
            fontSize=LABEL_SIZE, color=palette.muted, dy=-5
        ),
    ]
    if len(strip.headings):
        cut = [
            shortened(text, FONT_SIZE, width, characters=_LONGEST_HEADING)
            for text in strip.headings["text"]
        ]
        headings = strip.headings.with_columns(text=pl.Series(cut))
        named = _text(headings, "left", tables, strip)
        layers.append(named.mark_text(align="left", fontSize=FONT_SIZE, color=palette.ink))
    if tile >= _ROOM_FOR_NUMBERS:
        number = middle.transform_filter(_KNOWN).mark_text(fontSize=LABEL_SIZE)
        color = text_on_color("stance", 1.0, theme=theme)
        layers.append(number.encode(text="short_words:N", color=color))
    return layers


def _rows(strip: Strip) -> alt.Y:
    axis = alt.Axis(
        title=None,
        ticks=False,
        domain=False,
        labelLimit=_LONGEST_NAME,
        # Only rows of tiles have a name.
        labelExpr=f"slice(datum.value, {KEY_LENGTH})",
    )
    scale = alt.Scale(domain=strip.rows, padding=0)
    return alt.Y("row:N", sort=strip.rows, axis=axis, scale=scale)


def _across(field: str, strip: Strip) -> alt.X:
    scale = alt.Scale(domain=[0, strip.columns], nice=False, padding=0)
    return alt.X(f"{field}:Q", axis=None, scale=scale)


def _text(frame: pl.DataFrame, at: str, tables: Tables, strip: Strip) -> alt.Chart:
    chart: alt.Chart = alt.Chart(tables.add_frame(frame)).encode(
        x=_across(at, strip), y=_rows(strip), text="text:N"
    )
    return chart


def _notes(strip: Strip) -> str:
    notes = "A tile: a sentence, from the first to the last, numbered below. "
    if strip.tiles["stance"].null_count():
        notes += "A dot: does not name the target. "
    if strip.tiles.filter(pl.col("stance").is_not_null() & (pl.col("voice") == "quoted")).height:
        return f"{notes}Outlined: somebody is quoted; without outline: the article's own words."
    return f"{notes}All are the article's own words."


def _told(strip: Strip) -> str:
    """Articles and targets in words."""
    parts = strip.tiles.partition_by("article", "target", maintain_order=True)
    several = strip.tiles["article"].n_unique() > 1
    lines = [_told_row(part, several=several) for part in parts[:MOST_DESCRIBED]]
    if len(parts) > MOST_DESCRIBED:
        lines.append(f"{len(parts) - MOST_DESCRIBED} more rows are in the picture.")
    return " ".join(lines)


def _told_row(part: pl.DataFrame, *, several: bool) -> str:
    named = part.filter(pl.col("stance").is_not_null())
    target = part["target"][0]
    name = f"Article {part['article'][0]}, {target}" if several else target
    if named.is_empty():
        return f"{name}: none of {len(part)} sentences."
    mean = named.select(pl.col("stance").mean()).item()
    quoted = named.filter(voice="quoted").height
    return (
        f"{name}: {len(named)} of {len(part)} sentences, mean {signed(mean)}, "
        f"{quoted or 'none'} of them quoted."
    )
