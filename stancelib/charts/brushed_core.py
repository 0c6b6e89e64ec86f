"""Sentences beside a series: which stand behind which point, and their texts cut to a width."""

from __future__ import annotations

from typing import Final

import polars as pl

from stancelib.charts.clock import date_words, time_zone_of
from stancelib.charts.labels import text_width
from stancelib.charts.tables import check_columns
from stancelib.charts.words import signed
from stancelib.errors import ArgumentError, DataError

NEEDED: Final = ("text", "stance", "source", "published_at")
POOLED: Final = "all"
_NOT_GIVEN: Final = "none given"
# Characters of a sentence in the tooltip of a point.
_TOLD: Final = 180


def one_target(series: pl.DataFrame, target: str | None) -> tuple[pl.DataFrame, str]:
    """The rows of one target, and its name."""
    check_columns(series, ("target",))
    known = series["target"].unique(maintain_order=True).to_list()
    if target is None and len(known) > 1:
        raise ArgumentError(
            f"the series has {len(known)} targets ({', '.join(map(str, known))}); "
            "say which with target="
        )
    if target is not None and target not in known:
        raise ArgumentError.unknown("target", target, known)
    chosen = target if target is not None or not known else str(known[0])
    return series.filter(target=chosen) if known else series, str(chosen)


def sentences_of(sentences: pl.DataFrame, series: pl.DataFrame, target: str) -> pl.DataFrame:
    """The sentences on the target by the sources of a series, with their clock as ``period``."""
    check_columns(sentences, NEEDED)
    kind = sentences.schema["published_at"]
    if not isinstance(kind, pl.Datetime) or kind.time_zone is None:
        raise DataError(f"column 'published_at' must be a date-time with a time zone, found {kind}")
    if sentences.filter(pl.col("stance").is_null() | (pl.col("stance").abs() > 1)).height:
        raise DataError("the stance of a sentence is null or outside [-1, 1]")
    own = sentences.filter(target=target) if "target" in sentences.columns else sentences
    if set(series["source"]) != {POOLED}:
        own = own.filter(pl.col("source").is_in(series["source"].unique().to_list()))
    spoken = [
        (pl.col(name) if name in own.columns else pl.lit(None)).cast(pl.String).alias(name)
        for name in ("voice", "speaker")
    ]
    zone = time_zone_of(series)
    return own.select(
        *NEEDED[:3],
        *spoken,
        period=pl.col("published_at").dt.convert_time_zone(zone).cast(pl.Datetime("us", zone)),
    )


def with_telling(frame: pl.DataFrame, sentences: pl.DataFrame) -> pl.DataFrame:
    """Points with ``most_against`` and ``most_in_favor``: the strongest sentence of each side."""
    pooled = set(frame["source"]) == {POOLED}
    by = [] if pooled else ["source"]
    starts = frame.select(
        *by, pl.col("period").cast(sentences.schema["period"]), begin="period"
    ).sort("period")
    behind = (
        sentences.select(*by, "period", "text", "stance")
        .sort("period")
        .join_asof(starts, on="period", by=by or None, strategy="backward", check_sortedness=False)
        .drop_nulls("begin")
        .sort("stance", maintain_order=True)
        .group_by(*by, "begin", maintain_order=True)
        .agg(
            most_against=_first(descending=False),
            most_in_favor=_first(descending=True),
        )
        .rename({"begin": "period"})
    )
    sides = pl.col("most_against", "most_in_favor")
    return frame.join(behind, on=[*by, "period"], how="left", maintain_order="left").with_columns(
        sides.fill_null(_NOT_GIVEN)
    )


def _first(*, descending: bool) -> pl.Expr:
    """The strongest sentence of a side, cut; null where none is on it."""
    ordered = pl.col("text").sort_by("stance", descending=descending)
    stance = pl.col("stance").max() if descending else pl.col("stance").min()
    on_side = stance > 0 if descending else stance < 0
    text = ordered.first()
    cut = (
        pl.when(text.str.len_chars() > _TOLD)
        .then(text.str.slice(0, _TOLD).str.strip_chars_end() + "…")
        .otherwise(text)
    )
    return pl.when(on_side).then(cut)


def table_rows(sentences: pl.DataFrame, *, width: float, font_size: float) -> pl.DataFrame:
    """Rows of the table of sentences.

    Parameters
    ----------
    sentences : polars.DataFrame
        As `sentences_of` returns them.
    width : float
        Room of the text, in pixels.
    font_size : float
        Of the text.

    Returns
    -------
    polars.DataFrame
        ``period``, ``stance``, ``strength``, ``side``, ``stance_words``, ``about`` (source, date,
        voice, speaker), ``lines`` (the text in two lines at most) and the whole ``text``.
    """
    rows = sentences.rows(named=True)
    columns = {
        "stance_words": [signed(row["stance"]) for row in rows],
        "about": [_about(row) for row in rows],
        "lines": [cut_lines(row["text"], width, font_size) for row in rows],
    }
    return sentences.select(
        "period",
        "stance",
        "text",
        strength=pl.col("stance").abs(),
        side=pl.col("stance") > 0,
        **{name: pl.Series(values, dtype=pl.String) for name, values in columns.items()},
    )


def _about(row: dict[str, object]) -> str:
    at = date_words(row["period"])  # type: ignore[arg-type]  # a date-time
    voice = {"author": "own words", "quoted": "quoted"}.get(str(row["voice"]))
    if voice == "quoted" and row["speaker"]:
        voice = f"quotes {row['speaker']}"
    return " · ".join(str(part) for part in (row["source"], at, voice) if part)


def cut_lines(text: str, width: float, font_size: float, *, most: int = 2) -> str:
    r"""A text in so many lines of a width at most, the last cut with an ellipsis.

    Examples
    --------
    >>> cut_lines("The alliance met again in the old town hall.", 130, 10)
    'The alliance met again in\nthe old town hall.'
    >>> cut_lines("The alliance met again in the old town hall.", 60, 10)
    'The alliance\nmet again…'
    """
    lines: list[str] = []
    rest = text.split()
    while rest and len(lines) < most:
        fits = 1
        while fits < len(rest) and text_width(" ".join(rest[: fits + 1]), font_size) <= width:
            fits += 1
        lines.append(" ".join(rest[:fits]))
        rest = rest[fits:]
    lines = [_cut(line, width, font_size, more=False) for line in lines]
    if rest:
        lines[-1] = _cut(lines[-1], width, font_size, more=True)
    return "\n".join(lines)


def _cut(line: str, width: float, font_size: float, *, more: bool) -> str:
    """A line that fits, with an ellipsis where something is left out."""
    if text_width(line, font_size) <= width and not more:
        return line
    while len(line) > 1 and text_width(f"{line}…", font_size) > width:
        # Whole words, as long as there are several.
        line = line.rpartition(" ")[0] or line[:-1]
    return f"{line.rstrip(' …')}…"
